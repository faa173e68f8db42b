import type { E164 } from '../domain/phone-number.js';
import type { PoolNumber } from '../domain/pool.js';
import type { Session } from '../domain/session.js';
import { type ErrorReport, reportOf, VoxproxyError } from '../errors.js';
import type { Store } from '../store/store.js';
import type { Vonage } from '../vonage/vonage.js';

/**
 * Gives a number of the pool back: it is routed no more, unlinked, cancelled and forgotten, in this order,
 * so that an interrupted release is finished by the next.
 *
 * @returns the sessions that `force` closed
 * @throws VoxproxyError `conflict` while live or quarantined legs use it, without `force`
 */
export async function releaseNumber(
  { store, vonage, now }: { store: Store; vonage: Vonage; now: () => number },
  { number, country }: PoolNumber,
  force: boolean,
): Promise<Session[]> {
  // Asked first, so that nothing is closed while Vonage cannot be reached.
  const owned = await vonage.ownedNumber(number);
  const released = await store.beginRelease(number, force, now());
  if (released.kind === 'in-use') throw inUse(number, released.sessions);
  if (owned !== undefined) {
    try {
      if (owned.applicationId !== null) accepted(await vonage.linkNumber(owned, null), 'unlink');
      accepted(await vonage.cancelNumber(number, country), 'cancel');
    } catch (error) {
      throw unfinished(reportOf(error), released.closed);
    }
  }
  await store.removeNumber(number);
  return released.closed;
}

function unfinished({ code, message }: ErrorReport, closed: readonly Session[]): VoxproxyError {
  const ids = closed.map(({ id }) => id).join(', ');
  const ended = closed.length === 0 ? '' : ` Closed: ${ids}.`;
  return new VoxproxyError(
    code,
    message,
    `The number takes no more calls.${ended} Run the command again to finish.`,
  );
}

export function inUse(number: E164, sessions: readonly Session[]): VoxproxyError {
  const ids = sessions.map(({ id }) => id);
  const shown = ids.length > 5 ? `${ids.slice(0, 5).join(', ')} and ${ids.length - 5} more` : ids.join(', ');
  return new VoxproxyError(
    'conflict',
    `${number} has live or quarantined legs of ${ids.length === 1 ? 'session' : 'sessions'} ${shown}.`,
    'Release it when their quarantine is over, or close them with --force.',
  );
}

function accepted(outcome: Awaited<ReturnType<Vonage['cancelNumber']>>, verb: string): void {
  if (outcome.kind === 'done') return;
  throw new VoxproxyError('vonage', `Vonage refused to ${verb} the number: ${outcome.label}.`);
}
