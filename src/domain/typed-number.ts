import {
  type CountryCode,
  ParseError,
  type PhoneNumber,
  parsePhoneNumberWithError,
  validatePhoneNumberLength,
} from 'libphonenumber-js/max';
import { asE164, type Country, type E164 } from './phone-number.js';

/** A number that a person typed, read offline. */
export type TypedNumber = { number: E164; country: Country; charge: 'ordinary' | 'premium' };

/** Why a typed number was refused, as the end of a sentence that starts with its position. */
export type NumberProblem = { problem: string; hint: string };

const ALLOWED = /^[\p{Nd} .()[\]+-]*$/u;
/** Address books wrap numbers in marks of writing direction. */
const INVISIBLE = /\p{Cf}/gu;
const EXAMPLE = 'Type it with + and its country code, for example +447400123456, or give --country.';

/** Numbers of satellite and global networks: 87x and 88x, but for the countries 880 (Bangladesh) and 886 (Taiwan). */
const SATELLITE = /^\+(87\d|88[1-57-9])/;
/** Some countries' own plans hold longer numbers than E.164 has, which nobody abroad can dial. */
const MOST_DIGITS = 15;
const PREMIUM_TYPES = new Set(['PREMIUM_RATE', 'SHARED_COST', 'PAGER']);
/** UN M.49 "World": a calling code that is no country's. */
const NO_COUNTRY = '001';

/**
 * Reads one whole argument as a phone number, without asking anybody.
 * A possible number outside the known ranges passes: the lookup decides about it.
 *
 * @param country ISO code that allows national and digits-only forms, or null.
 */
export function readTypedNumber(text: string, country: Country | null): TypedNumber | NumberProblem {
  const typed = text
    .replace(INVISIBLE, '')
    .replace(/\p{Zs}/gu, ' ')
    .replace(/\p{Pd}/gu, '-')
    .trim();
  if (typed === '') return { problem: 'is empty', hint: EXAMPLE };
  if (/\p{L}/u.test(typed)) return { problem: 'contains letters', hint: EXAMPLE };
  if (!ALLOWED.test(typed))
    return { problem: 'contains characters that are not part of a number', hint: EXAMPLE };

  const international = typed.replace(/^[([ ]*(?:\+|00)/, '+');
  if (country === null && !international.startsWith('+')) {
    return { problem: 'has no country code', hint: EXAMPLE };
  }
  try {
    return judge(
      parsePhoneNumberWithError(international, {
        ...(country === null ? {} : { defaultCountry: country as CountryCode }),
        extract: false,
      }),
    );
  } catch (error) {
    if (error instanceof ParseError)
      return { problem: PARSE_PROBLEMS[error.message] ?? 'is not a phone number', hint: EXAMPLE };
    throw error;
  }
}

const PARSE_PROBLEMS: Record<string, string> = {
  INVALID_COUNTRY: 'has an unknown country code',
  NOT_A_NUMBER: 'is not a phone number',
  TOO_SHORT: 'has too few digits',
  TOO_LONG: 'has too many digits',
};

function judge(parsed: PhoneNumber): TypedNumber | NumberProblem {
  if (parsed.ext !== undefined)
    return { problem: 'has an extension', hint: 'Leave the extension out: it cannot be dialled.' };
  if (!parsed.isPossible()) {
    const length = validatePhoneNumberLength(parsed.number);
    const problem = length === 'TOO_LONG' ? 'has too many digits' : 'has too few digits';
    return {
      problem: length === 'INVALID_LENGTH' ? 'has a number of digits that its country does not use' : problem,
      hint: EXAMPLE,
    };
  }
  const number = asE164(parsed.number);
  if (number === undefined) {
    const problem =
      parsed.number.slice(1).length > MOST_DIGITS ? 'has too many digits' : 'has too few digits';
    return { problem, hint: EXAMPLE };
  }
  // A trunk prefix is taken off once: one behind it would go the next time, and leave another person's number.
  if (parsePhoneNumberWithError(number, { extract: false }).number !== number)
    return { problem: 'is not a phone number', hint: EXAMPLE };
  return {
    number,
    country: parsed.country ?? parsed.getPossibleCountries()[0] ?? NO_COUNTRY,
    charge:
      PREMIUM_TYPES.has(parsed.getType() ?? '') || SATELLITE.test(parsed.number) ? 'premium' : 'ordinary',
  };
}
