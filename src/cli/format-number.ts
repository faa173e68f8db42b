import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { type E164, redact } from '../domain/phone-number.js';

/** A virtual number as people read it: `+44 20 7946 0958`. */
export function spaced(number: E164): string {
  return parsePhoneNumberFromString(number)?.formatInternational() ?? number;
}

/** A real number, redacted unless `--reveal` asks for it whole. */
export function personal(number: E164 | null, reveal: boolean): string {
  if (number === null) return '(erased)';
  return reveal ? number : redact(number);
}
