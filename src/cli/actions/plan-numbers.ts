import type { Context } from '../../context.js';
import { isCountry } from '../../domain/country.js';
import type { Country } from '../../domain/phone-number.js';
import { countryToBuyIn, type Expectation, numbersExpected, planPool } from '../../domain/planning.js';
import type { PoolNumber } from '../../domain/pool.js';
import { VoxproxyError } from '../../errors.js';
import { costOfPool, type PurchasePrice, priceOfBuying } from '../../use-cases/price-plan.js';
import type { Money, Vonage } from '../../vonage/vonage.js';
import type { PlanFlags } from '../commands/numbers.js';
import { countryFlag } from '../country-flag.js';
import { countFlag, durationFlag } from '../flags.js';
import { personal } from '../format-number.js';
import { adviceText, costText, forecastText, needText, provisionCommand } from '../present-plan.js';

const MOST_PEOPLE_SHOWN = 5;
const MOST_PEOPLE = 999_999;

export async function plan(context: Context, flags: PlanFlags): Promise<undefined> {
  const wanted = flags.country === undefined ? undefined : countryFlag('--country', flags.country);
  const expectation = await expectationOf(context, flags);
  const store = await context.store();
  const [pool, sessions, now] = [await store.numbers(), await store.sessions(), context.now()];
  const expected = expectation === null ? 0 : numbersExpected(expectation);
  const planned = planPool(pool, sessions, now, expected);
  const country = wanted ?? countryToBuyIn(pool, sessions, now);
  const prices = await pricesOf(context, pool, planned.buy, country);

  const { needed, usable, releasable } = planned;
  const { reveal } = context.globals;
  const busiest = planned.busiest.slice(0, MOST_PEOPLE_SHOWN).map(({ realNumber, contacts }) => ({
    realNumber: realNumber === null ? null : personal(realNumber, reveal),
    contacts,
  }));
  const document = {
    needed,
    usable,
    missing: Math.max(0, needed - usable),
    busiest,
    buy:
      planned.buy === 0
        ? null
        : {
            count: planned.buy,
            country: country ?? null,
            monthlyCost: prices.purchase?.monthlyCost ?? null,
            setupCost: prices.purchase?.setupCost ?? null,
          },
    releasable,
    monthlyCost: prices.monthlyCost,
    unpriced: prices.unpriced,
    forecast:
      expectation === null
        ? null
        : { ...expectation, needed: expected, missing: Math.max(0, expected - usable) },
  };
  const { out } = context;
  out.answer(document, () =>
    [
      needText(planned, busiest),
      ...(expectation === null ? [] : [forecastText(expectation, expected)]),
      adviceText(planned, pool, country, prices.purchase),
      ...(prices.monthlyCost === null ? [] : [costText(prices.monthlyCost, prices.unpriced)]),
    ].join('\n\n'),
  );
  if (planned.buy > 0) out.suggest(provisionCommand(planned.buy, country));
}

async function expectationOf(context: Context, flags: PlanFlags): Promise<Expectation | null> {
  const { people, sessionsEach } = flags;
  if (people === undefined || sessionsEach === undefined) {
    const given = {
      '--people': people,
      '--sessions-each': sessionsEach,
      '--ttl': flags.ttl,
      '--quarantine': flags.quarantine,
    };
    const alone = Object.entries(given).find(([, text]) => text !== undefined);
    if (alone === undefined) return null;
    throw new VoxproxyError(
      'usage',
      `${alone[0]} belongs to a forecast, which needs --people and --sessions-each.`,
      'For example: voxproxy numbers plan --people 200 --sessions-each 3',
    );
  }
  const settings = await context.settings();
  const quarantine =
    flags.quarantine === undefined ? await settings.get('quarantine') : durationOrNone(flags.quarantine);
  const count = countFlag('--people', people, MOST_PEOPLE);
  if (count < 2) throw new VoxproxyError('usage', '--people must be at least 2: a session has two.');
  return {
    people: count,
    sessionsEach: sessionsFlag(sessionsEach),
    ttl: durationFlag('--ttl', flags.ttl ?? '1d'),
    quarantine: quarantine ?? 0,
  };
}

/** A quarantine may be none at all. */
function durationOrNone(text: string): number {
  return /^0[smhdw]?$/.test(text) ? 0 : durationFlag('--quarantine', text);
}

function sessionsFlag(text: string): number {
  const sessions = /^\d{1,4}(\.\d{1,3})?$/.test(text) ? Number(text) : 0;
  if (sessions === 0) {
    throw new VoxproxyError(
      'usage',
      '--sessions-each must be a number above 0 and below 10000, such as 3 or 0.5.',
    );
  }
  return sessions;
}

type Prices = { purchase: PurchasePrice | null; monthlyCost: Money | null; unpriced: number };

/** What can be known of prices now; the plan stands without them. */
async function pricesOf(
  context: Context,
  pool: readonly PoolNumber[],
  buy: number,
  country: Country | undefined,
): Promise<Prices> {
  const rented = pool.filter(({ state }) => state !== 'chosen' && state !== 'lost');
  const prices: Prices = { purchase: null, monthlyCost: null, unpriced: rented.length };
  if (rented.length === 0 && buy === 0) return prices;
  const { out } = context;
  try {
    const vonage = await vonageIfSet(context);
    if (vonage === null) {
      out.say('Prices are not known without credentials.');
      return prices;
    }
    Object.assign(prices, await costOfPool(vonage, rented));
    // 001 stands for numbers of no country, which nobody sells.
    if (buy > 0 && country !== undefined && isCountry(country)) {
      const price = await priceOfBuying(vonage, country, buy);
      if ('available' in price)
        out.warn(`Vonage has only ${price.available} numbers with voice and SMS to rent in ${country}.`);
      else prices.purchase = price;
    }
  } catch (error) {
    if (!(error instanceof VoxproxyError) || error.code === 'interrupted') throw error;
    out.warn(`Prices are not known: ${error.message}`);
  }
  return prices;
}

/** Null without credentials. */
async function vonageIfSet(context: Context): Promise<Vonage | null> {
  const settings = await context.settings();
  const [key, secret] = [await settings.get('apiKey'), await settings.get('apiSecret')];
  return key === undefined || secret === undefined ? null : context.vonage();
}
