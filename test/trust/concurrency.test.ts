import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Session, statusAt } from '../../src/domain/session.js';
import { JsonStore } from '../../src/store/json-store.js';
import { poolOf, realNumber } from '../contract/fixtures.js';
import { Voxproxy } from '../journeys/processes.js';
import { signedPost } from '../support/signed.js';
import { expectInvariants, type Home, openHome, QUIETLY } from './house.js';
import { report, times, Worker } from './worker.js';

const SECONDS = times('TRUST_LOAD_SECONDS', 2);
const SIGNING = { secret: 'a secret of some length', apiKey: 'abcd1234', applicationId: 'an-application' };

let home: Home;
let workers: Worker[];

beforeEach(async () => {
  home = await openHome(poolOf(6));
  workers = [];
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.kill()));
  home.clean();
});

function startWorkers(count: number): Worker[] {
  workers = Array.from({ length: count }, () => new Worker({ VOXPROXY_HOME: home.home }));
  return workers;
}

const sessions = () => new JsonStore(home.path, () => {}).sessions();

describe('fifty pair and unpair at once, in ten processes', () => {
  it('keep every session, close what was closed, and share no leg', async () => {
    const standing: string[] = [];
    for (let n = 0; n < 20; n++)
      standing.push((await home.pair(realNumber(2 * n), realNumber(2 * n + 1))).id);
    // Everybody is paired anew with a person in common, so that legs are scarce.
    const lines = startWorkers(10).map((_, n) => [
      ['sessions', 'close', standing[2 * n] as string],
      ['pair', realNumber(100 + n), realNumber(200 + (n % 4)), ...QUIETLY],
      ['pair', realNumber(110 + n), realNumber(200 + (n % 4)), ...QUIETLY],
      ['sessions', 'close', standing[2 * n + 1] as string],
      ['pair', realNumber(300 + (n % 5)), realNumber(301 + (n % 5)), ...QUIETLY],
    ]);
    await Promise.all(workers.map(({ ready }) => ready));
    const outcomes = await Promise.all(
      workers.map(async (worker, n) => {
        const codes: (number | undefined)[] = [];
        for (const line of lines[n] ?? []) codes.push((await worker.run(line))?.code);
        return codes;
      }),
    );
    expect(outcomes).toEqual(Array(10).fill([0, 0, 0, 0, 0]));

    const kept = await sessions();
    expectInvariants(kept);
    const people = (session: Session) => [session.a.realNumber, session.b.realNumber].sort().join(' ');
    const open = kept.filter((session) => statusAt(session, Date.now()) === 'open');
    const wanted = Array.from({ length: 20 }, (_, n) => [
      realNumber(100 + n),
      realNumber(200 + ((n % 10) % 4)),
    ]).concat(Array.from({ length: 5 }, (_, n) => [realNumber(300 + n), realNumber(301 + n)]));
    expect(open.map(people).sort()).toEqual(wanted.map((pair) => pair.sort().join(' ')).sort());
    expect(kept.filter(({ closedAt }) => closedAt !== null).map(({ id }) => id)).toEqual(standing);
  }, 60_000);
});

/** One pair of people, and what is known of their session at this moment. */
type Slot = {
  a: string;
  b: string;
  /** Null before the first session, and while a change is under way. */
  open: boolean | null;
  id: string;
  dials: string;
  /** Counts the changes that were begun. */
  changes: number;
};

/** Calls of each kind that must be counted, and milliseconds that they may take beyond the time. */
const FEWEST = 10;
const PATIENCE = 20_000;

describe('two listeners and ten writers', () => {
  it(
    `answer every call of ${SECONDS} s from the truth of that moment`,
    async () => {
      const env = {
        VOXPROXY_HOME: home.home,
        VONAGE_SIGNATURE_SECRET: SIGNING.secret,
        VONAGE_API_KEY: SIGNING.apiKey,
        VONAGE_APPLICATION_ID: SIGNING.applicationId,
      };
      const listeners = [1, 2].map(() => new Voxproxy(['serve', '--json', '--port', '0'], env, home.home));
      try {
        const urls = await Promise.all(listeners.map(async (one) => (await one.firstLine()).answerUrl));
        await Promise.all(startWorkers(10).map(({ ready }) => ready));
        const until = Date.now() + SECONDS * 1000;
        const slots: Slot[] = [];
        const counts = { writes: 0, connected: 0, refused: 0, unsure: 0 };
        // A busy machine takes longer until there is something to count.
        const isGoing = () =>
          Date.now() < until ||
          (Math.min(counts.connected, counts.refused) <= FEWEST && Date.now() < until + PATIENCE);

        const write = async (worker: Worker, slot: Slot) => {
          await worker.ready;
          while (isGoing()) {
            const close = slot.open === true;
            slot.changes++;
            slot.open = null;
            const done = await worker.run(
              close ? ['sessions', 'close', slot.id] : ['pair', slot.a, slot.b, ...QUIETLY],
            );
            expect(done).toMatchObject({ code: 0 });
            slot.id = done?.document.session.id;
            slot.dials = done?.document.session.b.virtualNumber;
            slot.open = !close;
            counts.writes++;
            await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 400));
          }
        };
        const call = async (turn: number) => {
          for (let n = turn; isGoing(); n++) {
            const slot = slots[n % slots.length] as Slot;
            const { changes, open, a, b, dials } = slot;
            if (dials === '') {
              await new Promise((resolve) => setTimeout(resolve, 20));
              continue;
            }
            const body = JSON.stringify({ from: a.slice(1), to: dials.slice(1), uuid: `call-${turn}-${n}` });
            const response = await fetch(urls[n % 2], signedPost(SIGNING, body));
            const ncco = (await response.json()) as { action: string; text?: string; endpoint?: unknown }[];
            const connects = ncco.at(-1)?.action === 'connect';
            if (connects) expect(ncco.at(-1)?.endpoint).toEqual([{ type: 'phone', number: b.slice(1) }]);
            else expect(ncco[0]?.text).toMatch(/the session has ended/);
            if (open === null || changes !== slot.changes) counts.unsure++;
            else {
              expect({ slot: a, connects }).toEqual({ slot: a, connects: open });
              counts[connects ? 'connected' : 'refused']++;
            }
          }
        };
        for (let n = 0; n < 10; n++) {
          const [a, b] = [realNumber(2 * n), realNumber(2 * n + 1)];
          slots.push({ a, b, open: null, id: '', dials: '', changes: 0 });
        }
        await Promise.all([
          ...workers.map((worker, n) => write(worker, slots[n] as Slot)),
          ...[0, 1, 2].map(call),
        ]);
        report('calls', counts);
        expect(counts.writes).toBeGreaterThan(10);
        expect(Math.min(counts.connected, counts.refused)).toBeGreaterThan(FEWEST);
        expectInvariants(await sessions());
      } finally {
        const ended = await Promise.all(listeners.map((listener) => listener.end('SIGTERM')));
        expect(ended.map(({ code }) => code)).toEqual([0, 0]);
      }
    },
    (SECONDS + 60) * 1000,
  );
});
