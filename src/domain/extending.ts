import { LegIndex, ownsBothLegs } from './leg-index.js';
import { isUsable, type PoolNumber } from './pool.js';
import { type Instant, isBetween, isLive, isReserved, type Session, SIDES } from './session.js';

export type Extended =
  | { kind: 'extended'; session: Session }
  /** Its legs are nobody's any more, or somebody else's. */
  | { kind: 'legs-lost' }
  /** The same two people have a newer live session. */
  | { kind: 'paired-again'; sessionId: string }
  /** One of its virtual numbers is no longer in use. */
  | { kind: 'number-gone' }
  /** One of its real numbers was erased. */
  | { kind: 'erased' };

/**
 * Moves the end of a session to `ttl` seconds from now, never to an earlier moment than it has (one without
 * an end gets one);
 * an ended session lives again while it still owns both its legs.
 */
export function decideExtension(
  session: Session,
  ttl: number,
  oldestFirst: readonly Session[],
  numbers: readonly PoolNumber[],
  now: Instant,
): Extended {
  const end = now + ttl * 1000;
  if (isLive(session, now)) {
    return { kind: 'extended', session: { ...session, expiresAt: Math.max(session.expiresAt ?? 0, end) } };
  }
  const newer = oldestFirst.find(
    (other) => isLive(other, now) && isBetween(other, session.a.person, session.b.person),
  );
  if (newer !== undefined) return { kind: 'paired-again', sessionId: newer.id };
  if (!isReserved(session, now) || !ownsBothLegs(new LegIndex(oldestFirst), session))
    return { kind: 'legs-lost' };
  if (SIDES.some((side) => session[side].realNumber === null)) return { kind: 'erased' };
  const usable = new Set(numbers.filter(isUsable).map(({ number }) => number));
  if (SIDES.some((side) => !usable.has(session[side].virtualNumber))) return { kind: 'number-gone' };
  return { kind: 'extended', session: { ...session, closedAt: null, expiresAt: end } };
}
