import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asE164,
  callingCodeOf,
  fromMsisdn,
  fromNetwork,
  redact,
  toMsisdn,
} from '../../src/domain/phone-number.js';
import { e164 } from '../contract/fixtures.js';

const anyE164 = fc
  .tuple(
    fc.integer({ min: 1, max: 9 }),
    fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 6, maxLength: 14 }),
  )
  .map(([first, rest]) => e164(`+${first}${rest}`));

describe('what a network delivers is a number', () => {
  it.each([
    ['447400123456', '+447400123456'],
    ['+447400123456', '+447400123456'],
    ['00447400123456', '+447400123456'],
    ['+00447400123456', '+447400123456'],
    [' 44 7400-123.456 ', '+447400123456'],
    ['(44)7400123456', '+447400123456'],
    ['1234567', '+1234567'],
    ['123456789012345', '+123456789012345'],
    ['2666966871', '+2666966871'],
    // A national form is nobody's number, and not a withheld one.
    ['07400123456', '+07400123456'],
  ])('%j is %s', (raw, number) => {
    expect(fromNetwork(raw)).toBe(number);
  });

  it.each([
    ['nothing', ''],
    ['blanks', '  '],
    ['a plus', '+'],
    ['a word', 'anonymous'],
    ['another word', 'Restricted'],
    ['unknown', 'unknown'],
    ['a name of an app', 'anna'],
    ['an address', 'sip:447400123456@example.com'],
    ['an address without a scheme', '447400123456@example.com'],
    ['six digits', '123456'],
    ['sixteen digits', '1234567890123456'],
    ['"anonymous" on a keypad', '266696687'],
    ['the same with a plus', '+266696687'],
    ['the same with 00', '00266696687'],
    ['digits of another script', '٤٤٧٤٠٠١٢٣٤٥٦'],
    ['two numbers', '447400123456,447400654321'],
  ])('but not %s', (_what, raw) => {
    expect(fromNetwork(raw)).toBeUndefined();
  });

  it('whichever of its forms is sent', () => {
    fc.assert(
      fc.property(anyE164, (number) => {
        fc.pre(number !== '+266696687');
        for (const raw of [number, toMsisdn(number), `00${toMsisdn(number)}`])
          expect(fromNetwork(raw)).toBe(number);
      }),
    );
  });
});

describe('E.164', () => {
  it.each(['+1234567', '+447400123456', '+123456789012345'])('is %s', (text) => {
    expect(asE164(text)).toBe(text);
    expect(fromMsisdn(toMsisdn(e164(text)))).toBe(text);
  });

  it.each([
    '447400123456',
    '+123456',
    '+1234567890123456',
    '+0447400123',
    '+44 7400123456',
    '+447400123456\n',
    '',
  ])('is not %j', (text) => {
    expect(asE164(text)).toBeUndefined();
  });
});

describe('a redacted number', () => {
  it.each([
    ['+447400123456', '+44•••••3456'],
    ['+14155552671', '+1•••••2671'],
    ['+79161234567', '+7•••••4567'],
    ['+352621123456', '+352•••••3456'],
    ['+3526211234', '+352•••••234'],
    ['+35262112', '+352•••••2'],
    ['+2902158', '+290•••••'],
    ['+4412345', '+44•••••5'],
  ])('%s is shown as %s', (number, shown) => {
    expect(redact(e164(number))).toBe(shown);
  });

  it('always hides four digits or more, and shows no more than the calling code and the last four', () => {
    fc.assert(
      fc.property(anyE164, (number) => {
        const shown = redact(number);
        const [code = '', tail = ''] = shown.split('•••••');
        expect(shown).toBe(`${code}•••••${tail}`);
        expect(tail.length).toBeLessThanOrEqual(4);
        expect(toMsisdn(number).length - (code.length - 1) - tail.length).toBeGreaterThanOrEqual(4);
        expect(code).toBe(`+${callingCodeOf(number)}`);
        expect(number.startsWith(code) && number.endsWith(tail)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

it.each([
  ['+14155552671', '1'],
  ['+77011234567', '7'],
  ['+201001234567', '20'],
  ['+447400123456', '44'],
  ['+351912345678', '351'],
  ['+8801712345678', '880'],
  ['+886912345678', '886'],
  ['+998901234567', '998'],
])('the calling code of %s is %s', (number, code) => {
  expect(callingCodeOf(e164(number))).toBe(code);
});
