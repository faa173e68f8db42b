import {
  type Instant,
  isLive,
  isReserved,
  type Participant,
  type PersonId,
  quarantineEndOf,
  type Session,
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

/** The session without real numbers and labels. */
export function forgottenSession(session: Session): Session {
  return { ...session, a: forgotten(session.a), b: forgotten(session.b) };
}

/** Takes one person's real number and label out of every session, closing those that are live. */
export function erasePerson(sessions: Session[], person: PersonId, now: Instant): Erased {
  const erased: Erased = { closed: [], sessions: [], reservedUntil: null };
  for (const [at, session] of sessions.entries()) {
    const side = sideOf(session, person);
    if (side === undefined) continue;
    const wasLive = isLive(session, now);
    const without = {
      ...session,
      closedAt: wasLive ? now : session.closedAt,
      [side]: forgotten(session[side]),
    };
    if (wasLive) erased.closed.push(session.id);
    if (session[side].realNumber !== null) erased.sessions.push(session.id);
    if (isReserved(without, now)) {
      erased.reservedUntil = Math.max(erased.reservedUntil ?? 0, quarantineEndOf(without));
    }
    if (wasLive || session[side].realNumber !== null) sessions[at] = without;
  }
  return erased;
}

function forgotten(participant: Participant): Participant {
  return { ...participant, realNumber: null, label: null };
}
