import type { Country } from '../domain/phone-number.js';
import type { PoolNumber } from '../domain/pool.js';
import { FEATURES, type Money, NUMBER_TYPES, type Vonage } from '../vonage/vonage.js';

export type PurchasePrice = { monthlyCost: Money; setupCost: Money };

/** @returns what so many numbers with voice and SMS cost, or how many there are when these are too few */
export async function priceOfBuying(
  vonage: Vonage,
  country: Country,
  count: number,
): Promise<PurchasePrice | { available: number }> {
  const { numbers, total } = await vonage.searchNumbers({
    country,
    features: ['SMS', 'VOICE'],
    type: null,
    pattern: null,
    limit: Math.min(count, MOST_LISTED),
  });
  const last = numbers.at(-1);
  if (last === undefined || total < count) return { available: last === undefined ? 0 : total };
  // Beyond one page they are taken to go on as they end there.
  const all = [...numbers, ...Array<typeof last>(count - numbers.length).fill(last)];
  return {
    monthlyCost: sum(all.map(({ monthlyCost }) => monthlyCost)),
    setupCost: sum(all.map(({ setupCost }) => setupCost)),
  };
}

const MOST_LISTED = 100;

/**
 * What the numbers cost a month, by what is asked today for numbers like them: Vonage does not say what it
 * charges for those that are rented.
 *
 * @returns null when none of them has a price today
 */
export async function costOfPool(
  vonage: Vonage,
  numbers: readonly PoolNumber[],
): Promise<{ monthlyCost: Money | null; unpriced: number }> {
  const alike = new Map<string, PoolNumber[]>();
  for (const one of numbers) {
    const kind = [one.country, one.type, ...[...one.features].sort()].join(' ');
    alike.set(kind, [...(alike.get(kind) ?? []), one]);
  }
  const known: Money[] = [];
  for (const group of alike.values()) {
    const { country, type, features } = group[0] as PoolNumber;
    const { numbers: offers } = await vonage.searchNumbers({
      country,
      features: FEATURES.filter((feature) => features.includes(feature)),
      type: NUMBER_TYPES.find((one) => one === type) ?? null,
      pattern: null,
      limit: 1,
    });
    const [offer] = offers;
    if (offer !== undefined) known.push(...group.map(() => offer.monthlyCost));
  }
  return {
    monthlyCost: known.length === 0 ? null : sum(known),
    unpriced: numbers.length - known.length,
  };
}

function sum(prices: readonly Money[]): Money {
  const cents = prices.reduce((total, { amount }) => total + Math.round(Number(amount) * 100), 0);
  return { amount: (cents / 100).toFixed(2), currency: 'EUR' };
}
