import { isSupportedCountry } from 'libphonenumber-js/max';

/** Whether these are the two letters of a country that has phone numbers of its own. */
export function isCountry(text: string): boolean {
  return isSupportedCountry(text);
}
