import type { Context } from '../../context.js';
import { redact } from '../../domain/phone-number.js';
import { exitCodeOf, VoxproxyError } from '../../errors.js';
import { findOffer } from '../../use-cases/buy-number.js';
import { buyNumbers } from '../../use-cases/buy-numbers.js';
import type { OfferedNumber } from '../../vonage/vonage.js';
import type { BuyFlags } from '../commands/numbers.js';
import { countryFlag } from '../country-flag.js';
import { offerDocument, offerTable, priceText } from '../present-number.js';
import { spaced } from '../spaced-number.js';
import { virtualNumbers } from '../virtual-numbers.js';

export async function buy(context: Context, list: readonly string[], flags: BuyFlags): Promise<number> {
  if (flags.country === undefined)
    throw new VoxproxyError('usage', 'buy needs --country.', 'For example: --country GB');
  const country = countryFlag('--country', flags.country);
  const numbers = virtualNumbers(list);
  if (!flags.yes && !flags.dryRun)
    context.prompts.needsAnswer('--yes', 'Renting numbers spends money, which');
  const vonage = await context.vonage();
  const store = await context.store();
  const offers: OfferedNumber[] = [];
  for (const number of numbers) {
    const offer = await findOffer(vonage, number, country);
    if (offer === undefined) {
      throw new VoxproxyError(
        'not-found',
        `${redact(number)} cannot be rented in ${country}.`,
        `See what can: voxproxy numbers search ${country}`,
      );
    }
    offers.push(offer);
  }
  const { out } = context;
  out.say(`${offerTable(offers, out.width)}\n\n  Together ${priceText(offers)}.`);
  if (flags.dryRun) {
    out.answer(
      { bought: [], failed: [], dryRun: true, numbers: offers.map(offerDocument) },
      () => 'Nothing was bought.',
    );
    return 0;
  }
  if (!flags.yes && !(await context.prompts.confirm(`Rent them for ${priceText(offers)}?`))) {
    throw new VoxproxyError('declined', 'Nothing was bought.');
  }
  const { bought, failed } = await buyNumbers(
    { store, vonage, now: context.now, sleep: context.sleep, signal: context.signal },
    offers,
  );
  out.answer({ bought, failed }, () =>
    [
      ...bought.map(
        ({ number }) => `${out.style.green('✔')} ${spaced(number)} is rented, and not linked yet`,
      ),
      ...failed.map(({ number, reason }) => `${out.style.red('✖')} ${spaced(number)}: ${reason}`),
    ].join('\n'),
  );
  if (bought.length > 0) out.suggest(`voxproxy numbers link ${bought.map(({ number }) => number).join(' ')}`);
  return failed.length === 0 ? 0 : exitCodeOf('vonage');
}
