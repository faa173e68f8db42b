import { isCountry } from '../domain/country.js';
import { VoxproxyError } from '../errors.js';
import { didYouMean } from './nearest.js';

export function countryFlag(what: string, text: string): string {
  const country = text.toUpperCase();
  if (!isCountry(country)) {
    throw new VoxproxyError(
      'usage',
      `${what} is not one that there is.`,
      didYouMean(renamedCountry(country)) ?? 'Give its two letters (ISO 3166), for example GB, US or DE.',
    );
  }
  return country;
}

/** The country that other letters stand for: many write UK for GB. */
function renamedCountry(code: string): string[] {
  const region = /^[A-Z]{2}$/.test(code) ? new Intl.Locale(`und-${code}`).region : undefined;
  return region !== undefined && isCountry(region) ? [region] : [];
}
