import type { OfferedNumber } from '../vonage/vonage.js';
import { spaced } from './spaced-number.js';
import { table } from './table.js';

export function offerDocument({ number, country, type, features, monthlyCost, setupCost }: OfferedNumber) {
  return { number, country, type, features, monthlyCost, setupCost };
}

export function offerTable(offers: readonly OfferedNumber[], width: number): string {
  const rows = offers.map(({ number, type, features, monthlyCost, setupCost }) => [
    spaced(number),
    type,
    features.join(', '),
    `${monthlyCost.amount} ${monthlyCost.currency}`,
    `${setupCost.amount} ${setupCost.currency}`,
  ]);
  return table(['number', 'type', 'features', 'a month', 'once'], rows, width);
}

/** What these numbers cost together: `2.50 EUR a month and 1.00 EUR once`. */
export function priceText(offers: readonly OfferedNumber[]): string {
  const sum = (pick: (offer: OfferedNumber) => { amount: string }) =>
    offers.reduce((total, offer) => total + Math.round(Number(pick(offer).amount) * 100), 0) / 100;
  const monthly = sum(({ monthlyCost }) => monthlyCost).toFixed(2);
  const setup = sum(({ setupCost }) => setupCost).toFixed(2);
  return `${monthly} EUR a month and ${setup} EUR once`;
}
