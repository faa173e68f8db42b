import {
  type Instant,
  isLive,
  isReserved,
  type PersonId,
  quarantineEndOf,
  type Session,
  SIDES,
  sideOf,
} from './session.js';

/** What an erasure took away. */
export type Erased = {
  /** Sessions that were live and were closed for it. */
  closed: string[];
  /** Sessions that held the number. */
  sessions: string[];
  /** Until when legs of theirs stay reserved by hash; null when none is. */
  reservedUntil: Instant | null;
};

/** Takes real numbers and labels out of every session whose quarantine is over. */
export function forgetEnded(sessions: readonly Session[], now: Instant): void {
  for (const session of sessions) {
    if (isReserved(session, now)) continue;
    for (const side of SIDES) {
      session[side].realNumber = null;
      session[side].label = null;
    }
  }
}

/** Takes one person's real number and label out of every session, closing those that are live. */
export function erasePerson(sessions: readonly Session[], person: PersonId, now: Instant): Erased {
  const erased: Erased = { closed: [], sessions: [], reservedUntil: null };
  for (const session of sessions) {
    const side = sideOf(session, person);
    if (side === undefined) continue;
    if (isLive(session, now)) {
      session.closedAt = now;
      erased.closed.push(session.id);
    }
    if (session[side].realNumber !== null) erased.sessions.push(session.id);
    session[side].realNumber = null;
    session[side].label = null;
    if (isReserved(session, now)) {
      erased.reservedUntil = Math.max(erased.reservedUntil ?? 0, quarantineEndOf(session));
    }
  }
  return erased;
}
