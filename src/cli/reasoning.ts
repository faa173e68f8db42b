import { formatDuration } from '../domain/duration.js';
import type { Located, Refusal, Route } from '../domain/routing.js';
import { type Instant, isReserved, otherSide, type Session, sideOf, statusAt } from '../domain/session.js';
import { personal } from './format-number.js';
import { sessionTitle } from './present-session.js';
import { spaced } from './spaced-number.js';

/** Why a call is refused, in the middle of a sentence. */
export const WHY_REFUSED: Record<Refusal, string> = {
  ended: 'the session of this caller and this number has ended, and its quarantine has not',
  unknown: 'no session lets this caller reach anybody under this number',
  withheld: 'the caller shows no number, and such a caller never matches anybody',
  'not-in-pool': 'the dialled number is not in the pool',
  unavailable: 'the store cannot be read',
  crossed: 'the other person is calling this one at the same moment',
  blocked: 'the caller is blocked',
  direction: 'the session lets only the other person call',
  repeated: 'this stranger has called too often',
};

/** The way to a decision, a line for each question that was asked, in the order in which routing asks. */
export function reasoningOf(located: Located, decided: Route, now: Instant, reveal: boolean): string[] {
  const { owner, caller } = located;
  const lines = [
    located.dialledIsInPool ? 'The dialled number is in the pool.' : 'The dialled number is not in the pool.',
  ];
  if (!located.dialledIsInPool) return lines;
  lines.push(caller === undefined ? 'The caller shows no number.' : 'The caller shows a number.');
  if (caller === undefined) return lines;
  if (located.callerIsBlocked)
    lines.push('The caller is blocked: voxproxy numbers unblock lets them call again.');
  if (owner === undefined) lines.push('No session ever led this caller to somebody under this number.');
  else lines.push(...aboutOwner(owner, sideOf(owner, caller) ?? 'a', now));
  if (located.callerIsInPool) lines.push('The caller is one of your own virtual numbers.');
  lines.push(...outcomeOf(decided, reveal));
  return lines;
}

function aboutOwner(owner: Session, side: 'a' | 'b', now: Instant): string[] {
  const status = statusAt(owner, now);
  if (!isReserved(owner, now)) {
    return [
      `Session ${owner.id} led this caller to somebody once; it is over, its quarantine too, and the caller is a stranger.`,
    ];
  }
  return [
    `The leg belongs to ${sessionTitle(owner, now)}. The caller is ${side}.`,
    status === 'open'
      ? 'The session is open.'
      : `The session is ${status}; for ${formatDuration(owner.quarantine)} after its end its legs stay reserved.`,
    ...(owner.direction === 'both' ? [] : [`Calls go ${owner.direction} alone.`]),
  ];
}

function outcomeOf(decided: Route, reveal: boolean): string[] {
  if (decided.kind === 'refuse') return [];
  const { callee, callerId, timeout, limit } = decided;
  const who =
    decided.kind === 'connect' ? `side ${otherSide(decided.from)}` : 'the operator, as all strangers are';
  return [
    `The call is put through to ${who}, ${personal(callee, reveal)}, whose phone shows ${spaced(callerId)} and rings for ${timeout} seconds.`,
    limit === null
      ? 'It may last as long as Vonage lets it: 2 hours.'
      : `It ends after ${formatDuration(limit)}.`,
    ...(decided.kind === 'connect' && decided.screen
      ? ['Whoever answers presses 1 before being joined.']
      : []),
    ...(decided.kind === 'connect' && decided.detectMachines
      ? ['A voicemail that answers counts as nobody.']
      : []),
  ];
}
