import type { E164 } from '../domain/phone-number.js';
import { isInPool, type PoolNumber } from '../domain/pool.js';
import { VoxproxyError } from '../errors.js';
import type { Store } from '../store/store.js';
import type { OwnedNumber, Vonage } from '../vonage/vonage.js';

export type LinkDependencies = {
  store: Store;
  vonage: Vonage;
  applicationId: string;
  now: () => number;
};

/** What linking would take away from a number that was in other use; asked before it is done. */
export type TakenAway = { forwarding: OwnedNumber['forwarding']; otherApplication: string | null };

/** @throws VoxproxyError `not-found` when the account does not rent just this number */
export async function rented(vonage: Vonage, number: E164): Promise<OwnedNumber> {
  const owned = await vonage.ownedNumber(number);
  if (owned === undefined) {
    throw new VoxproxyError(
      'not-found',
      'The account does not rent this number.',
      'Buy one with: voxproxy numbers provision GB',
    );
  }
  return owned;
}

/** Null when the number is in no other use. */
export function takenAway({ forwarding, applicationId }: OwnedNumber, ours: string): TakenAway | null {
  const otherApplication = applicationId === ours ? null : applicationId;
  return forwarding === null && otherApplication === null ? null : { forwarding, otherApplication };
}

/**
 * Links a number of the account to our application and adds it to the pool.
 *
 * @param agree asked when the number forwards calls or belongs to another application
 * @throws VoxproxyError `not-found` when the account does not rent it, `conflict` when it is a real number
 *   of a session, `declined` when `agree` says no
 */
export async function linkNumber(
  deps: LinkDependencies,
  number: E164,
  order: string | null,
  agree: (taken: TakenAway) => Promise<boolean>,
): Promise<PoolNumber> {
  const owned = await rented(deps.vonage, number);
  const taken = takenAway(owned, deps.applicationId);
  if (taken !== null && !(await agree(taken)))
    throw new VoxproxyError('declined', 'The number was left as it is.');
  const { country, type, features } = owned;
  // A number of the pool goes on taking calls while it is linked again.
  const known = (await deps.store.numbers()).find((one) => one.number === number);
  const state = known !== undefined && isInPool(known) ? known.state : 'bought';
  const kept: PoolNumber = { number, country, type, features, state, order };
  if ((await deps.store.putNumber(kept, deps.now())) === 'real-number') {
    throw new VoxproxyError(
      'conflict',
      'This number is the real number of somebody in a session: a call would loop.',
      'End that session first.',
    );
  }
  const outcome = await deps.vonage.linkNumber(owned, deps.applicationId);
  if (outcome.kind === 'refused') {
    throw new VoxproxyError(
      'vonage',
      `Vonage refused to link the number: ${outcome.label}.`,
      'Check that the application exists: voxproxy app show',
    );
  }
  const linked: PoolNumber = { ...kept, state: 'linked' };
  await deps.store.putNumber(linked, deps.now());
  return linked;
}
