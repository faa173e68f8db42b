import { forgottenSession } from '../domain/erasing.js';
import type { Opened } from '../domain/opening.js';
import type { E164 } from '../domain/phone-number.js';
import type { PoolNumber } from '../domain/pool.js';
import { sessionsUsing } from '../domain/pool-usage.js';
import { type Instant, isReserved, type Session } from '../domain/session.js';
import { decideAll, everybodyIn, namesOf, openingsOf } from './openings.js';
import type { SessionList } from './session-list.js';
import type { Snapshot } from './snapshot.js';
import type { State } from './state.js';
import type { OpeningRequest, Released } from './store.js';

/** Decides openings; saving what is created is the caller's part. */
export function openIn(
  { numbers, sessions }: State,
  person: Snapshot['person'],
  requests: readonly OpeningRequest[],
  now: Instant,
  newId: () => string,
): Opened[] {
  const openings = openingsOf(requests, person);
  const names = requests.length === 1 ? sessions.names : namesOf(sessions.all());
  const unusedId = () => {
    for (;;) {
      const id = newId();
      if (names.find(id) === undefined) return id;
    }
  };
  const ground = {
    pool: numbers,
    sessions: sessions.placesOf(everybodyIn(openings)).map((place) => sessions.at(place)),
    liveLegs: sessions.outlines.liveLegs(now),
    names,
    now,
  };
  return decideAll(openings, ground, unusedId);
}

/** Where the session with this id stands. */
export function placeOf(sessionId: string, sessions: SessionList): number | undefined {
  return sessions.placesNamed([sessionId]).find((place) => sessions.at(place).id === sessionId);
}

/** Every session whose quarantine is over loses its real numbers. */
export function forgetEnded(sessions: SessionList, now: Instant): void {
  for (const place of sessions.outlines.toBeForgotten(now))
    sessions.put(place, forgottenSession(sessions.at(place)));
}

/** Adds a number or replaces what is kept of it; refuses one that is somebody's real number. */
export function putIn(
  state: State,
  person: Snapshot['person'],
  number: PoolNumber,
  now: Instant,
): 'stored' | 'real-number' {
  const { sessions } = state;
  const theirs = sessions.placesOf([person(number.number)]);
  const isReal = theirs.some((place) => isReserved(sessions.at(place), now));
  if (isReal) return 'real-number';
  const at = state.numbers.findIndex((kept) => kept.number === number.number);
  state.numbers.splice(at < 0 ? state.numbers.length : at, 1, number);
  return 'stored';
}

/** Takes a number out of every future route; with `force` it closes the sessions that use it. */
export function takeOut(state: State, number: E164, force: boolean, now: Instant): Released {
  const all = state.sessions.all();
  const users = sessionsUsing(number, all, now);
  if (users.length > 0 && !force) return { kind: 'in-use', sessions: users };
  const open = new Set(users.filter((session) => session.closedAt === null));
  const closed: Session[] = [];
  for (const [place, session] of all.entries()) {
    if (!open.has(session)) continue;
    state.sessions.put(place, { ...session, closedAt: now });
    closed.push(state.sessions.at(place));
  }
  state.numbers = state.numbers.map((kept) =>
    kept.number === number ? { ...kept, state: 'releasing' } : kept,
  );
  return { kind: 'released', closed };
}
