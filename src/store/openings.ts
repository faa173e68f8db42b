import { Allocator } from '../domain/allocation.js';
import { decideOpening, type Opened, type Opening } from '../domain/opening.js';
import type { Instant, Session } from '../domain/session.js';
import type { SessionList } from './session-list.js';
import type { Snapshot } from './snapshot.js';
import type { State } from './state.js';
import type { OpeningRequest } from './store.js';

/** Decides one opening after the other against the same state, each seeing those before it. */
export function openIn(
  { numbers, sessions }: Pick<State, 'numbers' | 'sessions'>,
  person: Snapshot['person'],
  requests: readonly OpeningRequest[],
  now: Instant,
  newId: () => string,
): Opened[] {
  const openings = requests.map(
    (request): Opening => ({
      ...request,
      a: { ...request.a, person: person(request.a.realNumber) },
      b: { ...request.b, person: person(request.b.realNumber) },
    }),
  );
  const theirs = sessions.placesOf(openings.flatMap(({ a, b }) => [a.person, b.person]));
  const allocator = new Allocator(
    numbers,
    theirs.map((place) => sessions.at(place)),
    now,
    sessions.outlines.liveLegs(now),
  );
  const named = finder(sessions, requests.length);
  const poolNumbers = new Set(numbers.map(({ number }) => number));
  const unusedId = () => {
    for (;;) {
      const id = newId();
      if (named.find(id) === undefined) return id;
    }
  };
  return openings.map((opening) => {
    const opened = decideOpening(opening, {
      allocator,
      isPoolNumber: (number) => poolNumbers.has(number),
      named: named.find,
      newId: unusedId,
      now,
    });
    if (opened.kind === 'created') {
      allocator.add(opened.session);
      named.add(opened.session);
    }
    return opened;
  });
}

type Finder = { find: (name: string) => Session | undefined; add: (session: Session) => void };

/** Finds the newest session with a name or an id; an index pays only for those who ask often. */
function finder(sessions: SessionList, asked: number): Finder {
  if (asked === 1) {
    const find = (name: string) => {
      const [newest] = sessions.placesNamed([name]).slice(-1);
      return newest === undefined ? undefined : sessions.at(newest);
    };
    return { find, add: () => {} };
  }
  const byName = new Map<string, Session>();
  const add = (session: Session) => {
    byName.set(session.id, session);
    if (session.name !== null) byName.set(session.name, session);
  };
  for (const session of sessions.all()) add(session);
  return { find: (name) => byName.get(name), add };
}
