import type { Country, E164 } from '../domain/phone-number.js';
import type { PoolNumber } from '../domain/pool.js';
import { VoxproxyError } from '../errors.js';
import type { Store } from '../store/store.js';
import type { NumberType, OfferedNumber, Vonage } from '../vonage/vonage.js';
import { buyNumber, poolNumberOf, reasonOf } from './buy-number.js';
import { knownApplication } from './known-application.js';
import { linkNumber } from './link-number.js';

export type ProvisionDependencies = {
  store: Store;
  vonage: Vonage;
  applicationId: string;
  now: () => number;
  sleep: (milliseconds: number) => Promise<void>;
  progress: (line: string) => void;
  signal: AbortSignal;
};

/** What a provision would do: `link` was bought before and costs nothing now. */
export type ProvisionPlan = {
  order: string;
  link: PoolNumber[];
  buy: OfferedNumber[];
  /** Taken when one of `buy` is gone. */
  spare: OfferedNumber[];
  /** Of the same order, finished before it was interrupted. */
  done: PoolNumber[];
  /** Chosen before and never bought. */
  stale: PoolNumber[];
};

export type Provisioned = {
  provisioned: { number: E164; country: Country }[];
  failed: { number: E164; reason: string }[];
};

/** A second, and what clocks and the network may take off it. */
export const BETWEEN_PURCHASES = 1_020;
const SPARE = 5;
/** What one search can list, less the spare. */
export const MOST_AT_ONCE = 95;

/**
 * Plans a provision and changes nothing. An unfinished one of the same country is continued: its numbers
 * that were bought are linked first, and those finished count too.
 */
export async function planProvision(
  { store, vonage, applicationId, now }: ProvisionDependencies,
  { country, count, type }: { country: Country; count: number; type: NumberType | null },
): Promise<ProvisionPlan> {
  // Numbers that cannot be linked afterwards would be paid for in vain.
  await knownApplication(vonage, applicationId);
  const numbers = await store.numbers();
  const unfinished = numbers.filter(
    (one) => one.country === country && (one.state === 'chosen' || one.state === 'bought'),
  );
  const [link, stale]: [PoolNumber[], PoolNumber[]] = [[], []];
  for (const one of unfinished)
    ((await vonage.ownedNumber(one.number)) === undefined ? stale : link).push(one);
  const orders = new Set(unfinished.map(({ order }) => order).filter((order) => order !== null));
  const done = numbers.filter((one) => one.state === 'linked' && one.order !== null && orders.has(one.order));
  const wanted = Math.max(0, count - link.length - done.length);
  const order = [...orders][0] ?? `${country}-${now()}`;
  if (wanted === 0) return { order, link, buy: [], spare: [], done, stale };
  const { numbers: offers } = await vonage.searchNumbers({
    country,
    features: ['SMS', 'VOICE'],
    type,
    pattern: null,
    limit: wanted + SPARE,
  });
  if (offers.length < wanted) {
    throw new VoxproxyError(
      'not-found',
      offers.length === 0
        ? `Vonage has no number with voice and SMS to rent in ${country}${type === null ? '' : ` of type ${type}`}.`
        : `Vonage has only ${offers.length} of the ${wanted} numbers wanted in ${country}.`,
      `See what there is: voxproxy numbers search ${country}`,
    );
  }
  return { order, link, buy: offers.slice(0, wanted), spare: offers.slice(wanted), done, stale };
}

/**
 * Carries a plan out: every choice is written to the store before it is bought, one purchase a second.
 * A failure of one number does not stop the others unless they would fail alike. Choices that come to
 * nothing stay in the store: by them the next run knows that the order is not finished.
 */
export async function provision(deps: ProvisionDependencies, plan: ProvisionPlan): Promise<Provisioned> {
  const result: Provisioned = { provisioned: [], failed: [] };
  const total = plan.link.length + plan.buy.length;
  const step = () => `${result.provisioned.length + result.failed.length + 1}/${total}`;
  for (const { number, country } of plan.link)
    await link(deps, number, country, `${step()} ${number} bought before`, result);

  const choices = await choose(deps, plan, result);
  const chosen = new Set(choices.map(({ number }) => number));
  for (const { number } of plan.stale) if (!chosen.has(number)) await deps.store.removeNumber(number);
  const spare = [...plan.spare];
  let lastPurchase = -Infinity;
  for (let choice = choices.shift(); choice !== undefined; choice = choices.shift()) {
    const { number, country } = choice;
    deps.signal.throwIfAborted();
    const wait = lastPurchase + BETWEEN_PURCHASES - deps.now();
    if (wait > 0) await deps.sleep(wait);
    const position = step();
    const purchase = await buyNumber(deps, choice, plan.order);
    // Counted from the answer, so that Vonage never sees two within a second.
    lastPurchase = deps.now();
    if (purchase.kind === 'bought') {
      await link(deps, number, country, `${position} ${number} bought`, result);
      continue;
    }
    deps.progress(`${position} ${number} not bought: ${purchase.reason}`);
    const next = purchase.kind === 'gone' ? spare.shift() : undefined;
    if (next !== undefined) {
      await deps.store.removeNumber(number);
      choices.unshift(...(await choose(deps, { ...plan, buy: [next], spare }, result)));
      continue;
    }
    result.failed.push({ number, reason: purchase.reason });
    if (purchase.kind === 'unknown' || (purchase.kind === 'failed' && purchase.final)) {
      result.failed.push(
        ...choices.map((left) => ({ number: left.number, reason: `not tried: ${purchase.reason}` })),
      );
      break;
    }
  }
  return result;
}

/** Writes the choices down; one that is somebody's real number is replaced by a spare. */
async function choose(
  { store, now }: ProvisionDependencies,
  { buy, spare, order }: Pick<ProvisionPlan, 'buy' | 'spare' | 'order'>,
  result: Provisioned,
): Promise<OfferedNumber[]> {
  const chosen: OfferedNumber[] = [];
  const candidates = [...buy];
  const replacements = [...spare];
  for (let offer = candidates.shift(); offer !== undefined; offer = candidates.shift()) {
    if ((await store.putNumber(poolNumberOf(offer, order), now())) === 'stored') {
      chosen.push(offer);
      continue;
    }
    const replacement = replacements.shift();
    if (replacement === undefined)
      result.failed.push({ number: offer.number, reason: 'it is the real number of somebody in a session' });
    else candidates.unshift(replacement);
  }
  return chosen;
}

async function link(
  deps: ProvisionDependencies,
  number: E164,
  country: Country,
  said: string,
  result: Provisioned,
): Promise<void> {
  const order = (await deps.store.numbers()).find((kept) => kept.number === number)?.order ?? null;
  try {
    // It was bought for this: there is nothing to take away from anybody.
    await linkNumber(deps, number, order, async () => true);
    result.provisioned.push({ number, country });
    deps.progress(`${said}, linked`);
  } catch (error) {
    const reason = `bought, but not linked: ${reasonOf(error)}`;
    result.failed.push({ number, reason });
    deps.progress(`${said}, not linked`);
  }
}
