import { type CallRecord, type CallStart, type LegEvent, TERMINAL } from './call-record.js';
import { sumOfPrices } from './price.js';
import { otherSide, type Side } from './session.js';

/** Whether an event says something about the call; the others only tell which leg belongs to it. */
export function counts({ outbound, status }: LegEvent): boolean {
  return TERMINAL.has(status) || (outbound && (status === 'answered' || status === 'machine'));
}

/** The same event, told twice. */
export function sameEvent(one: LegEvent, other: LegEvent): LegEvent {
  return {
    ...one,
    at: Math.min(one.at, other.at),
    duration: one.duration ?? other.duration,
    price: one.price ?? other.price,
    by: one.by ?? other.by ?? null,
  };
}

/**
 * What the events make of a call, in whatever order they came.
 * @param events each leg and status once
 */
export function recordOf(start: CallStart, events: readonly LegEvent[], turnedAway: boolean): CallRecord {
  const { call, sessionId, from, at, refused } = start;
  const callee = endOf(events, true);
  const caller = endOf(events, false);
  const told = events.find(({ outbound, status }) => outbound && status === 'answered')?.at;
  const talked = callee?.status === 'completed' ? callee.duration : null;
  // An event that was lost can be told from the length of the call.
  const joined = told ?? (callee && talked ? callee.at - talked * 1000 : null);
  // Machines are asked for only where they count as nobody.
  const machine = events.some(({ outbound, status }) => outbound && status === 'machine');
  const taken = !turnedAway && !machine;
  const nobody = turnedAway ? 'rejected' : machine ? 'unanswered' : null;
  return {
    id: call,
    sessionId,
    from,
    startedAt: at,
    answeredAt: taken ? joined : null,
    endedAt: caller?.at ?? callee?.at ?? null,
    outcome: refused ? 'refused' : (nobody ?? (callee ?? caller)?.status ?? null),
    endedBy: endedBy(from, caller, callee),
    duration: taken ? (callee?.duration ?? null) : null,
    price: sumOfPrices(events.map(({ price }) => price)),
  };
}

/** Whether nothing more is to be expected of a call: its caller is gone, and with the caller everybody. */
export function isCallerGone(events: readonly LegEvent[]): boolean {
  return endOf(events, false) !== undefined;
}

/** The event that ended a leg; of several the one that says most, the same whatever order they came in. */
function endOf(events: readonly LegEvent[], outbound: boolean): LegEvent | undefined {
  const ends = events.filter((event) => event.outbound === outbound && TERMINAL.has(event.status));
  return ends.reduce<LegEvent | undefined>((best, one) => {
    if (best === undefined || telling(one) > telling(best)) return one;
    if (telling(one) < telling(best) || one.at < best.at) return best;
    return one.at > best.at || one.status > best.status ? one : best;
  }, undefined);
}

/** A leg that was never answered may be completed besides being busy. */
function telling({ status, duration }: LegEvent): number {
  if (status !== 'completed') return 1;
  return (duration ?? 0) > 0 ? 2 : 0;
}

function endedBy(
  from: Side,
  caller: LegEvent | undefined,
  callee: LegEvent | undefined,
): CallRecord['endedBy'] {
  const [callerLeft, calleeLeft] = [caller?.by === 'user', callee?.by === 'user'];
  // Both hang up when one still hears that the other is gone: who was first ended the call.
  if (callerLeft && calleeLeft && caller && callee) return caller.at < callee.at ? from : otherSide(from);
  if (callerLeft) return from;
  if (calleeLeft) return otherSide(from);
  // What the platform ends is what the other phone has left, unless that was ended by the platform as well.
  const calleeWasLeft = callee === undefined || callee.status !== 'completed' || callee.by === 'platform';
  return caller?.by === 'platform' && calleeWasLeft ? 'platform' : null;
}
