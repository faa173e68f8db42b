import type { Instant, Side } from './session.js';

/** Milliseconds after which a call is over, whether or not anybody told: Vonage connects for two hours at most. */
export const SURELY_OVER_AFTER = 2.5 * 3_600_000;

/** Who ended a leg, in Vonage's words: the phone on it, or everything else. */
export type DisconnectedBy = 'user' | 'platform';

/** One line of the call log: a call of a session was answered here, or something happened to one of its legs. */
export type CallEntry =
  | {
      kind: 'call';
      call: string;
      /** Vonage's `uuid` of the caller's leg. */
      leg: string;
      at: Instant;
      sessionId: string;
      from: Side;
      refused: boolean;
    }
  /** Somebody or something answered for the callee, and did not take the call. */
  | { kind: 'declined'; call: string; at: Instant }
  | {
      kind: 'event';
      call: string;
      /** Vonage's `uuid`; the same leg and status may be told twice, out of order, or never. */
      leg: string;
      outbound: boolean;
      status: string;
      at: Instant;
      /** Seconds. */
      duration: number | null;
      /** EUR, as Vonage writes it. */
      price: string | null;
      /** Null until the leg is over, and where Vonage does not say. */
      by?: DisconnectedBy | null;
    }
  /** A leg goes on in another conversation. */
  | { kind: 'moved'; call: string; to: string; leg: string; at: Instant };

/** What became of a call of a session. */
export type CallRecord = {
  id: string;
  sessionId: string;
  /** Who called. */
  from: Side;
  startedAt: Instant;
  answeredAt: Instant | null;
  endedAt: Instant | null;
  /** Vonage's terminal status, or `refused`; null while the call goes on, and where Vonage never told. */
  outcome: string | null;
  /** Who hung up; null while the call goes on, and where Vonage did not say. */
  endedBy: Side | 'platform' | null;
  /** Seconds that the two were connected. */
  duration: number | null;
  /** Of both legs, EUR; null until Vonage told one. */
  price: string | null;
};

export type CallStart = Extract<CallEntry, { kind: 'call' }>;
export type LegEvent = Extract<CallEntry, { kind: 'event' }>;

/** Statuses after which a leg is over; one that we do not know is none of them. */
export const TERMINAL: ReadonlySet<string> = new Set([
  'completed',
  'busy',
  'unanswered',
  'timeout',
  'rejected',
  'failed',
  'cancelled',
]);

const KINDS: ReadonlySet<string> = new Set(['call', 'declined', 'event', 'moved']);

export function isOfCall(entry: { kind: string }): entry is CallEntry {
  return KINDS.has(entry.kind);
}
