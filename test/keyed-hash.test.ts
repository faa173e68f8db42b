import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KeyedHash } from '../src/keyed-hash.js';

it('is HMAC-SHA-256 for every key and message', () => {
  const key = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
  const message = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.integer({ min: 2_000, max: 9_000 }).map((length) => 'é'.repeat(length)),
  );
  fc.assert(
    fc.property(key, fc.array(message, { minLength: 1 }), (bytes, messages) => {
      const keyed = new KeyedHash(bytes);
      for (const one of messages)
        expect(keyed.of(one)).toBe(createHmac('sha256', bytes).update(one).digest('base64url'));
    }),
  );
});

it('takes a text for a key as its UTF-8', () => {
  const expected = createHmac('sha256', 'Schlüssel').update('').digest('base64url');
  expect(new KeyedHash('Schlüssel').of('')).toBe(expected);
});
