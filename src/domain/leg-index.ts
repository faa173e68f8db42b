import type { E164 } from './phone-number.js';
import { type Leg, legOf, type PersonId, type Session, SIDES } from './session.js';

/**
 * Leg → the session that had it last. Sessions are added oldest first: a returning pair takes over
 * its old legs, so the newest session with a leg is the only one that can own it.
 */
export class LegIndex {
  readonly #sessions = new Map<string, Session>();

  constructor(oldestFirst: Iterable<Session> = []) {
    for (const session of oldestFirst) this.add(session);
  }

  add(session: Session): void {
    for (const side of SIDES) {
      const leg = legOf(session, side);
      this.#sessions.set(keyOf(leg.caller, leg.dialled), session);
    }
  }

  /** Puts a session in the place of itself as it was; its legs are the same. */
  replace(was: Session, is: Session): void {
    for (const side of SIDES) {
      const leg = legOf(is, side);
      const key = keyOf(leg.caller, leg.dialled);
      if (this.#sessions.get(key) === was) this.#sessions.set(key, is);
    }
  }

  /** The session that had this leg last, whether it still reserves it or not. */
  lastOwner(leg: Leg): Session | undefined {
    return this.#sessions.get(keyOf(leg.caller, leg.dialled));
  }
}

function keyOf(caller: PersonId, dialled: E164): string {
  return caller + dialled;
}

/** Whether the session is still the last owner of both its legs. */
export function ownsBothLegs(index: LegIndex, session: Session): boolean {
  return SIDES.every((side) => index.lastOwner(legOf(session, side))?.id === session.id);
}
