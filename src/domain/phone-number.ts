/** A phone number in E.164 with its plus: `+447400123456`. Only this module and the number reader make one. */
export type E164 = string & { readonly brand: 'E164' };

/** ISO 3166-1 alpha-2, or `001` for numbers that belong to no country. */
export type Country = string;

const E164_SHAPE = /^\+[1-9]\d{6,14}$/;

/** The number if the text already is E.164 with a plus, else undefined. */
export function asE164(text: string): E164 | undefined {
  return E164_SHAPE.test(text) ? (text as E164) : undefined;
}

/** E.164 → Vonage's form, digits alone. */
export function toMsisdn(number: E164): string {
  return number.slice(1);
}

/** Vonage's digits → E.164; undefined where they cannot be one. */
export function fromMsisdn(digits: string): E164 | undefined {
  return asE164(`+${digits}`);
}

/** ITU-T E.164 Annex: the calling codes of two digits; `1` and `7` have one, all others three. */
const TWO_DIGIT_CODES = new Set(
  (
    '20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 ' +
    '60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98'
  ).split(' '),
);

export function callingCodeOf(number: E164): string {
  const digits = toMsisdn(number);
  if (digits[0] === '1' || digits[0] === '7') return digits.slice(0, 1);
  return TWO_DIGIT_CODES.has(digits.slice(0, 2)) ? digits.slice(0, 2) : digits.slice(0, 3);
}

const HIDDEN = '•••••';
const SHOWN_AT_MOST = 4;
const HIDDEN_AT_LEAST = 4;

/** How a real number is shown: `+44•••••3456`; always hides at least four digits, otherwise all. */
export function redact(number: E164): string {
  const code = callingCodeOf(number);
  const national = number.length - 1 - code.length;
  if (national < HIDDEN_AT_LEAST) return HIDDEN;
  const shown = Math.min(SHOWN_AT_MOST, national - HIDDEN_AT_LEAST);
  return `+${code}${HIDDEN}${shown === 0 ? '' : number.slice(-shown)}`;
}

const FEWEST_DIGITS = 7;
const MOST_DIGITS = 15;
/** What some networks send in place of a withheld number: "anonymous" spelled on a keypad. */
const ANONYMOUS_DIGITS = '266696687';

/**
 * What a network delivered as caller or dialled number → E.164.
 * Only `+`, `00` and separators are taken away; a national form is never guessed.
 * Undefined is a caller who shows no number.
 */
export function fromNetwork(raw: string): E164 | undefined {
  const bare = raw.replace(/[\s().\-+]/g, '').replace(/^00/, '');
  if (!/^\d+$/.test(bare) || bare.length < FEWEST_DIGITS || bare.length > MOST_DIGITS) return undefined;
  // A national form stays what it is: a number, and nobody's.
  return bare === ANONYMOUS_DIGITS ? undefined : (`+${bare}` as E164);
}
