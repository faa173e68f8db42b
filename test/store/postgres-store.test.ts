import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import type { Opened } from '../../src/domain/opening.js';
import { isLive, type Session } from '../../src/domain/session.js';
import { FieldCipher } from '../../src/store/field-cipher.js';
import { readAddress } from '../../src/store/postgres/address.js';
import { PostgresStore } from '../../src/store/postgres-store.js';
import {
  ANNA,
  BEN,
  CLEO,
  counter,
  DORA,
  poolNumber,
  poolOf,
  realNumber,
  request,
  START,
  virtualNumber,
} from '../contract/fixtures.js';
import { storeContract } from '../contract/store-contract.js';
import { administer, emptySchema, type Schema, schemaOfEachTest } from '../support/postgres.js';

const KEY = Buffer.alloc(32, 7);
const OTHER_KEY = Buffer.alloc(32, 8);
const cipherOf = (key: Buffer | null) => key && new FieldCipher(key, false);

for (const [name, key] of [
  ['the PostgreSQL store', null],
  ['the encrypted PostgreSQL store', KEY],
] as const) {
  describe('held to the contract', () => {
    const free: Schema[] = [];
    afterAll(async () => {
      for (const schema of free) await schema.drop();
    });
    // Emptying tables is quicker than making them for each test.
    storeContract(
      name,
      async () => {
        const schema = free.pop() ?? (await emptySchema());
        const stores: PostgresStore[] = [];
        const open = () => {
          const store = new PostgresStore({ ...readAddress(schema.url), pool: 2 }, cipherOf(key), 'caller');
          stores.push(store);
          return store;
        };
        return {
          store: open(),
          reopen: async () => open(),
          close: async () => {
            await Promise.all(stores.map((store) => store.end()));
            for (const table of ['sessions', 'legs', 'names', 'people', 'numbers'])
              await administer(`DELETE FROM ${schema.name}.voxproxy_${table}`);
            free.push(schema);
          },
        };
      },
      10,
    );
  });
}

describe('a PostgreSQL store', () => {
  const own = schemaOfEachTest();
  const open = (key: Buffer | null = null, clock: 'database' | 'caller' = 'caller') =>
    own.keep(new PostgresStore({ ...readAddress(own.schema.url), pool: 3 }, cipherOf(key), clock));
  const change = (text: string) => administer(text.replaceAll('voxproxy_', `${own.schema.name}.voxproxy_`));
  const paired = async (store: PostgresStore) => {
    for (const number of poolOf(3)) await store.putNumber(number, START);
    await store.open([request(ANNA, BEN), request(CLEO, DORA)], START, counter());
    return store;
  };

  describe('whose tables', () => {
    it('are made once by twenty that come at once', async () => {
      const all = Array.from({ length: 20 }, () => open());
      await Promise.all(all.map((store) => store.numbers()));
      expect(await change('SELECT count(*)::int AS count FROM voxproxy_store')).toEqual([{ count: 1 }]);
      const [one, other] = all as [PostgresStore, PostgresStore];
      await one.mark(ANNA, 'blocked', true);
      expect((await other.marksOf(ANNA)).blocked).toBe(true);
    });

    it('are refused as a matter of settings when a newer voxproxy made them, by one that runs too', async () => {
      const running = await paired(open());
      await change('UPDATE voxproxy_store SET version = 99, generation = generation + 1');
      for (const store of [running, open()])
        await expect(store.locate(ANNA, virtualNumber(1))).rejects.toMatchObject({
          code: 'settings',
          message: expect.stringContaining('newer voxproxy (version 99'),
        });
      await expect(open().migrate()).rejects.toMatchObject({ code: 'settings' });
    });

    it('of an older voxproxy wait for store migrate, which keeps what is there', async () => {
      const running = await paired(open());
      const legs = () =>
        change('SELECT caller, dialled, session_id FROM voxproxy_legs ORDER BY caller, dialled');
      const before = await legs();
      await change('DROP TABLE voxproxy_log');
      await change("DELETE FROM voxproxy_legs WHERE dialled = ''");
      await change('DROP INDEX voxproxy_sessions_a');
      await change('UPDATE voxproxy_store SET version = 1, generation = generation + 1');
      await expect(running.sessions()).rejects.toMatchObject({
        code: 'settings',
        hint: 'Bring it up with: voxproxy store migrate',
      });
      await Promise.all(Array.from({ length: 5 }, () => open().migrate()));
      expect(await running.sessions()).toHaveLength(2);
      expect(await legs()).toEqual(before);
      expect(await running.version()).toBe(running.wanted);
      expect(await change('SELECT count(*)::int AS count FROM voxproxy_log')).toEqual([{ count: 0 }]);
    });
  });

  it('decides by the clock of the database, whatever the machines say', async () => {
    const [slow, quick] = [open(null, 'database'), open(null, 'database')];
    for (const number of poolOf(2)) await slow.putNumber(number, 0);
    const HOUR = 3_600_000;
    const given = { ttl: 3600 };
    const results = [
      ...(await slow.open([request(ANNA, BEN, { given })], Date.now() - 5 * HOUR, () => 'slow')),
      ...(await quick.open([request(CLEO, DORA, { given })], Date.now() + 5 * HOUR, () => 'quick')),
    ] as Extract<Opened, { kind: 'created' }>[];
    for (const { session } of results) expect(Math.abs(session.createdAt - Date.now())).toBeLessThan(60_000);
    const { now, owner } = await slow.locate(ANNA, results[0]?.session.b.virtualNumber ?? virtualNumber(1));
    expect(owner?.id).toBe('slow');
    expect(Math.abs((now ?? 0) - Date.now())).toBeLessThan(60_000);
    expect((await quick.close('slow', 0))?.closedAt).toBeGreaterThan(Date.now() - 60_000);
  });

  /** Somebody else, amid a transaction that begins so. */
  const holding = async (text: string) => {
    const client = new pg.Client(own.schema.url);
    await client.connect();
    await client.query(`BEGIN; ${text}`);
    return { end: () => client.query('COMMIT').finally(() => client.end()) };
  };

  it('lets nobody wait for the session that somebody else holds', async () => {
    const store = await paired(
      own.keep(new PostgresStore({ ...readAddress(own.schema.url), pool: 10 }, null, 'caller')),
    );
    const [held] = await store.sessions();
    const holder = await holding(`SELECT 1 FROM voxproxy_sessions WHERE id = '${held?.id}' FOR UPDATE`);
    const closing = store.close(held?.id ?? '', START);
    const pairs = Array.from({ length: 20 }, (_, n) => request(realNumber(2 * n), realNumber(2 * n + 1)));
    const opened = await Promise.all(pairs.map((pair, n) => store.open([pair], START, () => `beside-${n}`)));
    expect(opened.flat().map(({ kind }) => kind)).toEqual(Array(20).fill('created'));
    await holder.end();
    expect(await closing).toMatchObject({ closedAt: START });
  });

  it('ends whatever still waits when it ends, and makes no connection after that', async () => {
    const store = await paired(
      new PostgresStore({ ...readAddress(own.schema.url), pool: 4 }, null, 'caller'),
    );
    const holder = await holding('LOCK TABLE voxproxy_sessions');
    const waiting = Array.from({ length: 20 }, (_, n) =>
      n % 2 === 0
        ? store.session('none')
        : store.open([request(realNumber(n), realNumber(50))], START, counter()),
    ).map((one) =>
      one.then(
        () => 'answered',
        ({ code }) => code,
      ),
    );
    await store.end();
    expect(await Promise.all(waiting)).toEqual(Array(20).fill('store'));
    await holder.end();
    await expect(store.sessions()).rejects.toMatchObject({ code: 'store' });
  });

  it('fails nobody because a statement could not be prepared for whoever asked before', async () => {
    const store = await paired(open());
    const locking = await holding('LOCK TABLE voxproxy_sessions');
    const look = () =>
      store.locate(ANNA, virtualNumber(1)).then(
        () => 'answered',
        ({ code }) => code,
      );
    // Each connection for answers is asked twice: who waits too long for the lock is given up, and who comes behind is not.
    const looks = [look(), look()];
    await sleep(100);
    looks.push(look(), look());
    await expect(Promise.all(looks.slice(0, 2))).resolves.toEqual(['conflict', 'conflict']);
    await locking.end();
    expect(await Promise.all(looks.slice(2))).toEqual(['answered', 'answered']);
  });

  it('lets a hundred that want the last numbers at once share them without a leg owned twice', async () => {
    const all = Array.from({ length: 10 }, () => open());
    for (const number of poolOf(4)) await (all[0] as PostgresStore).putNumber(number, START);
    const people = [ANNA, BEN, CLEO, DORA, realNumber(5), realNumber(6)];
    const pairs = people.flatMap((one, n) => people.slice(n + 1).map((other) => request(one, other)));
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, n) => n).flatMap((n) =>
        pairs.map((asked, m) => (all[n] as PostgresStore).open([asked], START, () => `id-${n}-${m}`)),
      ),
    );
    const kinds = results.flat().map(({ kind }) => kind);
    const sessions = await (all[0] as PostgresStore).sessions();
    expect(kinds.filter((kind) => kind === 'created')).toHaveLength(sessions.length);
    // Four numbers: nobody reaches more than four others, and somebody is left with fewer than they wanted.
    expect(sessions.length).toBeLessThanOrEqual(12);
    expect(sessions.length).toBeGreaterThanOrEqual(9);
    const legs = sessions.flatMap(({ a, b }) => [a.person + b.virtualNumber, b.person + a.virtualNumber]);
    expect(new Set(legs).size).toBe(legs.length);
    const together = sessions.map(({ a, b }) => [a.person, b.person].sort().join());
    expect(new Set(together).size).toBe(together.length);
  });

  it('never has two live sessions of the same two, who are paired, extended and parted at the same moment', async () => {
    const stores = Array.from({ length: 4 }, () => open(KEY));
    const [one, two, three, four] = stores as [PostgresStore, PostgresStore, PostgresStore, PostgresStore];
    for (const number of poolOf(3)) await one.putNumber(number, START);
    for (let round = 0; round < 40; round++) {
      const now = START + round;
      const known = (await one.sessions()).at(-1)?.id ?? 'none';
      await one.close(known, now);
      await Promise.all([
        one.extend(known, 600, now),
        two.open([request(ANNA, BEN)], now, () => `a-${round}`),
        three.open([request(BEN, ANNA)], now, () => `b-${round}`),
        four.open([request(ANNA, CLEO)], now, () => `c-${round}`),
        three.close(`c-${round - 1}`, now),
        two.markTold([{ sessionId: known, side: 'a', at: now }]),
      ]);
      const live = (await one.sessions()).filter((session) => isLive(session, now));
      const together = live.map(({ a, b }) => [a.person, b.person].sort().join());
      expect(new Set(together).size).toBe(together.length);
      const legs = live.flatMap(({ a, b }) => [a.person + b.virtualNumber, b.person + a.virtualNumber]);
      expect(new Set(legs).size).toBe(legs.length);
    }
  });

  it('finds ids for many sessions at once, where most of those that are drawn are taken', async () => {
    const store = open();
    for (const number of poolOf(2)) await store.putNumber(number, START);
    const drawn = () => `id-${Math.floor(Math.random() * 600)}`;
    const strangers = (from: number) =>
      Array.from({ length: 250 }, (_, n) => request(realNumber(from + 2 * n), realNumber(from + 2 * n + 1)));
    const results = [
      ...(await store.open(strangers(2000), START, drawn)),
      ...(await store.open(strangers(4000), START, drawn)),
    ];
    expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['created']));
    expect(new Set((await store.sessions()).map(({ id }) => id)).size).toBe(500);
  });

  it('takes nothing from an ended session that lives again at that moment', async () => {
    const store = open();
    for (const number of poolOf(2)) await store.putNumber(number, START);
    const [opened] = await store.open([request(ANNA, BEN)], START, () => 'first');
    await store.close('first', START);
    const again = await meanwhile('UPDATE voxproxy_sessions SET closed_at = NULL, free_at = NULL', () =>
      store.open([request(ANNA, BEN)], START, () => 'second'),
    );
    expect(again).toEqual([{ kind: 'existing', session: (opened as { session: Session }).session }]);
  });

  it('extends nothing that ended, and was followed by another, while it waited', async () => {
    const store = open(null, 'database');
    for (const number of poolOf(2)) await store.putNumber(number, START);
    await store.open([request(ANNA, BEN, { given: { ttl: 1 } })], 0, () => 'first');
    await store.mark(ANNA, 'blocked', false);
    const extended = await meanwhile(
      'SELECT 1 FROM voxproxy_people FOR UPDATE',
      () => store.extend('first', 3600, 0),
      async () => {
        const next = () => open(null, 'database').open([request(ANNA, BEN)], 0, () => 'second');
        await expect.poll(next, { timeout: 5_000 }).toMatchObject([{ kind: 'created' }]);
      },
    );
    expect(extended).toEqual({ kind: 'paired-again', sessionId: 'second' });
  });

  /** What comes of `waiting`, which another transaction keeps waiting with this statement until `done`. */
  async function meanwhile<T>(
    statement: string,
    waiting: () => Promise<T>,
    done: () => Promise<void> = async () => {},
  ): Promise<T> {
    const other = new pg.Client({ connectionString: own.schema.url });
    await other.connect();
    try {
      const [{ pid }] = (await other.query('SELECT pg_backend_pid() AS pid')).rows;
      await other.query('BEGIN');
      await other.query(statement);
      const result = waiting();
      const blocked =
        'SELECT count(*)::int AS count FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))';
      await expect.poll(() => administer(blocked, [pid]), { timeout: 5_000 }).toEqual([{ count: 1 }]);
      await done();
      await other.query('COMMIT');
      return await result;
    } finally {
      await other.end();
    }
  }

  describe('lets a change of the pool have its turn', () => {
    /** While so many pair without end. */
    const changesBeside = async (stores: readonly PostgresStore[], change: () => Promise<unknown>) => {
      let isDone = false;
      let made = 0;
      const pairing = Promise.all(
        stores.map(async (store, n) => {
          while (!isDone) {
            const people = [realNumber(1000 + 2 * made), realNumber(1001 + 2 * made++)] as const;
            await store.open([request(...people)], START, () => `turn-${n}-${made}`);
          }
        }),
      );
      await expect.poll(() => made, { timeout: 10_000 }).toBeGreaterThan(20);
      expect(await change()).toBe('stored');
      isDone = true;
      await pairing;
    };

    it('while others pair without end', async () => {
      const other = open();
      for (const number of poolOf(4)) await other.putNumber(number, START);
      const others = Array.from({ length: 8 }, () => open());
      await changesBeside(others, () => other.putNumber(poolNumber(virtualNumber(50)), START));
    });

    it('on the one connection that those who pair share', async () => {
      const store = open();
      for (const number of poolOf(4)) await store.putNumber(number, START);
      const many = Array.from({ length: 100 }, () => store);
      await changesBeside(many, () => store.putNumber(poolNumber(virtualNumber(50)), START));
    });
  });

  describe('with a key', () => {
    const everything = async () => {
      const rows = await Promise.all(
        ['store', 'numbers', 'people', 'sessions', 'legs', 'names'].map((table) =>
          change(`SELECT * FROM voxproxy_${table}`),
        ),
      );
      return JSON.stringify(rows);
    };

    it('holds no real number and no lookup key', async () => {
      await paired(open());
      const [{ lookup_key: lookupKey } = {}] = await change('SELECT lookup_key FROM voxproxy_store');
      expect(await everything()).toContain(ANNA);
      await open().recrypt(cipherOf(KEY));
      const sealed = await everything();
      for (const number of [ANNA, BEN, CLEO, DORA]) expect(sealed).not.toContain(number.slice(3));
      expect(sealed).not.toContain(lookupKey);
    });

    it('is read with that key alone, and changes it while others run', async () => {
      const running = await paired(open(KEY));
      const before = await running.sessions();
      await expect(open().sessions()).rejects.toMatchObject({ code: 'settings', message: /is encrypted/ });
      await expect(open(OTHER_KEY).sessions()).rejects.toMatchObject({ message: /not the one of the store/ });
      await open(KEY).recrypt(cipherOf(OTHER_KEY));
      await expect(running.locate(ANNA, virtualNumber(1))).rejects.toMatchObject({ code: 'settings' });
      expect(await open(OTHER_KEY).sessions()).toEqual(before);
      // Again, as after an interruption.
      await open(KEY).recrypt(cipherOf(OTHER_KEY));
      await open(OTHER_KEY).recrypt(null);
      expect(await open().sessions()).toEqual(before);
      await expect(open(KEY).sessions()).rejects.toMatchObject({ message: /not encrypted yet/ });
    });

    it.each([
      ['a session closed', "UPDATE voxproxy_sessions SET closed_at = 1 WHERE id = 's1'"],
      ['a label', "UPDATE voxproxy_sessions SET b_label = 'somebody else' WHERE id = 's1'"],
      [
        'a number of another session',
        "UPDATE voxproxy_sessions SET b_number = (SELECT b_number FROM voxproxy_sessions WHERE id = 's2') WHERE id = 's1'",
      ],
    ])('finds out who changes %s without it', async (_what, text) => {
      const store = await paired(open(KEY));
      await change(text);
      await expect(store.session('s1')).rejects.toMatchObject({
        code: 'store',
        message: /session s1 was tampered with/,
      });
      const { virtualNumber: dialled } = (await store.session('s2'))?.a ?? {
        virtualNumber: virtualNumber(1),
      };
      expect((await store.locate(DORA, dialled)).owner?.id).toBe('s2');
    });

    it('takes nobody for forgotten whose real numbers are there', async () => {
      const store = await paired(open(KEY));
      await change('UPDATE voxproxy_sessions SET forgotten = true');
      const [opened] = await store.open([request(ANNA, BEN)], START, () => 'again');
      expect(opened?.kind).toBe('existing');
    });

    it('finds out who unblocks somebody, or links a number, without it', async () => {
      const store = await paired(open(KEY));
      await store.mark(ANNA, 'blocked', true);
      await change('UPDATE voxproxy_people SET blocked = false');
      await expect(store.marksOf(ANNA)).rejects.toMatchObject({ code: 'store' });
      await store.putNumber(poolNumber(virtualNumber(9), { state: 'releasing' }), START);
      await change("UPDATE voxproxy_numbers SET state = 'linked'");
      await expect(store.locate(CLEO, virtualNumber(9))).rejects.toMatchObject({ code: 'store' });
      await expect(store.numbers()).rejects.toMatchObject({ message: /a virtual number was tampered with/ });
    });
  });
});

describe('the address of a PostgreSQL store', () => {
  it('is what libpq takes, several hosts included', () => {
    expect(
      readAddress('postgresql://me:a%2Fb@one.example,[::1]:6000/vox?sslmode=disable&pool=4'),
    ).toMatchObject({
      hosts: [
        { host: 'one.example', port: 5432 },
        { host: '::1', port: 6000 },
      ],
      user: 'me',
      password: 'a/b',
      database: 'vox',
      tls: null,
      pool: 4,
      shown: 'one.example:5432,::1:6000/vox',
    });
    expect(readAddress('postgres:///vox?host=/run/postgresql')).toMatchObject({
      hosts: [{ host: '/run/postgresql', port: 5432 }],
      tls: null,
    });
    expect(readAddress('postgres:///vox?host=/run/postgresql,one.example:6000&port=5433').hosts).toEqual([
      { host: '/run/postgresql', port: 5433 },
      { host: 'one.example', port: 6000 },
    ]);
  });

  it('wants proof from a server elsewhere, unless it says otherwise', () => {
    expect(readAddress('postgres://localhost/vox').tls).toBeNull();
    expect(readAddress('postgres://db.example/vox').tls).toEqual({});
    expect(readAddress('postgres://db.example/vox?sslmode=require').tls).toEqual({
      rejectUnauthorized: false,
    });
  });

  it.each([
    'postgres://me:secret@db.example:0/vox',
    'postgres://me:secret@db.example/vox?port=http',
    'postgres://me:secret@db.example/vox?sslmode=prefer',
    'postgres://me:secret@db.example/vox?colour=blue',
    'postgres://me:secret@db.example/vox?pool=none',
    'postgres://me:secret@db.example/vox?pool=1',
    'postgres://me:secret@db.example/vox?sslrootcert=/nowhere/secret',
    'postgres://me:secret@db_%/vox',
    'mysql://me:secret@db.example/vox',
  ])('%s is refused, and not repeated', (url) => {
    try {
      readAddress(url);
      expect.fail('it was taken');
    } catch (error) {
      expect(error).toMatchObject({ code: 'settings' });
      expect((error as Error).message).not.toContain('secret');
    }
  });
});
