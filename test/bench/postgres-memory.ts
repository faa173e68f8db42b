import { setImmediate as turn } from 'node:timers/promises';
import type { E164 } from '../../src/domain/phone-number.js';
import { isLive } from '../../src/domain/session.js';
import { readAddress } from '../../src/store/postgres/address.js';
import { PostgresStore } from '../../src/store/postgres-store.js';
import { administer } from './databases.js';
import { median, percentile } from './figures.js';
import type { Pair } from './homes.js';
import { manySessions } from './many-sessions.js';
import { randomFrom } from './random.js';
import { RememberedLegs, TELLING } from './remembered-legs.js';
import type { Section } from './section.js';
import { atMost } from './target.js';

type Look = (pair: Pair) => ReturnType<PostgresStore['locate']>;
type Looked = { name: string; perSecond: number; closes: number; stale: number; milliseconds: number[] };

const NONE = 'asked for every call';
const REMEMBERED = 'remembered, LISTEN/NOTIFY';
const SESSIONS = 5_000;
/** Legs that are asked for: few, so that nearly all are remembered. */
const ASKED = 2_000;
const AT_ONCE = 50;

/** Why nothing of the look-up for a call is remembered: what that would gain, and who would be connected after a close. */
export const postgresMemory: Section = {
  title: 'Look-ups in PostgreSQL, asked for every call or remembered',
  run: async ({ effort, databases, step }) => {
    const { rounds: count, seconds, closes } = effort.postgres.memory;
    const url = await databases.make('memory');
    const store = new PostgresStore(readAddress(url));
    const writer = new PostgresStore(readAddress(url));
    const many = manySessions(SESSIONS);
    step('seeding', `${SESSIONS} sessions`);
    await store.take(many.frame, many.pages);
    await administer(url, TELLING);
    const remembered = await RememberedLegs.over(store, url);
    const looks: [string, Look][] = [
      [NONE, ({ a, b }) => store.locate(plus(a.realNumber), plus(b.virtualNumber))],
      [REMEMBERED, ({ a, b }) => remembered.locate(plus(a.realNumber), plus(b.virtualNumber))],
    ];
    const rounds: Looked[] = [];
    let next = ASKED;
    try {
      for (let round = 0; round <= count; round++) {
        for (const [name, look] of looks) {
          step('measuring', `round ${round} of ${count}, ${name}`);
          const perSecond = await lookedUp(look, many.pair, seconds);
          const closed = Array.from({ length: closes }, () => many.pair(next++));
          const milliseconds = await closing(look, many.pair, closed, writer);
          const stale = milliseconds.filter((one) => one > 0).length;
          if (round > 0) rounds.push({ name, perSecond, closes, stale, milliseconds });
        }
      }
      return resultOf(rounds);
    } finally {
      await remembered.end();
      await writer.end();
      await store.end();
    }
  },
};

/** Look-ups a second, so many at once. */
async function lookedUp(look: Look, pairAt: (n: number) => Pair, seconds: number): Promise<number> {
  const random = randomFrom(3);
  let found = 0;
  const start = performance.now();
  const end = start + seconds * 1_000;
  const keepLooking = async () => {
    while (performance.now() < end) {
      const { owner } = await look(pairAt(random(ASKED)));
      if (owner === undefined) throw new Error('a session was not found');
      // What is remembered would never let anything else have a turn.
      if (++found % 100 === 0) await turn();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, keepLooking));
  return found / ((performance.now() - start) / 1_000);
}

/** For how many milliseconds after `close` returned each session would still have been connected, while others are asked for. */
async function closing(
  look: Look,
  pairAt: (n: number) => Pair,
  closed: readonly Pair[],
  writer: PostgresStore,
): Promise<number[]> {
  let isOver = false;
  const random = randomFrom(4);
  const others = Array.from({ length: AT_ONCE }, async () => {
    while (!isOver) {
      await look(pairAt(random(ASKED)));
      await turn();
    }
  });
  const times: number[] = [];
  for (const pair of closed) {
    await look(pair);
    await writer.close(pair.id, Date.now());
    const start = performance.now();
    let stale = 0;
    for (; await wouldConnect(look, pair); stale = performance.now() - start) await turn();
    times.push(stale);
  }
  isOver = true;
  await Promise.all(others);
  return times;
}

async function wouldConnect(look: Look, pair: Pair): Promise<boolean> {
  const { owner } = await look(pair);
  return owner !== undefined && isLive(owner, Date.now());
}

function resultOf(rounds: readonly Looked[]) {
  const of = (name: string) => rounds.filter((round) => round.name === name);
  const total = (name: string, pick: (round: Looked) => number) =>
    of(name).reduce((sum, round) => sum + pick(round), 0);
  return {
    table: {
      columns: [
        'look-ups',
        'per second',
        'closes',
        'still connected after',
        'for ms, p50',
        'for ms, longest',
      ],
      rows: [NONE, REMEMBERED].map((name) => {
        const stale = Float64Array.from(of(name).flatMap(({ milliseconds }) => milliseconds));
        return [
          name,
          median(of(name).map(({ perSecond }) => perSecond)),
          total(name, ({ closes }) => closes),
          total(name, (round) => round.stale),
          percentile(stale, 0.5),
          percentile(stale, 1),
        ];
      }),
    },
    targets: [
      atMost(
        'closed sessions that were still connected, as it is',
        total(NONE, ({ stale }) => stale),
        0,
      ),
    ],
    rounds,
  };
}

const plus = (msisdn: string) => `+${msisdn}` as E164;
