import type { Context } from '../../context.js';
import { isCountry } from '../../domain/country.js';
import type { E164 } from '../../domain/phone-number.js';
import { isUsable } from '../../domain/pool.js';
import { VoxproxyError } from '../../errors.js';
import { MOST_AT_ONCE, planProvision, provision } from '../../use-cases/provision-numbers.js';
import { NUMBER_TYPES } from '../../vonage/vonage.js';
import type { InitFlags } from '../commands/init.js';
import { countryFlag } from '../country-flag.js';
import { countFlag, oneOf } from '../flags.js';
import { agreeToPrice, provisionDependencies, showPlan } from '../renting.js';

/** Numbers in the pool: those that are there already, else as many as are asked for. */
export async function numbersStep(context: Context, flags: InitFlags): Promise<E164[]> {
  const store = await context.store();
  const usable = async () => (await store.numbers()).filter(isUsable).map(({ number }) => number);
  const there = await usable();
  const unfinished = (await store.numbers()).find(({ state }) => state === 'chosen' || state === 'bought');
  if ((there.length > 0 && unfinished === undefined) || !flags.numbers) return there;
  const { prompts } = context;
  const known = flags.country ?? unfinished?.country;
  if (known === undefined) prompts.needsAnswer('--country', 'The country of the numbers');
  const country = countryFlag('--country', known ?? (await prompts.input(COUNTRY, 'GB', problemOfCountry)));
  if (!flags.yes) prompts.needsAnswer('--yes', 'Renting numbers spends money, which');
  const asked = flags.count ?? (flags.yes ? '2' : await prompts.input('How many:', '2', problemOfCount));
  const count = countFlag('--count', asked, MOST_AT_ONCE);
  const type = flags.type === undefined ? null : oneOf('--type', flags.type, NUMBER_TYPES);
  const deps = await provisionDependencies(context);
  const plan = await planProvision(deps, { country, count, type });
  showPlan(context, plan);
  if (!flags.yes) await agreeToPrice(context, plan);
  const { failed } = await provision(deps, plan);
  if (failed.length > 0) {
    throw new VoxproxyError(
      'vonage',
      `${failed.length} of ${count} numbers could not be rented: ${failed[0]?.reason}`,
      'Run voxproxy init again: it goes on where it stopped.',
    );
  }
  return usable();
}

const COUNTRY = 'Country of the numbers (two letters, for example GB):';

function problemOfCountry(text: string): string | null {
  return isCountry(text.toUpperCase()) ? null : 'Two letters of a country, for example GB, US or DE.';
}

function problemOfCount(text: string): string | null {
  return /^[1-9]\d?$/.test(text) ? null : 'A number from 1 to 95.';
}
