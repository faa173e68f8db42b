import type { E164 } from './phone-number.js';
import { type Leg, legOf, type PersonId, type Session, SIDES } from './session.js';

/**
 * Leg → the session that had it last. Sessions are added oldest first: a returning pair takes over
 * its old legs, so the newest session with a leg is the only one that can own it.
 */
export class LegIndex {
  /** By the number that is dialled, of which there are few, and then by caller. */
  readonly #sessions = new Map<E164, Map<PersonId, Session>>();

  constructor(oldestFirst: Iterable<Session> = []) {
    for (const session of oldestFirst) this.add(session);
  }

  add(session: Session): void {
    for (const side of SIDES) {
      const { caller, dialled } = legOf(session, side);
      const callers = this.#sessions.get(dialled) ?? new Map<PersonId, Session>();
      this.#sessions.set(dialled, callers.set(caller, session));
    }
  }

  /** Puts a session in the place of itself as it was; its legs are the same. */
  replace(was: Session, is: Session): void {
    for (const side of SIDES) {
      const leg = legOf(is, side);
      if (this.lastOwner(leg) === was) this.#sessions.get(leg.dialled)?.set(leg.caller, is);
    }
  }

  /** The session that had this leg last, whether it still reserves it or not. */
  lastOwner({ caller, dialled }: Leg): Session | undefined {
    return this.#sessions.get(dialled)?.get(caller);
  }
}

/** Whether the session is still the last owner of both its legs. */
export function ownsBothLegs(index: LegIndex, session: Session): boolean {
  return SIDES.every((side) => index.lastOwner(legOf(session, side))?.id === session.id);
}
