import { asE164, type E164, fromNetwork } from '../domain/phone-number.js';
import { VoxproxyError } from '../errors.js';
import { virtualNumber } from './virtual-numbers.js';

/**
 * Who calls and what is dialled, of a command line; a word such as "anonymous" is a caller who shows no number.
 * @throws VoxproxyError `invalid-number` naming which of the two
 */
export function callLeg(from: string, to: string): { caller: E164 | undefined; dialled: E164 } {
  const dialled = virtualNumber(to);
  if (dialled === undefined) {
    throw new VoxproxyError(
      'invalid-number',
      'The dialled number is not an international number.',
      'For example: +442079460000',
    );
  }
  return { caller: callerOf(from), dialled };
}

function callerOf(text: string): E164 | undefined {
  const caller = fromNetwork(text);
  const mixed = caller === undefined && /\d/.test(text) && /\p{L}/u.test(text);
  if (mixed || (caller !== undefined && asE164(caller) === undefined)) {
    throw new VoxproxyError(
      'invalid-number',
      "The caller's number is not an international number.",
      'For example: +447400123456, or anonymous for a caller who shows none.',
    );
  }
  return caller;
}
