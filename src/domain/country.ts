import { isSupportedCountry } from 'libphonenumber-js/min';

/** Whether these are the two letters of a country that has phone numbers of its own. */
export function isCountry(text: string): boolean {
  return isSupportedCountry(text);
}
