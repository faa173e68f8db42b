import type { Allocation, Allocator, Person } from './allocation.js';
import type { E164 } from './phone-number.js';
import {
  type Direction,
  type Instant,
  isBetween,
  isLive,
  isReserved,
  type Participant,
  type Session,
  SIDES,
  type Side,
  sideOf,
  type Terms,
} from './session.js';

/** What is said of one side; null where nothing was given. */
type Remarks = Pick<Participant, 'label' | 'language'>;

/** A session that `pair` asks the store for. Terms that were not given are absent and match any. */
export type Opening = {
  a: Person & Remarks;
  b: Person & Remarks;
  given: Partial<Terms>;
  quarantine: number;
};

/** What differs between a live session and the same two people paired again. */
export type Difference = keyof Terms | keyof Remarks;

export type Opened =
  | { kind: 'created'; session: Session }
  | { kind: 'existing'; session: Session }
  | { kind: 'differs'; session: Session; from: Difference[] }
  | { kind: 'name-taken'; sessionId: string }
  | { kind: 'pool-number'; sides: Side[] }
  | Exclude<Allocation, { kind: 'allocated' }>;

/** What the decision is made from; the store gathers it under its lock and never decides by itself. */
export type Surroundings = {
  allocator: Allocator;
  isPoolNumber: (number: E164) => boolean;
  /** The newest session with this name or this id, if any. */
  named: (name: string) => Session | undefined;
  newId: () => string;
  now: Instant;
};

/** Decides about one opening; saving a created session, and adding it to the allocator, is the store's part. */
export function decideOpening(
  opening: Opening,
  { allocator, isPoolNumber, named, newId, now }: Surroundings,
): Opened {
  const poolNumbers = SIDES.filter((side) => isPoolNumber(opening[side].realNumber));
  if (poolNumbers.length > 0) return { kind: 'pool-number', sides: poolNumbers };
  if (opening.a.person === opening.b.person) throw new Error('a session needs two different people');

  const last = allocator.lastOfPair(opening.a.person, opening.b.person);
  if (last !== undefined && isLive(last, now)) {
    const from = differences(opening, last);
    return from.length > 0 ? { kind: 'differs', session: last, from } : { kind: 'existing', session: last };
  }
  const { name } = opening.given;
  const holder = name == null ? undefined : named(name);
  if (holder !== undefined) {
    const ofOthers = !isBetween(holder, opening.a.person, opening.b.person);
    if (holder.id === name || (ofOthers && isReserved(holder, now)))
      return { kind: 'name-taken', sessionId: holder.id };
  }
  const allocation = allocator.allocate(opening.a, opening.b);
  if (allocation.kind === 'full') return allocation;
  const ttl = opening.given.ttl ?? null;
  const participant = (side: Side) => ({
    ...opening[side],
    virtualNumber: allocation[side],
    notifiedAt: null,
  });
  return {
    kind: 'created',
    session: {
      id: newId(),
      name: name ?? null,
      createdAt: now,
      expiresAt: ttl === null ? null : now + ttl * 1000,
      closedAt: null,
      ttl,
      quarantine: opening.quarantine,
      maxDuration: opening.given.maxDuration ?? null,
      hardExpiry: opening.given.hardExpiry ?? false,
      direction: opening.given.direction ?? 'both',
      screen: opening.given.screen ?? null,
      detectMachines: opening.given.detectMachines ?? null,
      maskNumbers: opening.given.maskNumbers ?? null,
      a: participant('a'),
      b: participant('b'),
    },
  };
}

function differences(opening: Opening, session: Session): Difference[] {
  const there = (side: Side) => sideOf(session, opening[side].person) ?? side;
  const given = { ...opening.given };
  if (given.direction !== undefined && there('a') === 'b') given.direction = REVERSED[given.direction];
  const terms = Object.entries(given) as [keyof Terms, Terms[keyof Terms]][];
  const remarks = (['label', 'language'] as const).filter((remark) =>
    SIDES.some((side) => {
      const wanted = opening[side][remark];
      return wanted !== null && session[there(side)][remark] !== wanted;
    }),
  );
  return [...terms.filter(([term, value]) => session[term] !== value).map(([term]) => term), ...remarks];
}

/** The same two people may be named in the other order. */
const REVERSED: Record<Direction, Direction> = { both: 'both', 'a-to-b': 'b-to-a', 'b-to-a': 'a-to-b' };
