import type { CallRecord } from '../domain/call-record.js';
import { formatDuration } from '../domain/duration.js';
import type { Refusal } from '../domain/routing.js';
import type { TextFate } from '../domain/text-record.js';

/** Why a call was refused, as short as can be. */
const WHY: Record<Refusal, string> = {
  ended: 'the session has ended',
  unknown: 'a stranger',
  withheld: 'the caller shows no number',
  'not-in-pool': 'the number is not in the pool',
  unavailable: 'the store cannot be read',
  crossed: 'the other person is calling at this moment',
  blocked: 'the caller is blocked',
  direction: 'only the other person may call',
  repeated: 'a stranger who called too often',
};

/** What is done with a call that comes in, by its route and the reason for refusing it. */
export function beginningOf(route: string, reason: string): string {
  if (route === 'refuse') return `refused: ${WHY[reason as Refusal] ?? reason}`;
  return route === 'forward' ? 'a stranger, put through to the operator' : 'put through';
}

/** What became of a call that is over. */
export function endingOf({ outcome, answeredAt, duration }: CallRecord): string {
  if (answeredAt !== null && duration !== null) return `ended after ${formatDuration(duration)}`;
  if (outcome !== 'completed') return `not taken: ${outcome}`;
  return answeredAt === null ? 'ended before it was taken' : 'ended';
}

/** What became of a text. */
export const FATES: Record<TextFate, string> = {
  forwarded: 'passed on',
  failed: 'could not be passed on',
  refused: 'not passed on',
  limited: 'not passed on: too many',
  stop: 'STOP: gets no more texts',
  start: 'START: gets texts again',
  help: 'HELP: was told',
};

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
