import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readAddress } from '../../src/store/postgres/address.js';
import { PostgresStore } from '../../src/store/postgres-store.js';
import { poolNumber, poolOf, realNumber, virtualNumber } from '../contract/fixtures.js';
import { Voxproxy } from '../journeys/processes.js';
import { accepting, freePort, PostgresServer } from '../support/postgres-server.js';
import { signedPost } from '../support/signed.js';
import { Wire } from '../support/wire.js';
import { ANNA, BEN, expectInvariants, QUIETLY } from './house.js';
import { report, times, Worker } from './worker.js';

const SIGNING = { secret: 'a secret of some length', apiKey: 'abcd1234', applicationId: 'an-application' };
/** Seconds in which allocators fight for the last numbers; a minute by hand. */
const FIGHT = times('TRUST_POSTGRES_SECONDS', 3);
/** Milliseconds; what a test asks of itself on a machine that others use as well. */
const SECOND = 1_000;
const NOISE = 400;

let server: PostgresServer;
let wire: Wire;
let home: string;
let env: Record<string, string>;
let listener: Voxproxy;
let answerUrl: string;
let dialled: string;

beforeAll(async () => {
  server = new PostgresServer(await freePort());
  await server.make();
  await server.start();
  wire = await Wire.to(server.port);
  home = mkdtempSync(join(tmpdir(), 'voxproxy-faults-'));
  const other = await freePort();
  env = {
    VOXPROXY_HOME: home,
    // Nothing listens at the second address, until a test makes it the one that counts.
    VOXPROXY_STORE: `postgres://postgres@127.0.0.1:${wire.port},127.0.0.1:${other}/postgres`,
    VONAGE_SIGNATURE_SECRET: SIGNING.secret,
    VONAGE_API_KEY: SIGNING.apiKey,
    VONAGE_APPLICATION_ID: SIGNING.applicationId,
    FAILOVER_PORT: String(other),
  };
  const store = new PostgresStore(readAddress(server.url()));
  for (const number of poolOf(4)) await store.putNumber(number, Date.now());
  await store.end();
  const paired = await new Voxproxy(['pair', ANNA, BEN, ...QUIETLY, '--json'], env, home).ended;
  expect(paired.code, paired.stderr).toBe(0);
  dialled = JSON.parse(paired.stdout).session.b.virtualNumber;
  listener = new Voxproxy(['serve', '--json', '--port', '0'], env, home);
  ({ answerUrl } = await listener.firstLine());
}, 60_000);
afterAll(async () => {
  await listener?.end('SIGKILL');
  await wire?.close();
  await server?.remove();
  rmSync(home, { recursive: true, force: true });
});

let calls = 0;

/** What a caller hears: put through, or the apology; nothing else, and never late. */
async function call(): Promise<'connect' | 'apology'> {
  const fields = {
    from: ANNA.slice(1),
    to: dialled.slice(1),
    uuid: `call-${++calls}`,
    conversation_uuid: `CON-${calls}`,
  };
  const start = performance.now();
  const reply = await fetch(answerUrl, signedPost(SIGNING, JSON.stringify(fields))).catch(() => {
    throw new Error(`the listener does not answer; it said: ${listener.stderr.slice(-2_000)}`);
  });
  const ncco = (await reply.json()) as { action: string; text?: string }[];
  expect(reply.status).toBe(200);
  expect(performance.now() - start).toBeLessThan(SECOND + NOISE);
  if (ncco.some(({ action }) => action === 'connect')) return 'connect';
  expect(ncco[0]?.text).toBe('This service is temporarily unavailable.');
  return 'apology';
}

/** Calls, a few at a time, until this is done. */
async function callsDuring(act: () => Promise<unknown>): Promise<string[]> {
  const heard: string[] = [];
  let isDone = false;
  const callers = Array.from({ length: 4 }, async () => {
    while (!isDone) {
      heard.push(await call());
      await new Promise((done) => setTimeout(done, 20));
    }
  });
  await act().finally(() => {
    isDone = true;
  });
  await Promise.all(callers);
  return heard;
}

const after = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));
const recovers = () => expect.poll(call, { timeout: 5_000, interval: 50 }).toBe('connect');

describe('a listener whose PostgreSQL', { timeout: 60_000 }, () => {
  afterEach(recovers);

  it('is stopped and started under load apologises meanwhile, and goes on by itself', async () => {
    const heard = await callsDuring(async () => {
      await after(200);
      await server.stop();
      await after(700);
      expect(await call()).toBe('apology');
      await server.start();
      await recovers();
      await after(300);
    });
    expect(heard).toContain('apology');
    expect(heard.slice(-4)).toEqual(Array(4).fill('connect'));
  });

  it('crashes is asked again when it is back', async () => {
    await server.stop('SIGQUIT');
    expect(await call()).toBe('apology');
    await server.start();
  });

  it('ends its connections makes new ones', async () => {
    const admin = new pg.Client({ connectionString: server.url() });
    await admin.connect();
    const heard = await callsDuring(async () => {
      for (let n = 0; n < 5; n++) {
        await admin.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'voxproxy'",
        );
        await after(100);
      }
    });
    await admin.end();
    expect(heard).toContain('connect');
  });

  it('is slow is not waited for: the statement is given up, and nobody is connected on what may be old', async () => {
    const admin = new pg.Client({ connectionString: server.url() });
    await admin.connect();
    await admin.query('BEGIN');
    await admin.query('LOCK TABLE voxproxy_legs IN ACCESS EXCLUSIVE MODE');
    const start = performance.now();
    expect(await call()).toBe('apology');
    expect(performance.now() - start).toBeLessThan(500 + NOISE);
    const heard = await callsDuring(() => after(500));
    expect(heard).not.toContain('connect');
    await admin.query('ROLLBACK');
    await admin.end();
  });

  it('falls silent is given up within the second', async () => {
    wire.silence(true);
    for (let n = 0; n < 3; n++) expect(await call()).toBe('apology');
    wire.silence(false);
  });

  it('moves to the other address is found there, without a restart', async () => {
    await wire.cut();
    expect(await call()).toBe('apology');
    await server.stop();
    const moved = server.at(Number(env.FAILOVER_PORT));
    await moved.start();
    await recovers();
    await moved.stop();
    await server.start();
    await wire.mend();
  });

  it('knows no lock of tables does without', async () => {
    wire.unlearn('LOCK TABLE');
    const store = new PostgresStore(readAddress(`postgres://postgres@127.0.0.1:${wire.port}/postgres`));
    const number = poolNumber(virtualNumber(60));
    expect(await store.putNumber(number, Date.now())).toBe('stored');
    await store.removeNumber(number.number);
    expect(await store.numbers()).toHaveLength(4);
    await store.end();
    wire.unlearn(null);
  });

  it('says on /readyz whether it is there, and /healthz is well all the time', async () => {
    const state = async () => {
      const [ready, healthy] = await Promise.all(
        ['/readyz', '/healthz'].map(async (path) => (await fetch(new URL(path, answerUrl))).status),
      );
      return [ready, healthy];
    };
    expect(await state()).toEqual([200, 200]);
    await wire.cut();
    expect(await state()).toEqual([503, 200]);
    await wire.mend();
    await expect.poll(state).toEqual([200, 200]);
  });
});

describe('twenty processes against a nearly full pool', () => {
  let workers: Worker[] = [];
  beforeEach(() => {
    workers = Array.from(
      { length: 20 },
      () => new Worker({ ...env, VOXPROXY_STORE: `${server.url()}?pool=2` }),
    );
  });
  afterEach(() => Promise.all(workers.map((worker) => worker.kill())));

  it(`lose no session and share no leg in ${FIGHT} s`, { timeout: 60_000 + FIGHT * 2_000 }, async () => {
    await accepting(server.url());
    await Promise.all(workers.map((worker) => worker.ready));
    const codes: Record<number, number> = {};
    const made = new Set<string>();
    const closed = new Set<string>();
    const people = Array.from({ length: 12 }, (_, n) => realNumber(500 + n));
    const end = performance.now() + FIGHT * 1_000;
    await Promise.all(
      workers.map(async (worker, n) => {
        for (let turn = 0; performance.now() < end; turn++) {
          const one = people[(n * 7 + turn * 5) % people.length] as string;
          const other = people[(n * 3 + turn * 11 + 1) % people.length] as string;
          if (one === other) continue;
          const outcome = await worker.run(['pair', one, other, ...QUIETLY]);
          if (outcome === null) throw new Error('a worker ended');
          codes[outcome.code] = (codes[outcome.code] ?? 0) + 1;
          const { session, created } = outcome.document;
          if (!created) continue;
          made.add(session.id);
          if (turn % 2 === 0) continue;
          const shut = await worker.run(['sessions', 'close', session.id]);
          expect(shut?.code).toBe(0);
          closed.add(session.id);
        }
      }),
    );
    const store = new PostgresStore(readAddress(server.url()));
    const sessions = await store.sessions();
    const legs = await Promise.all(
      sessions
        .filter(({ closedAt }) => closedAt === null)
        .map(async ({ id, a, b }) => {
          const { owner } = await store.locate(a.realNumber ?? undefined, b.virtualNumber);
          return owner?.id === id;
        }),
    );
    await store.end();
    report('allocators', { seconds: FIGHT, codes, made: made.size, closed: closed.size });
    // 0: there; 6: nothing is free.
    expect(
      Object.keys(codes).every((code) => code === '0' || code === '6'),
      JSON.stringify(codes),
    ).toBe(true);
    expect(made.size).toBeGreaterThan(10);
    expectInvariants(sessions);
    const kept = new Map(sessions.map((session) => [session.id, session]));
    for (const id of made) expect(kept.get(id)?.closedAt !== null, id).toBe(closed.has(id));
    expect(legs).not.toContain(false);
    expect(sessions.every(({ b }) => poolOf(4).some(({ number }) => number === b.virtualNumber))).toBe(true);
  });
});
