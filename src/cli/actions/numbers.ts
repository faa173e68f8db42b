import type { Context } from '../../context.js';
import { usageOf } from '../../domain/pool-usage.js';
import { VoxproxyError } from '../../errors.js';
import { FEATURES, NUMBER_TYPES } from '../../vonage/vonage.js';
import type { SearchFlags } from '../commands/numbers.js';
import { countryFlag } from '../country-flag.js';
import { countFlag, oneOf } from '../flags.js';
import { offerDocument, offerTable } from '../present-number.js';
import { spaced } from '../spaced-number.js';
import { table } from '../table.js';

const MOST_LISTED = 100;

export async function search(context: Context, countryText: string, flags: SearchFlags): Promise<undefined> {
  const country = countryFlag('The country', countryText);
  const wanted =
    flags.features?.split(',').map((feature) => oneOf('--features', feature.trim(), FEATURES)) ?? [];
  const type = flags.type === undefined ? null : oneOf('--type', flags.type, NUMBER_TYPES);
  const pattern = flags.pattern?.replace(/^\+/, '') ?? null;
  if (pattern !== null && !/^\d{1,15}$/.test(pattern))
    throw new VoxproxyError('usage', '--pattern must be digits.');
  const limit = countFlag('--limit', flags.limit ?? '10', MOST_LISTED);
  const vonage = await context.vonage();
  const { numbers, total } = await vonage.searchNumbers({
    country,
    features: [...new Set(wanted)],
    type,
    pattern,
    limit,
  });
  const { out } = context;
  out.answer({ numbers: numbers.map(offerDocument), total }, () =>
    numbers.length === 0
      ? `Vonage has no such number to rent in ${country}.`
      : `${offerTable(numbers, out.width)}\n\n  ${numbers.length} of ${total}`,
  );
  if (numbers.length > 0) out.suggest(`voxproxy numbers provision ${country}`);
}

export async function list(context: Context): Promise<undefined> {
  const store = await context.store();
  const usage = usageOf(await store.sessions(), context.now());
  const all = await store.numbers();
  const rented = all.filter(({ state }) => state !== 'chosen');
  const numbers = rented.map(({ number, country, features, state }) => {
    const { live, quarantined } = usage.get(number) ?? { live: 0, quarantined: 0 };
    return {
      number,
      country,
      features,
      state,
      linked: state === 'linked' || state === 'draining',
      liveLegs: live,
      quarantinedLegs: quarantined,
    };
  });
  const { out } = context;
  out.answer({ numbers }, () =>
    numbers.length === 0
      ? 'The pool is empty.'
      : table(
          ['number', 'country', 'features', 'state', 'live legs', 'quarantined'],
          numbers.map((one) => [
            spaced(one.number),
            one.country,
            one.features.join(', '),
            one.state === 'bought' ? 'not linked' : one.state,
            String(one.liveLegs),
            String(one.quarantinedLegs),
          ]),
          out.width,
        ),
  );
  const chosen = all.find(({ state }) => state === 'chosen');
  if (chosen !== undefined) {
    out.warn(
      `A purchase was not finished. Go on with it: voxproxy numbers provision ${chosen.country} --count <as before>`,
    );
  }
  if (numbers.length === 0) out.suggest('voxproxy numbers provision GB');
}
