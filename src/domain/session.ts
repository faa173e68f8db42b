import type { Country, E164 } from './phone-number.js';

/** Milliseconds since 1970, UTC. */
export type Instant = number;

/** Who somebody is without saying their number: HMAC-SHA-256(lookup key, E.164), base64url. */
export type PersonId = string & { readonly brand: 'PersonId' };

export type Side = 'a' | 'b';

/** One side of a session. Its `virtualNumber` stands in for it: the other side sees it as caller ID and dials it. */
export type Participant = {
  person: PersonId;
  /** Null once it was erased; never while the session is live. */
  realNumber: E164 | null;
  country: Country;
  virtualNumber: E164;
  label: string | null;
  /** BCP-47 tag of the sentences that this person hears; null for the setting's, else their country's. */
  language: string | null;
  /** When this side was told by SMS which number to dial. */
  notifiedAt: Instant | null;
};

/** Which side may call the other; texts go the same way. */
export type Direction = 'both' | 'a-to-b' | 'b-to-a';
export const DIRECTIONS: readonly Direction[] = ['both', 'a-to-b', 'b-to-a'];

/** What was asked for when the session was made; `pair` compares these when the same two come again. */
export type Terms = {
  name: string | null;
  /** Seconds, as given; null for a session without an end. */
  ttl: number | null;
  /** Seconds a call may last at most. */
  maxDuration: number | null;
  /** Whether a call ends with the session. */
  hardExpiry: boolean;
  /** Who may call whom. */
  direction: Direction;
  /** Whether the callee is asked to take the call by pressing a key; null for the setting's. */
  screen: boolean | null;
  /** Whether a voicemail that answers counts as nobody; null for the setting's. */
  detectMachines: boolean | null;
  /** Whether phone numbers in texts are hidden; null for the setting's. */
  maskNumbers: boolean | null;
};

/** Two participants who can reach each other. */
export type Session = Terms & {
  id: string;
  createdAt: Instant;
  expiresAt: Instant | null;
  closedAt: Instant | null;
  /** Seconds in which the legs stay reserved after the end; fixed when the session is made. */
  quarantine: number;
  a: Participant;
  b: Participant;
};

/** What a call tells us: who calls and what was dialled. A session owns two. */
export type Leg = { caller: PersonId; dialled: E164 };

export type SessionStatus = 'open' | 'expired' | 'closed';

export const SIDES = ['a', 'b'] as const;

export function otherSide(side: Side): Side {
  return side === 'a' ? 'b' : 'a';
}

/** Whether this side may call the other. */
export function mayCall({ direction }: Terms, side: Side): boolean {
  return direction === 'both' || direction === `${side}-to-${otherSide(side)}`;
}

/** The leg on which this side reaches the other. */
export function legOf(session: Session, side: Side): Leg {
  return { caller: session[side].person, dialled: session[otherSide(side)].virtualNumber };
}

/** The side of the session that this person is on, if any. */
export function sideOf(session: Session, person: PersonId): Side | undefined {
  return SIDES.find((side) => session[side].person === person);
}

/** Whether it is the session of these two people, in either order. */
export function isBetween(session: Session, one: PersonId, other: PersonId): boolean {
  return sideOf(session, one) !== undefined && sideOf(session, other) !== undefined;
}

export function statusAt(session: Session, now: Instant): SessionStatus {
  if (session.closedAt !== null) return 'closed';
  // Real numbers are forgotten after the end: a clock that was set back brings no session to life again.
  const isForgotten = session.a.realNumber === null || session.b.realNumber === null;
  return isForgotten || (session.expiresAt !== null && session.expiresAt <= now) ? 'expired' : 'open';
}

export function isLive(session: Session, now: Instant): boolean {
  return statusAt(session, now) === 'open';
}

/** When the session ends or ended; Infinity while it has no end. */
export function endOf(session: Session): Instant {
  return Math.min(session.closedAt ?? Infinity, session.expiresAt ?? Infinity);
}

/** When the session's legs come free for others; Infinity while it has no end. */
export function quarantineEndOf(session: Session): Instant {
  return endOf(session) + session.quarantine * 1000;
}

/** Whether the session still reserves its legs: live, or in quarantine. */
export function isReserved(session: Session, now: Instant): boolean {
  return isLive(session, now) || now < quarantineEndOf(session);
}
