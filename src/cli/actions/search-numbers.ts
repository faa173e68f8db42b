import type { Context } from '../../context.js';
import { VoxproxyError } from '../../errors.js';
import { FEATURES, NUMBER_TYPES } from '../../vonage/vonage.js';
import type { SearchFlags } from '../commands/numbers.js';
import { countryFlag } from '../country-flag.js';
import { countFlag, oneOf } from '../flags.js';

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
  // What shows them is loaded while Vonage looks for them.
  const [{ numbers, total }, { offerDocument, offerTable }] = await Promise.all([
    vonage.searchNumbers({ country, features: [...new Set(wanted)], type, pattern, limit }),
    import('../present-number.js'),
  ]);
  const { out } = context;
  out.answer({ numbers: numbers.map(offerDocument), total }, () =>
    numbers.length === 0
      ? `Vonage has no such number to rent in ${country}.`
      : `${offerTable(numbers, out.width)}\n\n  ${numbers.length} of ${total}`,
  );
  if (numbers.length > 0) out.suggest(`voxproxy numbers provision ${country}`);
}
