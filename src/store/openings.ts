import { Allocator } from '../domain/allocation.js';
import { decideOpening, type Opened, type Opening } from '../domain/opening.js';
import type { E164 } from '../domain/phone-number.js';
import type { PoolNumber } from '../domain/pool.js';
import type { Instant, PersonId, Session } from '../domain/session.js';
import type { OpeningRequest } from './store.js';

/** The requests with the people in them, as a store knows them. */
export function openingsOf(
  requests: readonly OpeningRequest[],
  person: (number: E164) => PersonId,
): Opening[] {
  return requests.map((request) => ({
    ...request,
    a: { ...request.a, person: person(request.a.realNumber) },
    b: { ...request.b, person: person(request.b.realNumber) },
  }));
}

/** Everybody in these openings, each once. */
export function everybodyIn(openings: readonly Opening[]): PersonId[] {
  return [...new Set(openings.flatMap(({ a, b }) => [a.person, b.person]))];
}

/** Finds the newest session with a name or an id. */
export type Names = { find: (name: string) => Session | undefined; add: (session: Session) => void };

/** @param oldestFirst at least every session that is called as one of the openings wants to be */
export function namesOf(oldestFirst: Iterable<Session>): Names {
  const named = new Map<string, Session>();
  const add = (session: Session) => {
    named.set(session.id, session);
    if (session.name !== null) named.set(session.name, session);
  };
  for (const session of oldestFirst) add(session);
  return { find: (name) => named.get(name), add };
}

/** What openings are decided from. */
export type Ground = {
  pool: readonly PoolNumber[];
  /** At least every session of the people in the openings, oldest first. */
  sessions: readonly Session[];
  liveLegs: ReadonlyMap<E164, number>;
  names: Names;
  now: Instant;
};

/** Decides one opening after the other against the same state, each seeing those before it. */
export function decideAll(openings: readonly Opening[], ground: Ground, newId: () => string): Opened[] {
  const { pool, sessions, liveLegs, names, now } = ground;
  const allocator = new Allocator(pool, sessions, now, liveLegs);
  const poolNumbers = new Set(pool.map(({ number }) => number));
  return openings.map((opening) => {
    const opened = decideOpening(opening, {
      allocator,
      isPoolNumber: (number) => poolNumbers.has(number),
      named: names.find,
      newId,
      now,
    });
    if (opened.kind === 'created') {
      allocator.add(opened.session);
      names.add(opened.session);
    }
    return opened;
  });
}
