import type { Context } from '../../context.js';
import { exitCodeOf } from '../../errors.js';
import { MOST_AT_ONCE, planProvision, provision } from '../../use-cases/provision-numbers.js';
import { NUMBER_TYPES } from '../../vonage/vonage.js';
import type { ProvisionFlags } from '../commands/numbers.js';
import { countryFlag } from '../country-flag.js';
import { countFlag, oneOf } from '../flags.js';
import { offerDocument } from '../present-number.js';
import { agreeToPrice, provisionDependencies, showPlan } from '../renting.js';
import { spaced } from '../spaced-number.js';

export async function provisionNumbers(
  context: Context,
  countryText: string,
  flags: ProvisionFlags,
): Promise<number> {
  const country = countryFlag('The country', countryText);
  const count = countFlag('--count', flags.count ?? '2', MOST_AT_ONCE);
  const type = flags.type === undefined ? null : oneOf('--type', flags.type, NUMBER_TYPES);
  const dryRun = flags.dryRun ?? false;
  if (!flags.yes && !dryRun) context.prompts.needsAnswer('--yes', 'Renting numbers spends money, which');
  const { out } = context;
  const deps = await provisionDependencies(context);
  const plan = await planProvision(deps, { country, count, type });
  showPlan(context, plan);
  if (dryRun) {
    const numbers = plan.buy.map(offerDocument);
    out.answer({ provisioned: [], failed: [], dryRun, numbers }, () => 'Nothing was bought.');
    return 0;
  }
  if (!flags.yes) await agreeToPrice(context, plan);
  const { provisioned, failed } = await provision(deps, plan);
  const all = [...plan.done.map(({ number, country }) => ({ number, country })), ...provisioned];
  out.answer({ provisioned: all, failed }, () =>
    [
      ...all.map(({ number }) => `${out.style.green('✔')} ${spaced(number)} is in the pool`),
      ...failed.map(({ number, reason }) => `${out.style.red('✖')} ${spaced(number)}: ${reason}`),
    ].join('\n'),
  );
  if (failed.length === 0) {
    out.suggest('voxproxy pair <number> <number>');
    return 0;
  }
  const same = `voxproxy numbers provision ${country} --count ${count}${type === null ? '' : ` --type ${type}`}`;
  out.warn(`${failed.length} of ${count} missing. The same command goes on where this one stopped: ${same}`);
  return exitCodeOf('vonage');
}
