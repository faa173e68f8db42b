import type { Country, E164 } from './phone-number.js';
import {
  type Instant,
  isLive,
  isReserved,
  mayCall,
  otherSide,
  type Participant,
  type PersonId,
  type Session,
  type Side,
  sideOf,
} from './session.js';

/** Vonage's bounds for a connect, in seconds. */
export const LONGEST_CALL = 7200;
const RINGING_TIME = 30;

/** `repeated` is a stranger who goes on calling. */
export const REFUSALS = [
  'ended',
  'unknown',
  'withheld',
  'not-in-pool',
  'unavailable',
  'crossed',
  'blocked',
  'direction',
  'repeated',
] as const;
export type Refusal = (typeof REFUSALS)[number];

/** Somebody to be spoken to, as far as the choice of a language goes. */
export type Hearer = { language: string | null; country: Country };

/** The decision for a leg. An unknown caller is a route, not an error. */
export type Route =
  | {
      kind: 'connect';
      sessionId: string;
      /** Who calls. */
      from: Side;
      caller: Hearer;
      /** What the callee sees: the number that, dialled by the callee, reaches the caller. */
      callerId: E164;
      callee: E164;
      /** Seconds. */
      timeout: number;
      /** Seconds; null when only Vonage's own bound holds. */
      limit: number | null;
      /** Whether the callee is asked first. */
      screen: boolean;
      detectMachines: boolean;
    }
  /** A stranger is put through to the operator. */
  | {
      kind: 'forward';
      sessionId: null;
      from: null;
      callerId: E164;
      callee: E164;
      timeout: number;
      limit: number | null;
    }
  | Refused;

export type Refused = {
  kind: 'refuse';
  reason: Refusal;
  /** Null, as everything that says something of a session, unless the caller is a participant. */
  sessionId: string | null;
  from: Side | null;
  caller: Hearer | null;
};

/** What the store knows of a leg. */
export type Located = {
  /** Undefined for a caller who shows no number. */
  caller: PersonId | undefined;
  callerIsBlocked: boolean;
  /** Whether one of our own virtual numbers calls. */
  callerIsInPool: boolean;
  dialled: E164;
  dialledIsInPool: boolean;
  /** The session that had the leg last. */
  owner: Session | undefined;
  /** The moment of the question by the store's own clock, where it has one: it goes before a machine's. */
  now?: Instant;
};

/** What holds for every call where its session does not say. */
export type Policy = {
  /** Seconds; null for none. */
  maxDuration: number | null;
  screen: boolean;
  detectMachines: boolean;
  /** Where strangers are put through to; null to refuse them. */
  operatorNumber: E164 | null;
};

/** For one caller: the operator's own phone is not put through to itself. */
export function policyFor(caller: E164 | undefined, policy: Policy): Policy {
  return caller === policy.operatorNumber ? { ...policy, operatorNumber: null } : policy;
}

export const DEFAULT_POLICY: Policy = {
  maxDuration: null,
  screen: false,
  detectMachines: false,
  operatorNumber: null,
};

/** Connect to somebody under a caller ID, or refuse for a reason; decided by the clock of this moment. */
export function route(located: Located, now: Instant, policy: Policy): Route {
  const { caller, owner } = located;
  if (!located.dialledIsInPool) return refuse('not-in-pool');
  if (caller === undefined) return refuse('withheld');
  if (owner === undefined || !isReserved(owner, now))
    return located.callerIsBlocked ? refuse('blocked') : routeOfStranger(located, policy);

  const side = sideOf(owner, caller);
  if (side === undefined) throw new Error('the leg belongs to a session that the caller is not in');
  // Spoken to as a stranger: nothing tells them that they are blocked.
  if (located.callerIsBlocked) return { ...refuseParticipant(owner, side, 'blocked'), caller: null };
  if (!isLive(owner, now)) return refuseParticipant(owner, side, 'ended');
  if (!mayCall(owner, side)) return refuseParticipant(owner, side, 'direction');
  const callee = owner[otherSide(side)].realNumber;
  if (callee === null) throw new Error('a live session has lost a real number');
  return {
    kind: 'connect',
    sessionId: owner.id,
    from: side,
    caller: hearerOf(owner[side]),
    callerId: owner[side].virtualNumber,
    callee,
    timeout: RINGING_TIME,
    limit: limitOf(owner, now, policy.maxDuration),
    screen: owner.screen ?? policy.screen,
    detectMachines: owner.detectMachines ?? policy.detectMachines,
  };
}

/** A decision as every JSON answer has it; a stranger put through to the operator is connected, without a session. */
export type RouteDocument = {
  kind: 'connect' | 'refuse';
  reason?: Refusal;
  sessionId?: string;
  operator?: true;
};

export function documentOf(decided: Route): RouteDocument {
  if (decided.kind === 'forward') return { kind: 'connect', operator: true };
  const session = decided.sessionId === null ? {} : { sessionId: decided.sessionId };
  return decided.kind === 'connect'
    ? { kind: 'connect', ...session }
    : { kind: 'refuse', reason: decided.reason, ...session };
}

export function refuse(reason: Refusal): Refused {
  return { kind: 'refuse', reason, sessionId: null, from: null, caller: null };
}

/** The same call refused for what other calls say about it. */
export function refuseInstead(decided: Route, reason: 'crossed' | 'repeated'): Refused {
  if (decided.kind !== 'connect') return refuse(reason);
  const { sessionId, from, caller } = decided;
  return { kind: 'refuse', reason, sessionId, from, caller };
}

function refuseParticipant(session: Session, side: Side, reason: Refusal): Refused {
  return { kind: 'refuse', reason, sessionId: session.id, from: side, caller: hearerOf(session[side]) };
}

/** One of our own numbers is never put through: the call would come back to us. */
function routeOfStranger({ callerIsInPool, dialled }: Located, policy: Policy): Route {
  const { operatorNumber, maxDuration } = policy;
  if (operatorNumber === null || callerIsInPool) return refuse('unknown');
  return {
    kind: 'forward',
    sessionId: null,
    from: null,
    callerId: dialled,
    callee: operatorNumber,
    timeout: RINGING_TIME,
    limit: maxDuration,
  };
}

export function hearerOf({ language, country }: Participant): Hearer {
  return { language, country };
}

function limitOf(session: Session, now: Instant, maxDuration: number | null): number | null {
  const bounds: number[] = [];
  const longest = session.maxDuration ?? maxDuration;
  if (longest !== null) bounds.push(longest);
  if (session.hardExpiry && session.expiresAt !== null)
    bounds.push(Math.floor((session.expiresAt - now) / 1000));
  return bounds.length === 0 ? null : Math.max(1, Math.min(LONGEST_CALL, ...bounds));
}
