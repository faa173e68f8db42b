import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Allocator } from '../../src/domain/allocation.js';
import type { E164 } from '../../src/domain/phone-number.js';
import { countryToBuyIn, numbersExpected, planPool } from '../../src/domain/planning.js';
import type { Session } from '../../src/domain/session.js';
import {
  ANNA,
  BEN,
  CLEO,
  counter,
  DORA,
  HOUR,
  person,
  poolNumber,
  poolOf,
  realNumber,
  request,
  SECOND,
  START,
  session,
  virtualNumber,
} from '../contract/fixtures.js';
import { histories, live, PEOPLE, partnersOf, type Step } from '../contract/history.js';
import { MemorySessions } from './memory-sessions.js';

const [N1, N2, N3] = [virtualNumber(1), virtualNumber(2), virtualNumber(3)];
const EVERYBODY = Array.from({ length: PEOPLE }, (_, n) => realNumber(n));

/** Whom nobody has met. */
const A_STRANGER = realNumber(99);

/** The sessions of a history, and the moment at which it ends. */
async function lived(size: number, steps: readonly Step[]) {
  const { sessions } = await live(new MemorySessions(poolOf(size)), size, steps);
  const waited = steps.reduce((sum, step) => sum + (step.kind === 'wait' ? step.seconds : 0), 0);
  return { sessions, now: START + waited * SECOND };
}

/** Counted another way: by real numbers, person by person. */
function mostContacts(sessions: readonly Session[], now: number): number {
  return Math.max(...EVERYBODY.map((number) => partnersOf(sessions, number, now).size));
}

/** Everybody's contacts of this moment, paired anew on an empty pool. */
function pairedAnew(sessions: readonly Session[], now: number, size: number, people = EVERYBODY) {
  const pairs = new Map(
    people.flatMap((one) =>
      [...partnersOf(sessions, one, now)].map((other) => [[one, other].sort().join(), [one, other]] as const),
    ),
  );
  const requests = [...pairs.values()].map(([one, other]) => request(one as E164, other as E164));
  return new MemorySessions(poolOf(size)).open(requests, now, counter());
}

describe('the numbers needed', () => {
  it('are as many as the busiest person has contacts, and suffice for all of them in any order', async () => {
    await fc.assert(
      fc.asyncProperty(histories(40), async (steps) => {
        const { sessions, now } = await lived(PEOPLE, steps);
        const { needed, busiest } = planPool(poolOf(PEOPLE), sessions, now);
        expect(needed).toBe(mostContacts(sessions, now));
        for (const { realNumber: number, contacts } of busiest)
          if (number !== null) expect(contacts).toBe(partnersOf(sessions, number, now).size);
        for (const people of [EVERYBODY, EVERYBODY.toReversed()])
          for (const { kind } of await pairedAnew(sessions, now, needed, people))
            expect(kind).toBe('created');
        fc.pre(needed > 0);
        const oneLess = await pairedAnew(sessions, now, needed - 1);
        expect(oneLess.some(({ kind }) => kind === 'full')).toBe(true);
      }),
      { numRuns: 80 },
    );
  });

  it('with what could be released gone, everybody can still have as many contacts as the busiest has', async () => {
    await fc.assert(
      fc.asyncProperty(histories(30), fc.integer({ min: 1, max: PEOPLE + 3 }), async (steps, size) => {
        const { sessions, now } = await lived(size, steps);
        const plan = planPool(poolOf(size), sessions, now);
        const left = poolOf(size).filter(({ number }) => !plan.releasable.includes(number));
        expect(left).toHaveLength(plan.needed + plan.busySpare);
        const allocator = new Allocator(left, sessions, now);
        for (const one of EVERYBODY) {
          if (partnersOf(sessions, one, now).size >= plan.needed) continue;
          expect(allocator.allocate(person(one), person(A_STRANGER)).kind).toBe('allocated');
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are none without sessions, and quarantine counts until it is over', () => {
    expect(planPool(poolOf(2), [], START)).toMatchObject({ needed: 0, usable: 2, buy: 0, busiest: [] });
    const ended = session('s', [ANNA, N1], [BEN, N2], { closedAt: START, quarantine: 60 });
    expect(planPool([], [ended], START + 59 * SECOND)).toMatchObject({ needed: 1, buy: 1 });
    expect(planPool([], [ended], START + 60 * SECOND)).toMatchObject({ needed: 0, buy: 0 });
  });

  it('count the same two people once, whatever numbers lead them to each other', () => {
    const twice = [
      session('before', [ANNA, N1], [BEN, N1], { closedAt: START }),
      session('now', [ANNA, N2], [BEN, N2]),
    ];
    expect(planPool(poolOf(2), twice, START + HOUR)).toMatchObject({
      needed: 1,
      releasable: [],
      busySpare: 1,
    });
  });

  it('count somebody who was erased', () => {
    const erased = session('s', [ANNA, N1], [BEN, N2], { closedAt: START });
    erased.a.realNumber = null;
    const others = session('t', [ANNA, N2], [CLEO, N1], { closedAt: START });
    others.a.realNumber = null;
    const { busiest } = planPool(poolOf(2), [erased, others], START);
    expect(busiest.map(({ realNumber: number, contacts }) => [number, contacts])).toEqual([
      [null, 2],
      [BEN, 1],
      [CLEO, 1],
    ]);
  });
});

describe('what could be released', () => {
  const busy = session('s', [ANNA, N1], [BEN, N1]);

  it('is what carries no leg: without SMS first, then where nobody is, then the highest digits', () => {
    const pool = [
      poolNumber(N1),
      poolNumber(N2),
      poolNumber(N3),
      poolNumber(virtualNumber(4), { features: ['VOICE'] }),
      poolNumber(virtualNumber(5), { country: 'US' }),
    ];
    expect(planPool(pool, [busy], START).releasable).toEqual([virtualNumber(4), virtualNumber(5), N3, N2]);
    expect(planPool(pool, [busy], START, 3).releasable).toEqual([virtualNumber(4), virtualNumber(5)]);
    expect(planPool(pool, [busy], START, 9)).toMatchObject({ releasable: [], buy: 4, fewest: 9 });
  });

  it('includes lost numbers and such without voice, unless legs use them, and none that is on its way', () => {
    const pool = [
      poolNumber(N1, { state: 'lost' }),
      poolNumber(N2, { state: 'lost' }),
      poolNumber(N3, { features: ['SMS'] }),
      poolNumber(virtualNumber(4), { state: 'draining' }),
      poolNumber(virtualNumber(5), { state: 'bought' }),
    ];
    expect(planPool(pool, [busy], START)).toMatchObject({ usable: 0, buy: 1, releasable: [N2, N3] });
  });
});

it('numbers are bought where most people are, else where most numbers are', () => {
  const abroad = session('s', [ANNA, N1], [BEN, N1]);
  const more = session('t', [CLEO, N1], [DORA, N1]);
  for (const one of [abroad.a, abroad.b, more.a]) one.country = 'IE';
  expect(countryToBuyIn([], [abroad, more], START)).toBe('IE');
  expect(countryToBuyIn([poolNumber(N1, { country: 'US' })], [], START)).toBe('US');
  expect(countryToBuyIn([], [], START)).toBeUndefined();
});

describe('a forecast', () => {
  const DAY = 86_400;

  it('is what somebody has at once whose sessions are spread evenly, bounded by how many others there are', () => {
    const each = fc.constantFrom(0.25, 0.5, 1, 2, 3, 7);
    const seconds = fc.integer({ min: 0, max: 9 * DAY });
    fc.assert(
      fc.property(
        each,
        seconds,
        seconds,
        fc.integer({ min: 2, max: 60 }),
        (sessionsEach, ttl, quarantine, people) => {
          const every = DAY / sessionsEach;
          const starts = Array.from({ length: 400 }, (_, n) => n * every);
          const at = starts.at(-1) as number;
          const reserved = starts.filter((start) => at < start + ttl + quarantine).length;
          expect(numbersExpected({ people, sessionsEach, ttl, quarantine })).toBe(
            Math.min(people - 1, Math.max(1, reserved)),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each([
    [{ people: 200, sessionsEach: 3, ttl: 7200, quarantine: 7 * DAY }, 22],
    [{ people: 10, sessionsEach: 3, ttl: 7200, quarantine: 7 * DAY }, 9],
    [{ people: 2, sessionsEach: 1000, ttl: DAY, quarantine: 0 }, 1],
    [{ people: 9, sessionsEach: 0.001, ttl: 1, quarantine: 0 }, 1],
    [{ people: 99, sessionsEach: 0.1, ttl: 10 * DAY, quarantine: 0 }, 1],
  ])('of %j is %i', (expectation, numbers) => {
    expect(numbersExpected(expectation)).toBe(numbers);
  });
});
