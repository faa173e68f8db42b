import type { Context } from '../context.js';
import { VoxproxyError } from '../errors.js';
import type { ProvisionDependencies, ProvisionPlan } from '../use-cases/provision-numbers.js';
import { offerTable, priceText } from './present-number.js';
import { spaced } from './spaced-number.js';

export async function provisionDependencies(context: Context): Promise<ProvisionDependencies> {
  return {
    vonage: await context.vonage(),
    applicationId: await context.applicationId(),
    store: await context.store(),
    now: context.now,
    sleep: context.sleep,
    progress: (line) => context.out.say(`  ${line}`),
    signal: context.signal,
  };
}

/** Shows what would be rented, and at what price. */
export function showPlan({ out }: Context, { link, buy, done }: ProvisionPlan): void {
  if (done.length + link.length > 0) {
    const bought = [...done, ...link].map(({ number }) => spaced(number)).join(', ');
    out.say(`Going on with an unfinished order: ${bought} bought before.`);
  }
  if (buy.length === 0) return;
  out.say(`${offerTable(buy, out.width)}\n\n  Together ${priceText(buy)}.`);
}

/** @throws VoxproxyError `declined` */
export async function agreeToPrice({ prompts }: Context, { buy }: ProvisionPlan): Promise<void> {
  if (buy.length === 0) return;
  const what = `${buy.length} ${buy.length === 1 ? 'number' : 'numbers'} for ${priceText(buy)}`;
  if (!(await prompts.confirm(`Rent ${what}?`)))
    throw new VoxproxyError(
      'declined',
      'Nothing was bought.',
      'For more or fewer, say how many: --count <n>.',
    );
}
