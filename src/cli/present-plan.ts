import { formatDuration } from '../domain/duration.js';
import type { Country } from '../domain/phone-number.js';
import type { Expectation, PoolPlan } from '../domain/planning.js';
import type { PoolNumber } from '../domain/pool.js';
import type { PurchasePrice } from '../use-cases/price-plan.js';
import { MOST_AT_ONCE } from '../use-cases/provision-numbers.js';
import type { Money } from '../vonage/vonage.js';
import { spaced } from './spaced-number.js';

/** Somebody busy, their number as it may be shown. */
export type Shown = { realNumber: string | null; contacts: number };

export function needText({ needed, usable }: PoolPlan, busiest: readonly Shown[]): string {
  if (needed === 0)
    return `  Needed now: no number, because no session is live or in quarantine. Usable: ${usable}.`;
  const people = busiest.map(
    ({ realNumber, contacts }) => `    ${realNumber ?? '(erased)'}   ${counted(contacts, 'contact')}`,
  );
  return [
    `  Needed now: ${counted(needed, 'number')}. Usable: ${usable}.`,
    '  That is how many different people the busiest person has, live or in quarantine:',
    ...people,
  ].join('\n');
}

export function forecastText(
  { people, sessionsEach, ttl, quarantine }: Expectation,
  expected: number,
): string {
  return [
    `  Forecast: ${counted(expected, 'number')} for ${people} people with ${counted(sessionsEach, 'session')} each a day,`,
    `  each of ${formatDuration(ttl)} with somebody else, and ${formatDuration(quarantine)} of quarantine.`,
    '  That holds while sessions are spread evenly over the days: whoever has more in some days needs more',
    '  numbers, and who meets the same people again needs fewer.',
  ].join('\n');
}

/** What to buy or what to release. */
export function adviceText(
  { buy, releasable, fewest, busySpare }: PoolPlan,
  pool: readonly PoolNumber[],
  country: Country | undefined,
  price: PurchasePrice | null,
): string {
  if (buy > 0) {
    const idle = pool.filter(({ state }) => state === 'draining' || state === 'bought');
    const cost =
      price === null
        ? 'price not known'
        : `${moneyText(price.monthlyCost)} a month and ${moneyText(price.setupCost)} once`;
    return [
      `  Buy ${counted(buy, 'number')}${country === undefined ? '' : ` in ${country}`} (${cost}):  ${provisionCommand(buy, country)}`,
      ...(buy > MOST_AT_ONCE ? [`  At most ${MOST_AT_ONCE} are bought by one command: repeat it.`] : []),
      ...idle.map(({ number, state }) => {
        const what = state === 'bought' ? 'was bought and not linked' : 'is draining';
        return `  Before that, use one that ${what}:  voxproxy numbers link ${number}`;
      }),
    ].join('\n');
  }
  const lines = [
    ...(releasable.length === 0
      ? []
      : [
          `  Could be released, because nobody uses them and enough are left:`,
          ...releasable.map((number) => `    ${spaced(number)}   voxproxy numbers release ${number}`),
        ]),
    ...(busySpare === 0
      ? []
      : [
          `  ${counted(fewest, 'number')} would be enough: ${busySpare} more could go once their sessions are over`,
          '  (voxproxy numbers release <number> --when-idle).',
        ]),
  ];
  return lines.length === 0 ? '  There is nothing to buy and nothing to release.' : lines.join('\n');
}

export function provisionCommand(count: number, country: Country | undefined): string {
  return `voxproxy numbers provision ${country ?? '<country>'} --count ${Math.min(count, MOST_AT_ONCE)}`;
}

export function costText(monthlyCost: Money, unpriced: number): string {
  const but = unpriced === 0 ? '' : `, ${unpriced} of unknown price not counted`;
  return `  The pool costs about ${moneyText(monthlyCost)} a month, at today's prices${but}.`;
}

function moneyText({ amount, currency }: Money): string {
  return `${amount} ${currency}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
