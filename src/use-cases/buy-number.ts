import type { PoolNumber } from '../domain/pool.js';
import { reportOf, VoxproxyError } from '../errors.js';
import type { Store } from '../store/store.js';
import type { OfferedNumber, Vonage } from '../vonage/vonage.js';

export type BuyDependencies = { store: Store; vonage: Vonage; now: () => number };

export type Purchase =
  | { kind: 'bought' }
  /** Somebody else was faster: another number may do. */
  | { kind: 'gone'; reason: string }
  /** `final` when no other number of this order would fare better. */
  | { kind: 'failed'; reason: string; final: boolean }
  /** The answer was lost, and Vonage cannot be asked now. */
  | { kind: 'unknown'; reason: string };

export function poolNumberOf({ number, country, type, features }: OfferedNumber, order: string): PoolNumber {
  return { number, country, type, features, state: 'chosen', order };
}

/**
 * Buys a number that was written down as chosen, and writes down that it was bought. One that was not
 * bought stays chosen: whether it is forgotten is the caller's to say.
 */
export async function buyNumber(
  deps: BuyDependencies,
  offer: OfferedNumber,
  order: string,
): Promise<Purchase> {
  const { store, vonage } = deps;
  const bought = async (): Promise<Purchase> => {
    await store.putNumber({ ...poolNumberOf(offer, order), state: 'bought' }, deps.now());
    return { kind: 'bought' };
  };
  let label: string;
  try {
    const outcome = await vonage.buyNumber(offer.number, offer.country);
    if (outcome.kind === 'done') return bought();
    label = outcome.label;
  } catch (error) {
    // The answer was lost, the purchase perhaps not: only the account's own list can tell.
    const owned = await isOwned(deps, offer);
    if (owned === true) return bought();
    const reason = reasonOf(error);
    return owned === false
      ? { kind: 'failed', reason, final: true }
      : { kind: 'unknown', reason: `${reason} Whether it was bought is not known yet.` };
  }
  if (/address/i.test(label)) {
    return {
      kind: 'failed',
      reason: `numbers of ${offer.country} need a local address, given in the Vonage dashboard`,
      final: true,
    };
  }
  if ((await isOwned(deps, offer)) === true) return bought();
  const cost = Number(offer.monthlyCost.amount) + Number(offer.setupCost.amount);
  const balance = await vonage.balance().catch(() => undefined);
  if (balance !== undefined && balance < cost) {
    const reason = `the balance is too low: ${balance.toFixed(2)} EUR, and ${cost.toFixed(2)} EUR are needed`;
    return { kind: 'failed', reason, final: true };
  }
  if (await isGone(vonage, offer)) return { kind: 'gone', reason: 'somebody else took it' };
  return { kind: 'failed', reason: `Vonage refused: ${label}`, final: false };
}

/** Undefined when Vonage cannot be asked. */
async function isOwned({ vonage }: BuyDependencies, { number }: OfferedNumber): Promise<boolean | undefined> {
  return vonage.ownedNumber(number).then(
    (owned) => owned !== undefined,
    () => undefined,
  );
}

async function isGone(vonage: Vonage, { number, country }: OfferedNumber): Promise<boolean> {
  return (await findOffer(vonage, number, country).catch(() => null)) === undefined;
}

/** The offer for just this number; undefined when it is not for sale. */
export async function findOffer(
  vonage: Vonage,
  number: string,
  country: string,
): Promise<OfferedNumber | undefined> {
  const { numbers } = await vonage.searchNumbers({
    country,
    features: [],
    type: null,
    pattern: number.slice(1),
    limit: 10,
  });
  return numbers.find((offer) => offer.number === number);
}

/** Why one number of several failed; a bug and an interruption concern all of them. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof VoxproxyError) || error.code === 'interrupted') throw error;
  return reportOf(error).message;
}
