import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskNumbers } from '../../src/domain/mask-numbers.js';

const HIDDEN = '•••••';
const DIGITS = /[\p{Nd}\p{No}]/gu;

/** Ten digits that begin with this one. */
const counted = (zero: string) =>
  Array.from({ length: 10 }, (_, n) => String.fromCodePoint((zero.codePointAt(0) ?? 0) + n));
/** Ways of writing a digit. */
const SCRIPTS = [
  counted('0'),
  counted('０'),
  counted('٠'),
  counted('۰'),
  counted('०'),
  counted('𝟬'),
  [...'⓪①②③④⑤⑥⑦⑧⑨'],
  counted('0').map((digit) => `${digit}\ufe0f\u20e3`),
  counted('0').map((digit) => `${digit}\u0332`),
];
const VISIBLE = [...' \t\n\u00a0\u2009-‐–—._,/|()[]*·•:~+\'"'];
const INVISIBLE = ['\u200b', '\u200d', '\u200e', '\u200f', '\u2060', '\u00ad', '\ufe0f', '\u034f', '\ufeff'];

describe('numbers in a text', () => {
  it.each([
    '+447400123456',
    '+44 7400 123456',
    '+44 (0) 7400-123-456',
    '(07400) 123.456',
    '0 7 4 0 0 1 2 3 4 5 6',
    '07400/123456',
    '０７４００１２３４５６',
    '٠٧٤٠٠١٢٣٤٥٦',
    '0️⃣7️⃣4️⃣0️⃣0️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣',
    '0\u200b7\u200b4\u200b0\u200b0\u200b1\u200b2',
    '2079460',
  ])('are hidden, and nothing else is: %j', (number) => {
    expect(maskNumbers(number)).toBe(HIDDEN);
    expect(maskNumbers(`Ring me: ${number}, or not!`)).toBe(`Ring me: ${HIDDEN}, or not!`);
  });

  it('are hidden each by itself where words stand between them', () => {
    expect(maskNumbers('07400123456 or 02079460000.')).toBe(`${HIDDEN} or ${HIDDEN}.`);
  });

  const separator = fc
    .array(fc.constantFrom(...VISIBLE, ...INVISIBLE), { maxLength: 4 })
    .map((marks) => marks.join(''));
  const written = fc
    .array(fc.record({ digit: fc.nat(9), script: fc.constantFrom(...SCRIPTS), after: separator }), {
      minLength: 7,
      maxLength: 15,
    })
    .map((digits) => digits.map(({ digit, script, after }) => `${script[digit]}${after}`).join(''));
  const words = fc.string({ unit: fc.constantFrom(...'abc éñß日 .!?\n😀') });

  it('are never left over, however they are written', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('', '+', '(', '(+', '00', 'tel:'),
        written,
        words,
        words,
        (plus, number, before, after) => {
          const masked = maskNumbers(`${before}${plus}${number}${after}`);
          expect(masked.match(DIGITS)).toBeNull();
          expect(masked).toContain(HIDDEN);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('are hidden in one way of writing as in any other', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^\d{7,15}$/),
        fc.constantFrom(...SCRIPTS),
        separator,
        (number, script, between) => {
          const text = [...number].map((digit) => script[Number(digit)]).join(between);
          expect(maskNumbers(`a ${text} b`)).toBe(`a ${HIDDEN} b`);
        },
      ),
    );
  });
});

describe('other texts stay as they are', () => {
  it.each([
    '',
    'I am here.',
    'Be there at 10:30, gate 12.',
    'It is £12.50 (or 14,90 €).',
    '221b Baker Street, NW1 6XE',
    'Code 482913',
    '2 + 2 = 4 and 100 % of 50',
    'On 5/10 at 7.',
    'Flat 3, floor 2, code 4471#.',
    '😀😀😀 👍🏽 🇬🇧',
    'Box 234567.',
    '٣ دقائق',
  ])('%j', (text) => {
    expect(maskNumbers(text)).toBe(text);
  });

  it('and so does every text whose numbers have six digits at most and words between them', () => {
    const number = fc.oneof(
      fc.stringMatching(/^\d{1,6}$/),
      fc.stringMatching(/^\d\d:\d\d$/),
      fc.stringMatching(/^[£$€]\d{1,4}\.\d\d$/),
      fc.stringMatching(/^\(\d{1,3}\)$/),
    );
    const word = fc.stringMatching(/^[ ,.!-]{0,3}[a-zé日]{1,6}[ ,.!-]{0,3}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(number, word)), (pieces) => {
        const text = pieces.flat().join('');
        expect(maskNumbers(text)).toBe(text);
      }),
    );
  });

  it('and what was masked stays masked', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789 +-ab•') }), (text) => {
        expect(maskNumbers(maskNumbers(text))).toBe(maskNumbers(text));
      }),
    );
  });

  it('takes no longer for a text that is made to take long', { timeout: 2_000 }, () => {
    for (const piece of ['1 ', '123456 x', '+(+(', '1\u200b', '1       ', '((((1'])
      maskNumbers(piece.repeat(10_000 / piece.length));
  });
});
