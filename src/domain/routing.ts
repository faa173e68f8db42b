import type { E164 } from './phone-number.js';
import {
  type Instant,
  isLive,
  isReserved,
  otherSide,
  type PersonId,
  type Session,
  type Side,
  sideOf,
} from './session.js';

/** Vonage's bounds for a connect, in seconds. */
const LONGEST_CALL = 7200;
const RINGING_TIME = 30;

export type Refusal = 'ended' | 'unknown' | 'withheld' | 'not-in-pool' | 'unavailable';

/** The decision for a leg. An unknown caller is a route, not an error. */
export type Route =
  | {
      kind: 'connect';
      sessionId: string;
      /** Who calls. */
      from: Side;
      /** What the callee sees: the number that, dialled by the callee, reaches the caller. */
      callerId: E164;
      callee: E164;
      /** Seconds. */
      timeout: number;
      /** Seconds; null when only Vonage's own bound holds. */
      limit: number | null;
      language: string | null;
    }
  | {
      kind: 'refuse';
      reason: Refusal;
      /** Null, as everything that says something of a session, unless the caller is a participant. */
      sessionId: string | null;
      from: Side | null;
      language: string | null;
    };

export type Located = {
  /** Undefined for a caller who shows no number. */
  caller: PersonId | undefined;
  dialledIsInPool: boolean;
  /** The session that had the leg last. */
  owner: Session | undefined;
};

/**
 * Connect to somebody under a caller ID, or refuse for a reason; decided by the clock of this moment.
 * @param maxDuration seconds, for sessions that have no limit of their own; null for none
 */
export function route(
  { caller, dialledIsInPool, owner }: Located,
  now: Instant,
  maxDuration: number | null,
): Route {
  if (!dialledIsInPool) return refuse('not-in-pool');
  if (caller === undefined) return refuse('withheld');
  if (owner === undefined || !isReserved(owner, now)) return refuse('unknown');

  const side = sideOf(owner, caller);
  if (side === undefined) throw new Error('the leg belongs to a session that the caller is not in');
  if (!isLive(owner, now)) {
    return { kind: 'refuse', reason: 'ended', sessionId: owner.id, from: side, language: owner.language };
  }
  const callee = owner[otherSide(side)].realNumber;
  if (callee === null) throw new Error('a live session has lost a real number');
  return {
    kind: 'connect',
    sessionId: owner.id,
    from: side,
    callerId: owner[side].virtualNumber,
    callee,
    timeout: RINGING_TIME,
    limit: limitOf(owner, now, maxDuration),
    language: owner.language,
  };
}

export function refuse(reason: Refusal): Route {
  return { kind: 'refuse', reason, sessionId: null, from: null, language: null };
}

function limitOf(session: Session, now: Instant, maxDuration: number | null): number | null {
  const bounds: number[] = [];
  const longest = session.maxDuration ?? maxDuration;
  if (longest !== null) bounds.push(longest);
  if (session.hardExpiry && session.expiresAt !== null)
    bounds.push(Math.floor((session.expiresAt - now) / 1000));
  return bounds.length === 0 ? null : Math.max(1, Math.min(LONGEST_CALL, ...bounds));
}
