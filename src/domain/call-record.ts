import type { Instant, Side } from './session.js';

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
    };

/** What became of a call of a session. */
export type CallRecord = {
  id: string;
  sessionId: string;
  /** Who called. */
  from: Side;
  startedAt: Instant;
  answeredAt: Instant | null;
  endedAt: Instant | null;
  /** Vonage's terminal status, or `refused`; null while the call goes on. */
  outcome: string | null;
  /** Seconds that the two were connected. */
  duration: number | null;
  /** Of both legs, EUR; null until Vonage told one. */
  price: string | null;
};

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
/** Vonage prices have eight decimals. */
const PRICE_DECIMALS = 8;

export function isOfCall(entry: { kind: string }): entry is CallEntry {
  return ['call', 'declined', 'event'].includes(entry.kind);
}

/** The calls that the entries tell of, oldest first, whatever order the events came in. */
export function callsOf(entries: readonly CallEntry[]): CallRecord[] {
  const calls = new Map<string, CallStart>();
  const ofLeg = new Map<string, string>();
  for (const entry of entries) {
    if (entry.kind !== 'call' || calls.has(entry.call)) continue;
    calls.set(entry.call, entry);
    ofLeg.set(entry.leg, entry.call);
  }
  const events = new Map<string, Map<string, LegEvent>>();
  const declined = new Set<string>();
  for (const entry of entries) {
    if (entry.kind === 'declined') declined.add(entry.call);
    if (entry.kind !== 'event') continue;
    // A leg that was transferred goes on in another conversation.
    const call = calls.has(entry.call) ? entry.call : (ofLeg.get(entry.leg) ?? entry.call);
    const ofCall = events.get(call) ?? new Map();
    ofCall.set(`${entry.leg} ${entry.status}`, entry);
    events.set(call, ofCall);
  }
  return [...calls.values()].map((start) =>
    recordOf(start, [...(events.get(start.call)?.values() ?? [])], declined.has(start.call)),
  );
}

type CallStart = Extract<CallEntry, { kind: 'call' }>;
type LegEvent = Extract<CallEntry, { kind: 'event' }>;

function recordOf(
  { call, sessionId, from, at, refused }: CallStart,
  events: readonly LegEvent[],
  declined: boolean,
): CallRecord {
  const over = (outbound: boolean) =>
    events.find((event) => event.outbound === outbound && TERMINAL.has(event.status));
  const [callee, caller] = [over(true), over(false)];
  const joined = events.find(({ outbound, status }) => outbound && status === 'answered' && !declined);
  const prices = events.flatMap(({ price }) => (price === null ? [] : [Number(price)]));
  return {
    id: call,
    sessionId,
    from,
    startedAt: at,
    answeredAt: joined?.at ?? null,
    endedAt: caller?.at ?? callee?.at ?? null,
    outcome: refused ? 'refused' : declined ? 'rejected' : ((callee ?? caller)?.status ?? null),
    duration: declined ? null : (callee?.duration ?? null),
    price: prices.length === 0 ? null : prices.reduce((sum, one) => sum + one, 0).toFixed(PRICE_DECIMALS),
  };
}
