import type { Country, E164 } from '../domain/phone-number.js';
import type { OfferedNumber } from '../vonage/vonage.js';
import { type BuyDependencies, buyNumber, poolNumberOf } from './buy-number.js';
import { BETWEEN_PURCHASES } from './provision-numbers.js';

export type Bought = {
  bought: { number: E164; country: Country }[];
  failed: { number: E164; reason: string }[];
};

/** Buys just these numbers, one a second, without linking them; each is written down before it is bought. */
export async function buyNumbers(
  deps: BuyDependencies & { sleep: (milliseconds: number) => Promise<void>; signal: AbortSignal },
  offers: readonly OfferedNumber[],
): Promise<Bought> {
  const { store, now, sleep, signal } = deps;
  const result: Bought = { bought: [], failed: [] };
  const order = `${offers[0]?.country}-${now()}`;
  for (const [i, offer] of offers.entries()) {
    if (i > 0) await sleep(BETWEEN_PURCHASES);
    signal.throwIfAborted();
    const { number, country } = offer;
    if ((await store.putNumber(poolNumberOf(offer, order), now())) === 'real-number') {
      result.failed.push({ number, reason: 'it is the real number of somebody in a session' });
      continue;
    }
    const purchase = await buyNumber(deps, offer, order);
    if (purchase.kind === 'bought') {
      result.bought.push({ number, country });
      continue;
    }
    // Nobody asks for just this number again; one that may be ours is kept until provision finds out.
    if (purchase.kind !== 'unknown') await store.removeNumber(number);
    result.failed.push({ number, reason: purchase.reason });
  }
  return result;
}
