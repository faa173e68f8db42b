import { asE164, type E164, fromNetwork } from '../domain/phone-number.js';
import { VoxproxyError } from '../errors.js';

/** A virtual number as it is copied from a list: with or without the plus. */
export function virtualNumber(text: string): E164 | undefined {
  const number = fromNetwork(text);
  return number && asE164(number);
}

/**
 * The virtual numbers of a command line.
 * @throws VoxproxyError `invalid-number` naming the position
 */
export function virtualNumbers(list: readonly string[]): E164[] {
  return list.map((text, i) => {
    const number = virtualNumber(text);
    if (number === undefined) {
      throw new VoxproxyError(
        'invalid-number',
        `${list.length === 1 ? 'The number' : `Number ${i + 1}`} is not an international number.`,
        'For example: +442079460000',
      );
    }
    return number;
  });
}
