import type { E164 } from '../domain/phone-number.js';
import type { PersonId } from '../domain/session.js';
import { KeyedHash } from '../keyed-hash.js';

/** Who has a number, as a store with this lookup key (base64) knows people. */
export function peopleOf(lookupKey: string): (number: E164) => PersonId {
  const keyed = new KeyedHash(Buffer.from(lookupKey, 'base64'));
  return (number) => keyed.of(number) as PersonId;
}
