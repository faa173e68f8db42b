import { LegIndex } from './leg-index.js';
import { type Country, callingCodeOf, type E164 } from './phone-number.js';
import { isUsable, type PoolNumber } from './pool.js';
import {
  endOf,
  type Instant,
  isLive,
  isReserved,
  legOf,
  type PersonId,
  quarantineEndOf,
  type Session,
  SIDES,
  type Side,
  sideOf,
} from './session.js';

/** One of the two people to be given numbers. */
export type Person = { person: PersonId; realNumber: E164; country: Country };

/** The two virtual numbers, named like `Participant.virtualNumber`; or the sides that nothing is free for. */
export type Allocation =
  | { kind: 'allocated'; a: E164; b: E164 }
  | { kind: 'full'; sides: Side[]; poolSize: number; soonest: { at: Instant; session: Session } | null };

/**
 * Chooses virtual numbers at one instant, from the pool and every session so far.
 *
 * Each side is chosen on its own, and a leg in quarantine is free for the same two people alone. So with
 * D the most different people that anybody has live or quarantined at once, D usable numbers suffice.
 */
export class Allocator {
  readonly #usable: readonly Usable[];
  readonly #now: Instant;
  readonly #legs = new LegIndex();
  readonly #lastOfPair = new Map<string, Session>();
  readonly #liveLegs: Map<E164, number>;

  /**
   * @param oldestFirst at least every session of the people who will be given numbers
   * @param liveLegs of each number, over all sessions
   */
  constructor(
    pool: readonly PoolNumber[],
    oldestFirst: readonly Session[],
    now: Instant,
    liveLegs: ReadonlyMap<E164, number> = liveLegsOf(oldestFirst, now),
  ) {
    this.#usable = pool.filter(isUsable).map(({ number, country, features }) => ({
      number,
      country,
      callingCode: callingCodeOf(number),
      sendsTexts: features.includes('SMS'),
    }));
    this.#now = now;
    this.#liveLegs = new Map(liveLegs);
    for (const session of oldestFirst) this.#remember(session);
  }

  /** Takes in a session that was made since. */
  add(session: Session): void {
    this.#remember(session);
    countLiveLegs(this.#liveLegs, session, this.#now);
  }

  #remember(session: Session): void {
    this.#legs.add(session);
    const pair = pairKey(session.a.person, session.b.person);
    const before = this.#lastOfPair.get(pair);
    if (isLive(session, this.#now) || before === undefined || !isLive(before, this.#now))
      this.#lastOfPair.set(pair, session);
  }

  /** The session of these two people, in either order: the live one, be it an older one extended, else the newest. */
  lastOfPair(one: PersonId, other: PersonId): Session | undefined {
    return this.#lastOfPair.get(pairKey(one, other));
  }

  allocate(a: Person, b: Person): Allocation {
    const free = { a: this.#freeFor(a, b), b: this.#freeFor(b, a) };
    const full = SIDES.filter((side) => free[side].length === 0);
    if (full.length > 0) return this.#full(full, { a, b });
    if (free.b.length < free.a.length) {
      const dialledByB = this.#best(free.b, b, a, null);
      return { kind: 'allocated', a: dialledByB, b: this.#best(free.a, a, b, dialledByB) };
    }
    const dialledByA = this.#best(free.a, a, b, null);
    return { kind: 'allocated', a: this.#best(free.b, b, a, dialledByA), b: dialledByA };
  }

  #freeFor(dialler: Person, other: Person): Candidate[] {
    const free: Candidate[] = [];
    for (const usable of this.#usable) {
      const owner = this.#legs.lastOwner({ caller: dialler.person, dialled: usable.number });
      const isTaken =
        owner !== undefined &&
        isReserved(owner, this.#now) &&
        (isLive(owner, this.#now) || sideOf(owner, other.person) === undefined);
      if (!isTaken) free.push({ usable, owner });
    }
    return free;
  }

  /** The first criterion decides; each further one only among those that are equal so far. */
  #best(free: readonly Candidate[], dialler: Person, other: Person, otherSides: E164 | null): E164 {
    const led = this.#ledTo(dialler.person, other.person);
    const code = callingCodeOf(dialler.realNumber);
    const criteria: ((candidate: Candidate) => number)[] = [
      ({ usable }) => (usable.number === led ? 0 : 1),
      ({ usable }) => (usable.sendsTexts ? 0 : 1),
      ({ usable }) => (usable.country === dialler.country ? 0 : usable.callingCode === code ? 1 : 2),
      ({ usable }) => (usable.number === otherSides ? 1 : 0),
      ({ owner }) => (owner === undefined ? -Infinity : endOf(owner)),
      ({ usable }) => this.#liveLegs.get(usable.number) ?? 0,
    ];
    let best = free;
    for (const criterion of criteria) if (best.length > 1) best = leastBy(best, criterion);
    return best.reduce((lowest, { usable }) => (usable.number < lowest ? usable.number : lowest), LAST);
  }

  /** The number that led this person to that other person last. */
  #ledTo(dialler: PersonId, other: PersonId): E164 | undefined {
    const last = this.lastOfPair(dialler, other);
    const side = last && sideOf(last, dialler);
    return last && side && legOf(last, side).dialled;
  }

  #full(sides: Side[], people: { a: Person; b: Person }): Allocation {
    let soonest: { at: Instant; session: Session } | null = null;
    for (const side of sides) {
      for (const { number } of this.#usable) {
        const owner = this.#legs.lastOwner({ caller: people[side].person, dialled: number });
        if (owner === undefined) continue;
        const at = quarantineEndOf(owner);
        if (Number.isFinite(at) && (soonest === null || at < soonest.at)) soonest = { at, session: owner };
      }
    }
    return { kind: 'full', sides, poolSize: this.#usable.length, soonest };
  }
}

/** How many live legs each virtual number carries. */
export function liveLegsOf(sessions: Iterable<Session>, now: Instant): Map<E164, number> {
  const counts = new Map<E164, number>();
  for (const session of sessions) countLiveLegs(counts, session, now);
  return counts;
}

function countLiveLegs(counts: Map<E164, number>, session: Session, now: Instant): void {
  if (!isLive(session, now)) return;
  for (const side of SIDES) {
    const number = session[side].virtualNumber;
    counts.set(number, (counts.get(number) ?? 0) + 1);
  }
}

/** A number of the pool, with what is asked of it each time. */
type Usable = { number: E164; country: Country; callingCode: string; sendsTexts: boolean };

/** A number that is free for a person, and whose leg that was last, if anybody's. */
type Candidate = { usable: Usable; owner: Session | undefined };

/** After every number, in the order of their digits. */
const LAST = '~' as E164;

function leastBy(candidates: readonly Candidate[], criterion: (candidate: Candidate) => number): Candidate[] {
  let least = Number.POSITIVE_INFINITY;
  let best: Candidate[] = [];
  for (const candidate of candidates) {
    const value = criterion(candidate);
    if (value < least) {
      least = value;
      best = [];
    }
    if (value === least) best.push(candidate);
  }
  return best;
}

function pairKey(one: PersonId, other: PersonId): string {
  return one < other ? one + other : other + one;
}
