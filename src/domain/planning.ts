import { LegIndex } from './leg-index.js';
import type { Country, E164 } from './phone-number.js';
import { isUsable, type PoolNumber } from './pool.js';
import { usageOf } from './pool-usage.js';
import { type Instant, isReserved, legOf, otherSide, type PersonId, type Session, SIDES } from './session.js';

/** How many different people somebody has live or quarantined at once. */
export type Busyness = {
  person: PersonId;
  /** Null once it was erased. */
  realNumber: E164 | null;
  contacts: number;
};

export type PoolPlan = {
  /** The most contacts that anybody has: as many usable numbers suffice for everybody. */
  needed: number;
  usable: number;
  /** Everybody with a contact, the busiest first. */
  busiest: Busyness[];
  /** How many numbers to buy. */
  buy: number;
  /** Without them enough are left, and no leg needs them; those that are missed least come first. */
  releasable: E164[];
  /** The fewest usable numbers that stay enough. */
  fewest: number;
  /** How many of the usable numbers are more than the fewest, and still used by legs. */
  busySpare: number;
};

/** @param expected numbers that will be needed, where that is known to be more than today */
export function planPool(
  pool: readonly PoolNumber[],
  oldestFirst: readonly Session[],
  now: Instant,
  expected = 0,
): PoolPlan {
  const busiest = busynessOf(oldestFirst, now);
  const needed = busiest[0]?.contacts ?? 0;
  const usable = pool.filter(isUsable);
  const fewest = Math.max(needed, expected);
  const usage = usageOf(oldestFirst, now);
  const isIdle = ({ number }: PoolNumber) => !usage.has(number);
  const useless = pool.filter(
    (one) => !isUsable(one) && (one.state === 'linked' || one.state === 'lost') && isIdle(one),
  );
  const spare = Math.max(0, usable.length - fewest);
  const idle = leastMissedFirst(usable.filter(isIdle), peopleByCountry(oldestFirst, now)).slice(0, spare);
  return {
    needed,
    usable: usable.length,
    busiest,
    fewest,
    buy: Math.max(0, fewest - usable.length),
    releasable: [...useless, ...idle].map(({ number }) => number),
    busySpare: spare - idle.length,
  };
}

/** A leg counts for the person who dials it, and for the session that owns it now. */
function busynessOf(oldestFirst: readonly Session[], now: Instant): Busyness[] {
  const legs = new LegIndex(oldestFirst);
  const known = new Map<PersonId, { realNumber: E164 | null; others: Set<PersonId> }>();
  for (const session of oldestFirst) {
    if (!isReserved(session, now)) continue;
    for (const side of SIDES) {
      if (legs.lastOwner(legOf(session, side)) !== session) continue;
      const { person, realNumber } = session[side];
      const one = known.get(person) ?? { realNumber, others: new Set<PersonId>() };
      one.others.add(session[otherSide(side)].person);
      known.set(person, one);
    }
  }
  return [...known]
    .map(([person, { realNumber, others }]) => ({ person, realNumber, contacts: others.size }))
    .sort((one, other) => other.contacts - one.contacts);
}

/** How many people of live and quarantined sessions are in each country. */
function peopleByCountry(sessions: readonly Session[], now: Instant): Map<Country, number> {
  const countries = new Map<PersonId, Country>();
  for (const session of sessions) {
    if (!isReserved(session, now)) continue;
    for (const side of SIDES) countries.set(session[side].person, session[side].country);
  }
  return count(countries.values());
}

/** The country that most people are in, else that of most numbers; undefined when there is neither. */
export function countryToBuyIn(
  pool: readonly PoolNumber[],
  sessions: readonly Session[],
  now: Instant,
): Country | undefined {
  return commonest(peopleByCountry(sessions, now)) ?? commonest(count(pool.map(({ country }) => country)));
}

function leastMissedFirst(numbers: PoolNumber[], people: ReadonlyMap<Country, number>): PoolNumber[] {
  const worth = ({ features, country }: PoolNumber) =>
    [features.includes('SMS') ? 1 : 0, people.get(country) ?? 0] as const;
  return numbers.sort((one, other) => {
    const [texts, callers] = worth(one);
    const [otherTexts, otherCallers] = worth(other);
    // New sessions take the lowest digits first.
    return texts - otherTexts || callers - otherCallers || (one.number < other.number ? 1 : -1);
  });
}

/** What a day is expected to bring. */
export type Expectation = {
  /** Everybody, on either side. */
  people: number;
  /** Sessions of one person a day, whoever starts them, each with somebody else. */
  sessionsEach: number;
  /** Seconds. */
  ttl: number;
  quarantine: number;
};

const DAY = 86_400;
/** What multiplying decimal fractions may add to a whole number. */
const NOISE = 1e-9;

/**
 * How many numbers are needed once as many sessions end as begin: so many contacts does somebody have at
 * once whose sessions are spread evenly over the days, and never more than there are other people.
 */
export function numbersExpected({ people, sessionsEach, ttl, quarantine }: Expectation): number {
  const atOnce = Math.ceil((sessionsEach * (ttl + quarantine)) / DAY - NOISE);
  return Math.min(people - 1, Math.max(1, atOnce));
}

function count<T>(values: Iterable<T>): Map<T, number> {
  const counted = new Map<T, number>();
  for (const value of values) counted.set(value, (counted.get(value) ?? 0) + 1);
  return counted;
}

function commonest(counted: ReadonlyMap<Country, number>): Country | undefined {
  return [...counted].sort(([one, n], [other, m]) => m - n || (one < other ? -1 : 1))[0]?.[0];
}
