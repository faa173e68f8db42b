import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digitsIn } from '../../src/domain/digits.js';

describe('the digits of a text', () => {
  it.each([
    ['', ''],
    ['none', ''],
    ['+44 (0) 7400-123.456', '4407400123456'],
    ['０７４００', '07400'],
    ['٠٧٤٠٠', '07400'],
    ['۰۷۴۰۰', '07400'],
    ['०७४००', '07400'],
    ['𝟎𝟕𝟰𝟘𝟢', '07400'],
    ['0️⃣7️⃣', '07'],
    ['⑦⑫²', '7122'],
  ])('%j are %j', (text, digits) => {
    expect(digitsIn(text)).toBe(digits);
  });

  it('are the same in every script that has its own', () => {
    const zeros = [...'0٠۰०০੦૦୦௦౦೦൦๐໐༠၀០᠐０𝟎𝟘𝟢𝟬𝟶'];
    fc.assert(
      fc.property(fc.stringMatching(/^\d{1,15}$/), fc.constantFrom(...zeros), (number, zero) => {
        const written = [...number].map((digit) =>
          String.fromCodePoint(Number(zero.codePointAt(0)) + Number(digit)),
        );
        expect(digitsIn(written.join('-'))).toBe(number);
      }),
      { numRuns: 500 },
    );
  });
});
