import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodeOf, VoxproxyError } from '../../src/errors.js';
import { FieldCipher } from '../../src/store/field-cipher.js';
import { JsonStore } from '../../src/store/json-store.js';
import { randomFrom } from '../bench/random.js';
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
  session,
  virtualNumber,
} from '../contract/fixtures.js';
import { storeContract } from '../contract/store-contract.js';

const newHome = () => mkdtempSync(join(tmpdir(), 'voxproxy-store-'));
const N1 = virtualNumber(1);

const KEY = Buffer.alloc(32, 7);

for (const [name, key] of [
  ['the JSON store', null],
  ['the encrypted JSON store', KEY],
] as const) {
  storeContract(name, async () => {
    const home = newHome();
    const open = () => new JsonStore(join(home, 'store.json'), () => {}, key && new FieldCipher(key));
    return {
      store: open(),
      reopen: async () => open(),
      close: async () => rmSync(home, { recursive: true, force: true }),
    };
  });
}

describe('the file of the JSON store', () => {
  let home: string;
  let path: string;
  let warnings: string[];

  beforeEach(() => {
    home = newHome();
    path = join(home, 'voxproxy', 'store.json');
    warnings = [];
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const open = (at = path) => new JsonStore(at, (message) => warnings.push(message));
  const mode = (at: string) => statSync(at).mode & 0o777;
  // biome-ignore lint/suspicious/noExplicitAny: what the file holds is what is tested
  const content = (): any => JSON.parse(readFileSync(path, 'utf8'));
  const siblings = () => readdirSync(dirname(path));

  /** A store of two numbers in which Anna and Ben are paired. */
  async function withSession(): Promise<JsonStore> {
    const store = open();
    for (const number of poolOf(2)) await store.putNumber(number, START);
    await store.open([request(ANNA, BEN)], START, counter());
    return store;
  }

  async function failureOf(act: () => Promise<unknown>): Promise<VoxproxyError> {
    const error = await act().then(
      () => new Error('it did not fail'),
      (reason: unknown) => reason,
    );
    if (!(error instanceof VoxproxyError)) throw error;
    return error;
  }

  /** Everything that reads or writes fails so; and the file is as it was. */
  async function expectRefused(store: JsonStore, code: 'store' | 'settings', message: RegExp): Promise<void> {
    for (const act of [
      () => store.sessions(),
      () => store.numbers(),
      () => store.locate(ANNA, N1),
      () => store.preview([request(ANNA, BEN)], START),
      () => store.open([request(ANNA, BEN)], START, counter()),
      () => store.putNumber(poolNumber(N1), START),
      () => store.close('s1', START),
    ]) {
      const error = await failureOf(act);
      expect(error.code).toBe(code);
      expect(error.message).toMatch(message);
      expect(error.message).toContain(path);
      expect(error.hint).not.toBeNull();
    }
  }

  describe('is private', () => {
    it('to its owner, as is the directory', async () => {
      await withSession();
      expect(mode(path)).toBe(0o600);
      expect(mode(dirname(path))).toBe(0o700);
      expect(warnings).toEqual([]);
    });

    it('again after a change, whoever could read it before', async () => {
      const store = await withSession();
      chmodSync(path, 0o644);
      chmodSync(dirname(path), 0o755);
      await store.close('s1', START);
      expect(mode(path)).toBe(0o600);
      expect(mode(dirname(path))).toBe(0o700);
    });

    it('whatever the mask for new files is', async () => {
      const before = process.umask(0);
      try {
        await withSession();
      } finally {
        process.umask(before);
      }
      expect(mode(path)).toBe(0o600);
      expect(mode(dirname(path))).toBe(0o700);
    });

    it('but leaves a directory with files of others as it is, and warns', async () => {
      mkdirSync(dirname(path), { mode: 0o755 });
      chmodSync(dirname(path), 0o755);
      writeFileSync(join(dirname(path), 'letter.txt'), '');
      await withSession();
      expect(mode(dirname(path))).toBe(0o755);
      expect(mode(path)).toBe(0o600);
      expect(warnings[0]).toContain(dirname(path));
    });

    it('and nothing else lies beside it when a command is done', async () => {
      await withSession();
      expect(siblings()).toEqual(['store.json']);
    });
  });

  describe('hides people', () => {
    it('behind a random key of 32 bytes that is there from the first write and stays', async () => {
      await open().putNumber(poolNumber(N1), START);
      const { lookupKey, version } = content();
      expect(version).toBe(3);
      expect(Buffer.from(lookupKey, 'base64')).toHaveLength(32);
      await withSession();
      expect(content().lookupKey).toBe(lookupKey);

      const other = join(home, 'other', 'store.json');
      await open(other).putNumber(poolNumber(N1), START);
      expect(JSON.parse(readFileSync(other, 'utf8')).lookupKey).not.toBe(lookupKey);
    });

    it('so that a real number stands in its own field and nowhere else', async () => {
      const store = await withSession();
      await store.open([request(CLEO, BEN)], START, counter());
      await store.close('s1', START);
      const state = content();
      expect(state.sessions.map((one: { b: { person: string } }) => one.b.person)).toEqual(
        Array(2).fill(state.sessions[0].b.person),
      );
      for (const session of state.sessions) {
        for (const side of ['a', 'b']) {
          expect(session[side].person).toMatch(/^[\w-]{43}$/);
          expect([ANNA, BEN, CLEO]).toContain(session[side].realNumber);
          delete session[side].realNumber;
        }
      }
      for (const real of [ANNA, BEN, CLEO]) expect(JSON.stringify(state)).not.toContain(real.slice(1));
    });
  });

  it('is not made by reading', async () => {
    const store = open();
    await store.sessions();
    await store.locate(ANNA, N1);
    await store.preview([request(ANNA, BEN)], START);
    expect(existsSync(dirname(path))).toBe(false);
  });

  it('holds 50,000 sessions, and says from there on what serves better', async () => {
    const people = (n: number) => [realNumber(2 * n), realNumber(2 * n + 1)] as const;
    const sessions = Array.from({ length: 49_998 }, (_, n) => {
      const [a, b] = people(n);
      return session(`many-${n}`, [a, N1], [b, N1]);
    });
    const store = open();
    await store.replace({
      lookupKey: Buffer.alloc(32).toString('base64'),
      numbers: poolOf(2),
      sessions,
      marked: { blocked: [], textsStopped: [] },
    });
    for (const n of [60_000, 60_001]) {
      expect(warnings).toEqual([]);
      await store.open([request(...people(n))], START, () => `s${n}`);
    }
    expect(warnings).toEqual([expect.stringContaining('PostgreSQL serves better')]);
    expect(await open().sessions()).toHaveLength(50_000);
  });

  it('is not written anew when nothing changes', async () => {
    const store = await withSession();
    await store.close('s1', START);
    const { ino, mtimeNs } = statSync(path, { bigint: true });
    await store.close('s1', START + 1);
    await store.open([request(DORA, N1)], START, counter());
    await store.markTold([{ sessionId: 'gone', side: 'a', at: START }]);
    expect(statSync(path, { bigint: true })).toMatchObject({ ino, mtimeNs });
  });

  describe('is refused', () => {
    // biome-ignore lint/suspicious/noExplicitAny: damage knows no types
    const damages: [string, (state: any) => void, RegExp][] = [
      ['has no version', (state) => delete state.version, /version/],
      ['has a version in words', (state) => (state.version = '1'), /version/],
      ['has version 0', (state) => (state.version = 0), /version/],
      ['has no lookup key', (state) => delete state.lookupKey, /lookup key/],
      ['has a short lookup key', (state) => (state.lookupKey = 'c2hvcnQ='), /lookup key/],
      ['has no sessions', (state) => delete state.sessions, /sessions/],
      ['has sessions that are no list', (state) => (state.sessions = {}), /sessions/],
      ['has no numbers', (state) => delete state.numbers, /numbers/],
      ['has a number of an unknown state', (state) => (state.numbers[1].state = 'mislaid'), /number 2 of 2/],
      ['has a number without features', (state) => delete state.numbers[0].features, /number 1 of 2/],
      ['has a number that is no number', (state) => (state.numbers[0].number = '020'), /number 1 of 2/],
      ['has a session that is null', (state) => state.sessions.push(null), /session 2 of 2/],
      ['has a session without id', (state) => (state.sessions[0].id = ''), /session 1 of 1/],
      ['has a session without quarantine', (state) => delete state.sessions[0].quarantine, /session 1 of 1/],
      ['has a time in words', (state) => (state.sessions[0].expiresAt = 'soon'), /session 1 of 1/],
      ['has no word about closing', (state) => delete state.sessions[0].closedAt, /session 1 of 1/],
      ['has a session with one side', (state) => delete state.sessions[0].b, /session 1 of 1/],
      [
        'has a real number without plus',
        (state) => (state.sessions[0].a.realNumber = '44'),
        /session 1 of 1/,
      ],
      ['has a side without virtual number', (state) => delete state.sessions[0].a.virtualNumber, /session 1/],
      ['has a person that is no hash', (state) => (state.sessions[0].a.person = ANNA), /session 1 of 1/],
      [
        'has a session of one person',
        (state) => (state.sessions[0].a.person = state.sessions[0].b.person),
        /session 1 of 1/,
      ],
      ['has a time past every calendar', (state) => (state.sessions[0].createdAt = 1e300), /session 1 of 1/],
      ['has an endless quarantine', (state) => (state.sessions[0].quarantine = 1e300), /session 1 of 1/],
      ['has a limit below nothing', (state) => (state.sessions[0].maxDuration = -1), /session 1 of 1/],
      ['does not say whether it is encrypted', (state) => delete state.encrypted, /encrypted/],
      ['has an unknown direction', (state) => (state.sessions[0].direction = 'up'), /session 1 of 1/],
      ['has a word about screening', (state) => (state.sessions[0].screen = 'yes'), /session 1 of 1/],
      ['has no word about an end', (state) => delete state.sessions[0].expiresAt, /session 1 of 1/],
      ['has a word about machines', (state) => (state.sessions[0].detectMachines = 1), /session 1 of 1/],
      ['has a language that is none', (state) => (state.sessions[0].b.language = 7), /session 1/],
      ['has a language that is no word', (state) => (state.sessions[0].b.language = 'en.x'), /session 1/],
      ['does not say who is marked', (state) => delete state.marked, /who is blocked/],
      ['has marks that are no list', (state) => (state.marked.blocked = {}), /who is blocked/],
      ['has marks of one kind alone', (state) => delete state.marked.textsStopped, /who is blocked/],
      ['has a marked person that is no hash', (state) => state.marked.blocked.push(ANNA), /who is blocked/],
      ['has a session twice', (state) => state.sessions.push(state.sessions[0]), /twice/],
    ];
    it.each(damages)('when it %s, and stays as it is', async (_what, damage, message) => {
      const store = await withSession();
      const state = content();
      damage(state);
      const text = JSON.stringify(state, null, 1);
      writeFileSync(path, text);
      await expectRefused(store, 'store', message);
      await expectRefused(open(), 'store', /damaged/);
      expect(readFileSync(path, 'utf8')).toBe(text);
    });

    it.each<[string, (text: string) => string]>([
      ['is empty', () => ''],
      ['is not JSON', () => 'sessions: none'],
      ['is cut off', (text) => text.slice(0, -20)],
      ['has a tail', (text) => `${text}}`],
      ['is null', () => 'null'],
      ['is a list', (text) => `[${text}]`],
      ['is full of zeros', (text) => '\0'.repeat(text.length)],
    ])('when it %s, and stays as it is', async (_what, damage) => {
      const store = await withSession();
      const text = damage(readFileSync(path, 'utf8'));
      writeFileSync(path, text);
      await expectRefused(store, 'store', /damaged/);
      expect(readFileSync(path, 'utf8')).toBe(text);
      expect(siblings()).toEqual(['store.json']);
    });

    it('without a word of what it holds', async () => {
      const store = await withSession();
      writeFileSync(path, readFileSync(path, 'utf8').replace('"realNumber":"+44', '"realNumber":"44'));
      const { message, hint } = await failureOf(() => store.sessions());
      expect(`${message}${hint}`).not.toMatch(/7400/);
    });

    it('as a matter of settings when a newer voxproxy wrote it', async () => {
      const store = await withSession();
      const text = JSON.stringify({ version: 4, everything: 'different' });
      writeFileSync(path, text);
      await expectRefused(store, 'settings', /newer voxproxy/);
      expect(exitCodeOf('settings')).toBe(3);
      expect(readFileSync(path, 'utf8')).toBe(text);
    });

    it('when it is a directory', async () => {
      mkdirSync(path, { recursive: true });
      await expectRefused(open(), 'store', /it is a directory/);
      expect(readdirSync(path)).toEqual([]);
    });

    it('when what should be its directory is a file', async () => {
      writeFileSync(dirname(path), 'a file in the way');
      await expectRefused(open(), 'store', /a part of its path is not a directory/);
      expect(readFileSync(dirname(path), 'utf8')).toBe('a file in the way');
    });

    it('and read again as soon as a backup is put in its place', async () => {
      const store = await withSession();
      cpSync(path, `${path}.backup`);
      writeFileSync(path, 'damage');
      await failureOf(() => store.locate(ANNA, N1));
      renameSync(`${path}.backup`, path);
      expect(await store.locate(ANNA, N1)).toMatchObject({ owner: { id: 's1' } });
    });
  });

  describe('when it changes under a running listener', () => {
    it('is seen by the very next call, even with the same size and the same time', async () => {
      const store = await withSession();
      const { owner } = await store.locate(ANNA, N1);
      expect(owner?.id).toBe('s1');
      const { atime, mtime, size } = statSync(path);
      writeFileSync(`${path}.new`, readFileSync(path, 'utf8').replace('"id":"s1"', '"id":"s2"'));
      utimesSync(`${path}.new`, atime, mtime);
      renameSync(`${path}.new`, path);
      expect(statSync(path).size).toBe(size);
      expect((await store.locate(ANNA, N1)).owner?.id).toBe('s2');
    });

    it('is seen when it was edited in place', async () => {
      const store = await withSession();
      await store.locate(ANNA, N1);
      writeFileSync(path, readFileSync(path, 'utf8').replace('"id":"s1"', '"id":"s2"'));
      expect((await store.locate(ANNA, N1)).owner?.id).toBe('s2');
    });

    it('is read as somebody new reads it, however it changes, and whatever was wrong between', async () => {
      const listener = await withSession();
      let made = 0;
      const newId = () => `other-${++made}`;
      const all = (store: JsonStore) => Promise.all([store.sessions(), store.numbers()]);
      const random = randomFrom(7);
      await all(listener);
      for (let step = 0; step < 60; step++) {
        const writer = open();
        const person = realNumber(100 + random(30));
        const [opened] = await writer.open([request(ANNA, person)], START + step, newId);
        if (opened?.kind === 'created' && random(2) === 0)
          await writer.close(opened.session.id, START + step);
        if (random(3) === 0) {
          const good = readFileSync(path);
          writeFileSync(path, random(2) === 0 ? 'x'.repeat(2 * good.length) : good.subarray(0, -30));
          for (let again = random(3); again >= 0; again--) {
            expect((await failureOf(() => listener.locate(ANNA, N1))).code).toBe('store');
            utimesSync(path, step, again);
          }
          writeFileSync(path, good);
        }
        expect(await all(listener)).toEqual(await all(open()));
      }
    });

    it('nothing is connected, and no new store begun, once it has vanished', async () => {
      const store = await withSession();
      await store.locate(ANNA, N1);
      renameSync(path, `${path}.away`);
      await expectRefused(store, 'store', /vanished/);
      expect(existsSync(path)).toBe(false);
      renameSync(`${path}.away`, path);
      expect((await store.locate(ANNA, N1)).owner?.id).toBe('s1');
    });
  });

  it('is cleared of what a killed writer left beside it, and of nothing else', async () => {
    const store = await withSession();
    const left = `${path}.4711-deadbeef.tmp`;
    const others = [`${path}.backup`, join(dirname(path), 'other.json.1-2.tmp')];
    for (const one of [left, ...others]) writeFileSync(one, ANNA);
    await store.sessions();
    expect(existsSync(left)).toBe(true);
    await store.close('s1', START);
    expect(siblings().sort()).toEqual(['store.json', ...others.map((one) => basename(one))].sort());
  });
});
