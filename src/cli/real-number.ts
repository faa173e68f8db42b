import type { E164 } from '../domain/phone-number.js';
import { readTypedNumber } from '../domain/typed-number.js';
import { VoxproxyError } from '../errors.js';
import { countryFlag } from './country-flag.js';

/**
 * The real number of a command that takes one.
 * @param countryText of `--country`
 * @throws VoxproxyError `invalid-number`, without repeating what was typed
 */
export function realNumber(text: string, countryText: string | undefined): E164 {
  const country = countryText === undefined ? null : countryFlag('--country', countryText);
  const typed = readTypedNumber(text, country);
  if ('problem' in typed)
    throw new VoxproxyError('invalid-number', `The number ${typed.problem}.`, typed.hint);
  return typed.number;
}
