import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { E164 } from '../domain/phone-number.js';

/** A virtual number as people read it: `+44 20 7946 0958`. */
export function spaced(number: E164): string {
  return parsePhoneNumberFromString(number)?.formatInternational() ?? number;
}
