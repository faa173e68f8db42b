import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../src/domain/session.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js';
import { FieldCipher, readEncryptionKey } from '../../src/store/field-cipher.js';
import { JsonStore } from '../../src/store/json-store.js';
import { poolNumber, poolOf, realNumber, virtualNumber } from '../contract/fixtures.js';
import { Voxproxy } from '../journeys/processes.js';
import { controlOf } from '../sandbox/control.js';
import { Operator } from '../support/voxproxy.js';
import {
  expectInvariants,
  type Home,
  KEY,
  OTHER_KEY,
  openHome,
  QUIETLY,
  storePathOf,
  withKey,
} from './house.js';
import { report, times, Worker } from './worker.js';

/** Instants at which a process is killed, over all kinds of commands. */
const KILLS = times('TRUST_KILLS', 24);
const LANES = 6;
/** A lock of somebody killed is taken over after 4 s without a sign of life. */
const FEW_SECONDS = 8_000;

const figures = { kills: 0, inFlight: 0, lockLeft: 0, temporaryLeft: 0, slowest: 0 };
let root: string;
let template: Home;
let standing: string[];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'voxproxy-kills-'));
  template = await openHome(poolOf(12));
  standing = [];
  for (let n = 0; n < 12; n++)
    standing.push((await template.pair(realNumber(2 * n), realNumber(2 * n + 1))).id);
}, 30_000);
afterAll(() => {
  template.clean();
  rmSync(root, { recursive: true, force: true });
  report('kills', figures);
});

let homes = 0;
function newHome(): string {
  const home = join(root, String(++homes));
  mkdirSync(home, { mode: 0o700 });
  copyFileSync(template.path, storePathOf(home));
  return home;
}

const after = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

/** Does it so often, a few at once: most of the time goes into waiting for locks of the dead. */
async function repeat(count: number, act: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(LANES, count) }, async () => {
      while (next < count) await act(next++);
    }),
  );
}

type Line = { argv: readonly string[]; env?: Record<string, string> };

/**
 * Runs one line after the other in a process that is killed at a random instant.
 * @returns how many were answered; the next one was in the middle, or had not begun
 */
async function killedAmid(home: string, lines: readonly Line[], within: number): Promise<number> {
  const worker = new Worker({ VOXPROXY_HOME: home });
  await worker.ready;
  let answered = 0;
  const working = (async () => {
    for (const { argv, env } of lines) {
      const outcome = await worker.run(argv, env === undefined ? {} : { env });
      if (outcome === null) return;
      expect(outcome).toMatchObject({ code: 0 });
      answered++;
    }
  })();
  await after(Math.random() * within);
  await worker.kill();
  await working;
  count(home, answered < lines.length);
  return answered;
}

function count(home: string, inFlight: boolean): void {
  figures.kills++;
  if (inFlight) figures.inFlight++;
  const left = readdirSync(home);
  if (left.includes('store.json.lock')) figures.lockLeft++;
  if (left.some((name) => name.endsWith('.tmp'))) figures.temporaryLeft++;
}

function storeOf(home: string, key: string | null): JsonStore {
  const cipher = key === null ? null : new FieldCipher(readEncryptionKey(key) as Buffer);
  return new JsonStore(storePathOf(home), () => {}, cipher);
}

/** What stands in the store of a home, and that the next writer gets through in time. */
async function survivors(home: string, key: string | null = null): Promise<readonly Session[]> {
  const store = storeOf(home, key);
  const sessions = await store.sessions();
  expectInvariants(sessions);
  const start = performance.now();
  await store.putNumber(poolNumber(virtualNumber(99)), Date.now());
  const waited = performance.now() - start;
  figures.slowest = Math.max(figures.slowest, Math.round(waited));
  expect(waited).toBeLessThan(FEW_SECONDS);
  expect(await store.sessions()).toEqual(sessions);
  expect(readdirSync(home).filter((name) => name !== 'private-new.key')).toEqual(['store.json']);
  return sessions;
}

const people = ({ a, b }: Session) => [a.realNumber, b.realNumber];

describe.concurrent('kill -9 at a random instant', () => {
  const share = Math.ceil((KILLS * 5) / 24);
  const patience = { timeout: 30_000 + KILLS * 3_000 };

  it(`of pair, ${share} times: all of a session or none of it`, patience, async () => {
    const pairs = Array.from({ length: 60 }, (_, n) => [realNumber(100 + 2 * n), realNumber(101 + 2 * n)]);
    await repeat(share, async () => {
      const home = newHome();
      const lines = pairs.map((pair) => ({ argv: ['pair', ...pair, ...QUIETLY] }));
      const answered = await killedAmid(home, lines, 400);
      const made = (await survivors(home)).slice(standing.length);
      expect([answered, answered + 1]).toContain(made.length);
      expect(made.map(people)).toEqual(pairs.slice(0, made.length));
    });
  });

  it(`of unpair, ${share} times: closed or open, and every other session as it was`, patience, async () => {
    await repeat(share, async () => {
      const home = newHome();
      const lines = standing.map((id) => ({ argv: ['sessions', 'close', id] }));
      const answered = await killedAmid(home, lines, 150);
      const sessions = await survivors(home);
      expect(sessions.map(({ id }) => id)).toEqual(standing);
      const closed = sessions.filter(({ closedAt }) => closedAt !== null).map(({ id }) => id);
      expect([answered, answered + 1]).toContain(closed.length);
      expect(closed).toEqual(standing.slice(0, closed.length));
    });
  });

  it(`of encrypt, rekey and decrypt, ${share} times: one of the two keys opens it`, patience, async () => {
    const before = await storeOf(template.home, null).sessions();
    /** What opens the store before and after each line. */
    const keys = [null, KEY, OTHER_KEY, null];
    await repeat(share, async () => {
      const home = newHome();
      const newKey = join(home, 'private-new.key');
      const lines: Line[] = [
        { argv: ['store', 'encrypt'], ...withKey(KEY) },
        { argv: ['store', 'rekey', '--new-key-file', newKey], ...withKey(KEY) },
        { argv: ['store', 'decrypt'], ...withKey(OTHER_KEY) },
      ];
      writeFileSync(newKey, OTHER_KEY, { mode: 0o600 });
      const rounds = Array.from({ length: 12 }, () => lines).flat();
      const answered = await killedAmid(home, rounds, 250);
      const opening = [keys[answered % 3], keys[(answered % 3) + 1]] as (string | null)[];
      const opens = await Promise.all(
        opening.map((key) =>
          storeOf(home, key)
            .sessions()
            .then(
              (sessions) => ({ key, sessions }),
              () => null,
            ),
        ),
      );
      const opened = opens.filter((one) => one !== null);
      expect(opened).toHaveLength(1);
      expect(opened[0]?.sessions).toEqual(before);
      await survivors(home, opened[0]?.key ?? null);
    });
  });

  it(`of the command itself, ${share} times in its whole life`, patience, async () => {
    const pair = [realNumber(100), realNumber(101)];
    const life = await (async () => {
      const start = performance.now();
      const home = newHome();
      const { code } = await new Voxproxy(['pair', ...pair, ...QUIETLY], { VOXPROXY_HOME: home }, home).ended;
      expect(code).toBe(0);
      return performance.now() - start;
    })();
    await repeat(share, async (n) => {
      const home = newHome();
      const argv =
        n % 2 === 0 ? ['pair', ...pair, ...QUIETLY] : ['sessions', 'close', standing[n % 12] as string];
      const voxproxy = new Voxproxy(argv, { VOXPROXY_HOME: home }, home);
      await after(life * (0.4 + Math.random() * 1.2));
      const { code } = await voxproxy.end('SIGKILL');
      count(home, code === null);
      const sessions = await survivors(home);
      const made = sessions.slice(standing.length).map(people);
      const closed = sessions.filter(({ closedAt }) => closedAt !== null).map(({ id }) => id);
      expect(made.length + closed.length).toBeLessThanOrEqual(1);
      if (code === 0) expect(made.length + closed.length).toBe(1);
      if (made.length > 0) expect(made).toEqual([pair]);
      if (closed.length > 0) expect(closed).toEqual([argv[2]]);
    });
  });

  describe('of provision', () => {
    const HOUSES = 2;
    const perHouse = Math.ceil(KILLS / 6 / HOUSES);
    const sandboxes: Sandbox[] = [];
    afterAll(async () => {
      for (const sandbox of sandboxes) await sandbox.close();
    });

    it(`${HOUSES * perHouse} times: no number is bought and forgotten`, patience, async () => {
      const houses = await Promise.all(
        Array.from({ length: HOUSES }, async () => {
          const sandbox = await startSandbox({ port: 0 });
          sandboxes.push(sandbox);
          await controlOf(sandbox).post('/sandbox/balance', { value: 100_000 });
          return { sandbox, operator: new Operator(sandbox.env) };
        }),
      );
      const provision = ['numbers', 'provision', 'GB', '--yes', '--count'];
      try {
        await Promise.all(
          houses.map(async ({ sandbox, operator }) => {
            for (let n = 0; n < perHouse; n++) {
              const worker = new Worker(operator.env);
              // What is loaded when a command first runs is loaded here.
              await worker.run(['numbers', 'search', 'GB', '--limit', '1']);
              const before = (await owned(sandbox)).length;
              const working = worker.run([...provision, String(1 + (n % 2))]);
              await after(Math.random() * (n % 2 === 0 ? 250 : 1_300));
              await worker.kill();
              const outcome = await working;
              count(operator.home, outcome === null);
              if (outcome !== null) expect(outcome.document.failed).toEqual([]);

              const start = performance.now();
              const finished = await operator.json([...provision, '1']);
              figures.slowest = Math.max(figures.slowest, Math.round(performance.now() - start));
              expect([finished.code, finished.document.failed]).toEqual([0, []]);
              const numbers: { number: string; linked: boolean }[] = (
                await operator.json(['numbers', 'list'])
              ).document.numbers;
              const bought = await owned(sandbox);
              expect(bought.length).toBeGreaterThan(before);
              expect(numbers.map(({ number }) => number).sort()).toEqual(
                bought.map(({ msisdn }) => `+${msisdn}`).sort(),
              );
              expect(numbers.every(({ linked }) => linked)).toBe(true);
              const application = sandbox.env.VONAGE_APPLICATION_ID;
              expect(bought.every(({ app_id }) => app_id === application)).toBe(true);
            }
          }),
        );
      } finally {
        for (const { operator } of houses) operator.clean();
      }
    });
  });
});

async function owned(sandbox: Sandbox): Promise<{ msisdn: string; app_id?: string }[]> {
  return (await controlOf(sandbox).json('/sandbox/state')).body.numbers;
}
