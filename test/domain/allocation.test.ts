import { describe, expect, it } from 'vitest';
import { type Allocation, Allocator } from '../../src/domain/allocation.js';
import type { E164 } from '../../src/domain/phone-number.js';
import type { PoolNumber } from '../../src/domain/pool.js';
import type { Session } from '../../src/domain/session.js';
import {
  ANNA,
  BEN,
  CLEO,
  DAY,
  DORA,
  e164,
  HOUR,
  person,
  personId,
  poolNumber,
  poolOf,
  realNumber,
  SECOND,
  START,
  session,
  virtualNumber,
} from '../contract/fixtures.js';

const [N1, N2, N3, N4] = [1, 2, 3, 4].map(virtualNumber) as [E164, E164, E164, E164];
const NOW = START + 30 * DAY;
const PIERRE = e164('+33612345678');
const FRENCH = e164('+33755530001');
const AMERICAN = e164('+12025550101');

/** A session that ended so long ago that its legs are anybody's. */
const longAgo = (id: string, a: readonly [E164, E164], b: readonly [E164, E164], closedAt = START) =>
  session(id, a, b, { closedAt, quarantine: 0 });

const closedNow = { closedAt: NOW - HOUR };

function allocate(pool: readonly PoolNumber[], history: readonly Session[], a = ANNA, b = BEN): Allocation {
  return new Allocator(pool, history, NOW).allocate(person(a), person(b));
}

/** What Anna dials; what Ben dials. */
function dialled(pool: readonly PoolNumber[], history: readonly Session[], a = ANNA, b = BEN) {
  const allocation = allocate(pool, history, a, b);
  if (allocation.kind === 'full') throw new Error(`full: ${allocation.sides}`);
  return { a: allocation.b, b: allocation.a };
}

describe('which number each side dials', () => {
  const noSms = { features: ['VOICE'] };
  const cases: {
    rule: string;
    pool: PoolNumber[];
    history?: Session[];
    people?: [E164, E164];
    a: E164;
    b: E164;
  }[] = [
    { rule: 'a pool of one number is shared by both sides', pool: poolOf(1), a: N1, b: N1 },
    {
      rule: 'two numbers are better than one, and the lowest digits come first',
      pool: poolOf(3).reverse(),
      a: N1,
      b: N2,
    },
    {
      rule: 'a returning pair gets its old numbers, low or not',
      pool: poolOf(4),
      history: [session('s', [ANNA, N4], [BEN, N3], closedNow)],
      a: N4,
      b: N3,
    },
    {
      rule: 'so it does with the roles swapped',
      pool: poolOf(4),
      history: [session('s', [BEN, N3], [ANNA, N4], closedNow)],
      a: N4,
      b: N3,
    },
    {
      rule: 'so it does long after the quarantine',
      pool: poolOf(4),
      history: [longAgo('s', [ANNA, N4], [BEN, N3])],
      a: N4,
      b: N3,
    },
    {
      rule: 'the newest of several old numbers counts',
      pool: poolOf(4),
      history: [longAgo('s', [ANNA, N4], [BEN, N4]), longAgo('t', [BEN, N2], [ANNA, N3])],
      a: N3,
      b: N2,
    },
    {
      rule: 'an old number beats a number with SMS, of the right country and fit for both sides',
      pool: [...poolOf(2), poolNumber(FRENCH, noSms)],
      history: [longAgo('s', [ANNA, FRENCH], [BEN, FRENCH])],
      a: FRENCH,
      b: FRENCH,
    },
    {
      rule: 'an old number that leads the person to somebody else now is passed over',
      pool: poolOf(3),
      history: [longAgo('s', [ANNA, N3], [BEN, N2]), session('t', [ANNA, N3], [CLEO, N3])],
      a: N1,
      b: N2,
    },
    {
      rule: 'SMS beats the right country',
      pool: [poolNumber(N1, noSms), poolNumber(FRENCH)],
      a: FRENCH,
      b: FRENCH,
    },
    {
      rule: 'SMS beats a number of its own for each side',
      pool: [poolNumber(N1), poolNumber(N2, noSms)],
      a: N1,
      b: N1,
    },
    {
      rule: 'each side gets a number of the country of the person who dials it',
      pool: [poolNumber(AMERICAN), poolNumber(FRENCH), poolNumber(N1)],
      people: [ANNA, PIERRE],
      a: N1,
      b: FRENCH,
    },
    {
      rule: 'the country beats the calling code',
      pool: [poolNumber(N1, { country: 'GG' }), poolNumber(N2)],
      history: [session('s', [CLEO, N2], [DORA, N2])],
      a: N2,
      b: N2,
    },
    {
      rule: 'the calling code beats any other',
      pool: [poolNumber(AMERICAN), poolNumber(N1, { country: 'GG' })],
      a: N1,
      b: N1,
    },
    {
      rule: 'the right country beats a number of its own for each side',
      pool: [poolNumber(AMERICAN), poolNumber(N1)],
      a: N1,
      b: N1,
    },
    {
      rule: 'a number of its own for each side beats one that the person never used',
      pool: poolOf(2),
      history: [session('s', [ANNA, N1], [CLEO, N1]), longAgo('t', [BEN, N1], [DORA, N1])],
      a: N2,
      b: N1,
    },
    {
      rule: 'never used counts as longest ago',
      pool: poolOf(3),
      history: [longAgo('s', [ANNA, N1], [CLEO, N1]), longAgo('t', [BEN, N1], [CLEO, N2])],
      a: N2,
      b: N3,
    },
    {
      rule: 'of the used ones, the one whose session ended longest ago',
      pool: poolOf(2),
      history: [
        longAgo('s', [ANNA, N2], [CLEO, N1], START - DAY),
        longAgo('t', [ANNA, N1], [DORA, N1], START),
        longAgo('u', [BEN, N1], [CLEO, N2], START - DAY),
        longAgo('v', [BEN, N2], [DORA, N2], START),
      ],
      a: N2,
      b: N1,
    },
    {
      rule: 'longest ago is reckoned from the end, not from the start',
      pool: poolOf(2),
      history: [
        session('s', [ANNA, N1], [CLEO, N1], { createdAt: START, closedAt: START + 5 * DAY, quarantine: 0 }),
        session('t', [ANNA, N2], [DORA, N1], {
          createdAt: START + DAY,
          expiresAt: START + 2 * DAY,
          quarantine: 0,
        }),
      ],
      a: N2,
      b: N1,
    },
    {
      rule: 'longest ago beats fewest live legs',
      pool: poolOf(2),
      history: [
        longAgo('s', [ANNA, N1], [CLEO, N1]),
        session('t', [realNumber(8), N2], [realNumber(9), N2]),
        session('u', [BEN, N2], [realNumber(9), N1]),
      ],
      a: N2,
      b: N1,
    },
    {
      rule: 'the fewest live legs beat the lowest digits',
      pool: poolOf(3),
      history: [
        session('s', [CLEO, N1], [DORA, N1]),
        session('t', [realNumber(8), N2], [realNumber(9), N3], closedNow),
      ],
      a: N2,
      b: N3,
    },
    {
      rule: 'legs that ended weigh nothing',
      pool: poolOf(2),
      history: [
        session('s', [CLEO, N1], [DORA, N1], closedNow),
        session('t', [realNumber(8), N1], [realNumber(9), N1], { expiresAt: NOW }),
      ],
      a: N1,
      b: N2,
    },
    {
      rule: 'the side with fewer free numbers chooses first',
      pool: poolOf(2),
      history: [session('s', [BEN, N2], [CLEO, N2])],
      a: N2,
      b: N1,
    },
    {
      rule: 'numbers that are not linked, or have no voice, or are going, are not handed out',
      pool: [
        poolNumber(N1, { state: 'bought' }),
        poolNumber(N2, { state: 'releasing' }),
        poolNumber(N3, { features: ['SMS'] }),
        poolNumber(N4),
        poolNumber(virtualNumber(0), { state: 'chosen' }),
      ],
      a: N4,
      b: N4,
    },
  ];

  it.each(cases)('$rule', ({ pool, history = [], people: [one, other] = [ANNA, BEN], a, b }) => {
    expect(dialled(pool, history, one, other)).toEqual({ a, b });
    expect(dialled(pool, history, one, other)).toEqual({ a, b });
  });
});

describe('a leg in quarantine', () => {
  const ended = session('s', [ANNA, N1], [BEN, N2], { closedAt: NOW - HOUR, quarantine: 3 * 3600 });

  it('is not given to the same person for somebody else', () => {
    expect(dialled(poolOf(2), [ended], ANNA, CLEO)).toEqual({ a: N2, b: N1 });
    expect(allocate(poolOf(1), [ended], ANNA, CLEO)).toMatchObject({ kind: 'full', sides: ['a'] });
  });

  it('is taken over by the same two people, in either order', () => {
    expect(dialled(poolOf(2), [ended], ANNA, BEN)).toEqual({ a: N1, b: N2 });
    expect(dialled(poolOf(2), [ended], BEN, ANNA)).toEqual({ a: N2, b: N1 });
  });

  it('belongs to the newer session of the two from then on', () => {
    const again = session('t', [BEN, N2], [ANNA, N1], { closedAt: NOW - HOUR, quarantine: 60 });
    expect(dialled(poolOf(2), [ended, again], ANNA, CLEO)).toEqual({ a: N2, b: N1 });
    expect(allocate(poolOf(1), [ended, again], ANNA, CLEO).kind).toBe('allocated');
  });

  it('comes free at the very instant when the quarantine is over, not a moment before', () => {
    const over = NOW + 2 * HOUR;
    const at = (now: number) =>
      new Allocator(poolOf(1), [ended], now).allocate(person(ANNA), person(CLEO)).kind;
    expect(at(over - 1)).toBe('full');
    expect(at(over)).toBe('allocated');
  });

  it.each([
    ['closed before it expired', { closedAt: NOW - 2 * HOUR, expiresAt: NOW + DAY }],
    ['expired before it was closed', { closedAt: NOW - 1, expiresAt: NOW - 2 * HOUR }],
    ['expired', { expiresAt: NOW - 2 * HOUR }],
    ['closed', { closedAt: NOW - 2 * HOUR }],
  ])('is counted from the end of a session that was %s', (_how, change) => {
    const one = session('s', [ANNA, N1], [BEN, N1], { ...change, quarantine: 2 * 3600 });
    expect(allocate(poolOf(1), [one], ANNA, CLEO).kind).toBe('allocated');
    const longer = { ...one, quarantine: 2 * 3600 + 1 };
    expect(allocate(poolOf(1), [longer], ANNA, CLEO)).toMatchObject({
      kind: 'full',
      soonest: { at: NOW + SECOND },
    });
  });
});

describe('when nothing is free', () => {
  const open = (id: string, a: E164, b: E164, change: Partial<Session> = {}) =>
    session(id, [a, N1], [b, N1], change);

  it('says which side is full', () => {
    expect(allocate(poolOf(1), [open('s', ANNA, CLEO)])).toMatchObject({ sides: ['a'], poolSize: 1 });
    expect(allocate(poolOf(1), [open('s', BEN, CLEO)])).toMatchObject({ sides: ['b'], poolSize: 1 });
    expect(allocate(poolOf(1), [open('s', BEN, CLEO), open('t', DORA, ANNA)])).toMatchObject({
      sides: ['a', 'b'],
    });
    expect(allocate([], [])).toEqual({ kind: 'full', sides: ['a', 'b'], poolSize: 0, soonest: null });
  });

  it('says that none comes free by itself when no session has an end', () => {
    expect(allocate(poolOf(1), [open('s', ANNA, CLEO)])).toMatchObject({ soonest: null });
  });

  it('says when the soonest leg of whoever is full comes free: the end, then the quarantine', () => {
    const history = [
      session('endless', [ANNA, N1], [CLEO, N1]),
      session('later', [ANNA, N2], [DORA, N1], { expiresAt: NOW + HOUR, quarantine: 7200 }),
      session('sooner', [realNumber(9), N1], [ANNA, N3], { closedAt: NOW - HOUR, quarantine: 7200 }),
      session('other person', [BEN, N1], [realNumber(8), N1], { closedAt: NOW - 1, quarantine: 1 }),
    ];
    expect(allocate(poolOf(3), history)).toMatchObject({
      sides: ['a'],
      soonest: { at: NOW + HOUR, session: { id: 'sooner' } },
    });
  });
});

describe('the session of two people', () => {
  const of = (...history: Session[]) =>
    new Allocator(poolOf(4), history, NOW).lastOfPair(personId(BEN), personId(ANNA))?.id;

  it('is the newest when all have ended', () => {
    expect(of(longAgo('s', [ANNA, N1], [BEN, N1]), longAgo('t', [BEN, N2], [ANNA, N2]))).toBe('t');
    expect(of(longAgo('s', [ANNA, N1], [CLEO, N1]))).toBeUndefined();
  });

  it('is the live one even when a newer one has ended', () => {
    expect(of(session('s', [ANNA, N1], [BEN, N1]), longAgo('t', [BEN, N2], [ANNA, N2]))).toBe('s');
  });
});
