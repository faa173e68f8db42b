import { createHmac } from 'node:crypto';
import { Allocator } from '../domain/allocation.js';
import { decideOpening, type Opened, type Opening } from '../domain/opening.js';
import type { E164 } from '../domain/phone-number.js';
import type { Instant, PersonId, Session } from '../domain/session.js';
import type { State } from './state.js';
import type { OpeningRequest } from './store.js';

/** Who has this number, as the store knows people. */
export function personOf(state: State, number: E164): PersonId {
  return createHmac('sha256', Buffer.from(state.lookupKey, 'base64'))
    .update(number)
    .digest('base64url') as PersonId;
}

/** Decides one opening after the other against the same state, each seeing those before it. */
export function openIn(state: State, now: Instant, newId: () => string): (request: OpeningRequest) => Opened {
  const allocator = new Allocator(state.numbers, state.sessions, now);
  const byName = new Map<string, Session>();
  const remember = (session: Session) => {
    byName.set(session.id, session);
    if (session.name !== null) byName.set(session.name, session);
  };
  for (const session of state.sessions) remember(session);
  const poolNumbers = new Set(state.numbers.map(({ number }) => number));
  const unusedId = () => {
    for (;;) {
      const id = newId();
      if (!byName.has(id)) return id;
    }
  };
  return (request) => {
    const opening: Opening = {
      ...request,
      a: { ...request.a, person: personOf(state, request.a.realNumber) },
      b: { ...request.b, person: personOf(state, request.b.realNumber) },
    };
    const opened = decideOpening(opening, {
      allocator,
      isPoolNumber: (number) => poolNumbers.has(number),
      named: (name) => byName.get(name),
      newId: unusedId,
      now,
    });
    if (opened.kind === 'created') {
      allocator.add(opened.session);
      remember(opened.session);
    }
    return opened;
  };
}
