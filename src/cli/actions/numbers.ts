import type { Context } from '../../context.js';
import { asE164, type E164, fromNetwork, redact } from '../../domain/phone-number.js';
import type { PoolNumber } from '../../domain/pool.js';
import { usageOf } from '../../domain/pool-usage.js';
import { type ErrorReport, exitCodeOf, reportOf, VoxproxyError } from '../../errors.js';
import { buyNumber, findOffer, poolNumberOf } from '../../use-cases/buy-number.js';
import { linkNumber, type TakenAway } from '../../use-cases/link-number.js';
import { releaseNumber } from '../../use-cases/release-number.js';
import { FEATURES, NUMBER_TYPES, type OfferedNumber } from '../../vonage/vonage.js';
import type { BuyFlags, LinkFlags, ReleaseFlags, SearchFlags } from '../commands/numbers.js';
import { countFlag, countryFlag, oneOf } from '../flags.js';
import { spaced } from '../format-number.js';
import { offerDocument, offerTable, priceText } from '../present-number.js';
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
  const numbers = (await store.numbers()).map(({ number, country, features, state }) => {
    const { live, quarantined } = usage.get(number) ?? { live: 0, quarantined: 0 };
    return {
      number,
      country,
      features,
      linked: state === 'linked',
      liveLegs: live,
      quarantinedLegs: quarantined,
    };
  });
  const { out } = context;
  out.answer({ numbers }, () =>
    numbers.length === 0
      ? 'The pool is empty.'
      : table(
          ['number', 'country', 'features', 'linked', 'live legs', 'quarantined'],
          numbers.map((one) => [
            spaced(one.number),
            one.country,
            one.features.join(', '),
            one.linked ? 'yes' : 'no',
            String(one.liveLegs),
            String(one.quarantinedLegs),
          ]),
          out.width,
        ),
  );
  if (numbers.length === 0) out.suggest('voxproxy numbers provision GB');
}

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
  const bought: { number: E164; country: string }[] = [];
  const failed: { number: E164; reason: string }[] = [];
  const order = `${country}-${context.now()}`;
  for (const [i, offer] of offers.entries()) {
    if (i > 0) await context.sleep(1_000);
    const { number } = offer;
    if ((await store.putNumber(poolNumberOf(offer, order), context.now())) === 'real-number') {
      failed.push({ number, reason: 'it is the real number of somebody in a session' });
      continue;
    }
    const purchase = await buyNumber({ store, vonage, now: context.now }, offer, order);
    if (purchase.kind === 'bought') bought.push({ number, country });
    else failed.push({ number, reason: purchase.reason });
  }
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

export async function link(context: Context, list: readonly string[], flags: LinkFlags): Promise<number> {
  const numbers = virtualNumbers(list);
  const vonage = await context.vonage();
  const applicationId = await context.applicationId();
  const store = await context.store();
  const { out } = context;
  const linked: { number: E164; country: string }[] = [];
  const failed: ({ number: E164 } & ErrorReport)[] = [];
  const agree = (number: E164) => async (taken: TakenAway) => {
    out.say(takenText(number, taken));
    if (flags.yes) return true;
    if (flags.dryRun) return false;
    context.prompts.needsAnswer('--yes', 'Taking a number from another use');
    return context.prompts.confirm(`Take ${number} from that?`);
  };
  for (const number of numbers) {
    try {
      if (flags.dryRun) {
        const owned = await vonage.ownedNumber(number);
        if (owned === undefined)
          throw new VoxproxyError('not-found', 'The account does not rent this number.');
        const otherApplication = owned.applicationId === applicationId ? null : owned.applicationId;
        if (owned.forwarding !== null || otherApplication !== null)
          out.say(takenText(number, { forwarding: owned.forwarding, otherApplication }));
        continue;
      }
      const { country } = await linkNumber(
        { store, vonage, applicationId, now: context.now },
        number,
        null,
        agree(number),
      );
      linked.push({ number, country });
    } catch (error) {
      if (!(error instanceof VoxproxyError) || numbers.length === 1) throw error;
      failed.push({ number, ...reportOf(error) });
    }
  }
  out.answer({ linked, failed, ...(flags.dryRun ? { dryRun: true } : {}) }, () =>
    flags.dryRun
      ? 'Nothing was changed.'
      : [
          ...linked.map(({ number }) => `${out.style.green('✔')} ${spaced(number)} is in the pool`),
          ...failed.map(({ number, message }) => `${out.style.red('✖')} ${redact(number)}: ${message}`),
        ].join('\n'),
  );
  return failed[0] === undefined ? 0 : exitCodeOf(failed[0].code);
}

export async function release(context: Context, text: string, flags: ReleaseFlags): Promise<undefined> {
  const [number] = virtualNumbers([text]) as [E164];
  if (!flags.yes && !flags.dryRun) context.prompts.needsAnswer('--yes', 'Giving a number back');
  const vonage = await context.vonage();
  const store = await context.store();
  const kept = (await store.numbers()).find((one) => one.number === number);
  if (kept === undefined) {
    throw new VoxproxyError(
      'not-found',
      'This number is not in the pool.',
      'See what is: voxproxy numbers list',
    );
  }
  const { out } = context;
  const usage = usageOf(await store.sessions(), context.now()).get(number) ?? { live: 0, quarantined: 0 };
  out.say(`${spaced(number)} carries ${usage.live} live and ${usage.quarantined} quarantined legs.`);
  if (flags.dryRun) {
    out.answer({ released: null, closed: [], dryRun: true }, () => 'Nothing was changed.');
    return;
  }
  await agreeToRelease(context, kept, flags);
  const closed = await releaseNumber({ store, vonage, now: context.now }, kept, flags.force ?? false);
  out.answer({ released: number, closed: closed.map(({ id }) => id) }, () =>
    [
      `${out.style.green('✔')} ${spaced(number)} was given back and is routed no more.`,
      ...(closed.length === 0 ? [] : [`  Closed: ${closed.map(({ id }) => id).join(', ')}`]),
    ].join('\n'),
  );
}

async function agreeToRelease(
  { prompts }: Context,
  { number }: PoolNumber,
  { yes }: ReleaseFlags,
): Promise<void> {
  if (yes) return;
  const typed = await prompts.input(`Type ${number} to give it back:`);
  if (fromNetwork(typed) !== number)
    throw new VoxproxyError('declined', 'That is another number: nothing was changed.');
}

function takenText(number: E164, { forwarding, otherApplication }: TakenAway): string {
  const uses = [
    ...(forwarding === null
      ? []
      : [`forwards its calls by ${forwarding.type}, which keeps them from any application`]),
    ...(otherApplication === null ? [] : [`is linked to application ${otherApplication}`]),
  ];
  return `${spaced(number)} ${uses.join(' and ')}.`;
}

/** Virtual numbers as they are copied from a list: with or without the plus. */
function virtualNumbers(list: readonly string[]): E164[] {
  return list.map((text, i) => {
    const number = fromNetwork(text);
    if (number === undefined || asE164(number) === undefined) {
      throw new VoxproxyError(
        'invalid-number',
        `${list.length === 1 ? 'The number' : `Number ${i + 1}`} is not an international number.`,
        'For example: +442079460000',
      );
    }
    return number;
  });
}
