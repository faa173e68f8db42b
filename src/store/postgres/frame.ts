import { randomBytes } from 'node:crypto';
import type { E164 } from '../../domain/phone-number.js';
import type { PersonId } from '../../domain/session.js';
import { VoxproxyError } from '../../errors.js';
import type { FieldCipher } from '../field-cipher.js';
import { peopleOf } from '../people.js';
import { wrongKey, wrongKind } from '../wrong-key.js';
import type { Birth } from './migrate.js';

/** What the one row about the store says, as far as it holds until somebody changes the generation. */
export type Frame = { generation: number; lookupKey: string; person: (number: E164) => PersonId };

export type FrameRow = { version: number; encrypted: boolean; lookup_key: string; generation: number };

const PLACE = 'store/lookupKey';

/** Who is asking: the lookup key turns a real number into a PersonId, as in every other store. */
export function frameOf(row: FrameRow, cipher: FieldCipher | null, shown: string): Frame {
  if (row.encrypted !== (cipher !== null)) throw wrongKind(shown, row.encrypted);
  const lookupKey = cipher === null ? row.lookup_key : cipher.open(row.lookup_key, PLACE, '');
  if (lookupKey === undefined) throw wrongKey(shown);
  if (Buffer.from(lookupKey, 'base64').length !== 32) {
    throw new VoxproxyError(
      'store',
      `The store ${shown} is damaged: its lookup key has the wrong length.`,
      'Nothing was changed. Put a backup in its place.',
    );
  }
  return { generation: row.generation, lookupKey, person: peopleOf(lookupKey) };
}

/** A store that was not there before. */
export function newborn(cipher: FieldCipher | null): Birth {
  return { encrypted: cipher !== null, lookupKey: keptLookupKey(randomBytes(32).toString('base64'), cipher) };
}

/** The lookup key as it is kept: wrapped, when there is a key. */
export function keptLookupKey(lookupKey: string, cipher: FieldCipher | null): string {
  return cipher === null ? lookupKey : cipher.seal(lookupKey, PLACE, '');
}
