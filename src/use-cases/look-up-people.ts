import type { Country } from '../domain/phone-number.js';
import { SIDES, type Side } from '../domain/session.js';
import { VoxproxyError } from '../errors.js';
import type { LookupWay } from '../setting-definitions.js';
import type { Vonage } from '../vonage/vonage.js';
import { type CheckedPeople, invalid, POSITION } from './check-people.js';

/** Number Insight ends on this day; `auto` then asks Identity Insights. */
const NUMBER_INSIGHT_ENDS = Date.UTC(2027, 1, 4);

export type LookupInUse = Exclude<LookupWay, 'auto'>;

export function lookupInUse(way: LookupWay, now: number): LookupInUse {
  if (way !== 'auto') return way;
  return now < NUMBER_INSIGHT_ENDS ? 'number-insight' : 'identity-insights';
}

export type LookedUp = { people: CheckedPeople; warnings: string[] };

/**
 * Asks Vonage about both people at once; when it cannot say, the offline country stays, with a warning.
 *
 * @param allowedCountries ISO codes, or null for all
 * @throws VoxproxyError `invalid-number` for a number that does not exist or whose country is not allowed,
 *   `credentials` when Vonage refuses them
 */
export async function lookUpPeople(
  people: CheckedPeople,
  way: LookupInUse,
  vonage: Vonage | null,
  allowedCountries: readonly Country[] | null,
): Promise<LookedUp> {
  const warnings: string[] = [];
  const lookUp = async (side: Side) => {
    const person = people[side];
    if (way === 'offline' || vonage === null) return person;
    const outcome = await vonage.lookUp(person.realNumber, way);
    if (outcome.kind === 'invalid')
      throw invalid(side, 'does not exist, says the lookup', 'Check it with its owner.');
    if (outcome.kind === 'valid') return { ...person, country: outcome.country ?? person.country };
    warnings.push(
      `The ${POSITION[side]} number could not be looked up: ${outcome.why}. Its country is taken from the number.`,
    );
    return person;
  };
  const [a, b] = await Promise.all([lookUp('a'), lookUp('b')]);
  const found: CheckedPeople = { a, b };
  for (const side of SIDES) {
    const { country } = found[side];
    if (allowedCountries !== null && !allowedCountries.includes(country)) {
      throw new VoxproxyError(
        'invalid-number',
        `The ${POSITION[side]} number belongs to ${country}, which the setting allowedCountries leaves out.`,
        `Allow it with: voxproxy config set allowedCountries ${[...allowedCountries, country].join(',')}`,
      );
    }
  }
  return { people: found, warnings };
}
