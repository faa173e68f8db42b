import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCountry } from '../../src/domain/country.js';
import { asE164 } from '../../src/domain/phone-number.js';
import { readTypedNumber } from '../../src/domain/typed-number.js';

const GB = '+447400123456';

describe('a number is understood', () => {
  it.each<[string, string, string | null, string]>([
    ['as E.164', '+447400123456', null, GB],
    ['with spaces', '+44 7400 123 456', null, GB],
    ['with spaces around it', '  +447400123456 ', null, GB],
    ['with spaces that do not break', '+44\u00a07400\u202f123456', null, GB],
    ['with a space after the plus', '+ 44 7400 123456', null, GB],
    ['with dashes', '+44-7400-123456', null, GB],
    ['with dashes that do not break', '+44\u20117400\u2013123\u2015456', null, GB],
    ['with dots', '+44.7400.123456', null, GB],
    ['with a bracketed trunk zero', '+44 (0)7400 123456', null, GB],
    ['with a bracketed country code', '(+44) 7400 123456', null, GB],
    ['with a square-bracketed country code', '[+44] 7400-123456', null, GB],
    ['with 00', '00447400123456', null, GB],
    ['with 00 and spaces', '00 44 7400 123456', null, GB],
    ['with 00 in brackets', '(0044) 7400 123456', null, GB],
    ['with 00 in brackets of its own', '(00)44 7400 123456', null, GB],
    ['with 00 where people dial 011', '0044 7400 123456', 'US', GB],
    ['with 011 where people dial that', '011 44 7400 123456', 'US', GB],
    ['in its national form, with the country', '07400 123456', 'GB', GB],
    ['in its national form with brackets', '(07400) 123-456', 'GB', GB],
    ['without the trunk zero, with the country', '7400123456', 'GB', GB],
    ['as digits only, with the country', '447400123456', 'GB', GB],
    ['as American digits only', '14155552671', 'US', '+14155552671'],
    ['as Americans write it', '(415) 555-2671', 'US', '+14155552671'],
    ['from abroad, whatever the country', '+33 6 12 34 56 78', 'GB', '+33612345678'],
    ['with an Italian zero that stays', '+39 06 1234 5678', null, '+390612345678'],
    ['in Arabic digits', '+٤٤٧٤٠٠١٢٣٤٥٦', null, GB],
  ])('%s', (_how, typed, country, number) => {
    expect(readTypedNumber(typed, country)).toMatchObject({ number, charge: 'ordinary' });
  });

  it.each([
    ['left-to-right marks', '\u200e+44 7400 123456\u200e'],
    ['right-to-left marks', '\u200f+447400123456'],
    ['embeddings', '\u202a+44 7400 123456\u202c'],
    ['isolates', '\u2066+44 7400 123456\u2069'],
    ['zero-width spaces', '+44\u200b7400\u200b123456'],
    ['word joiners', '+44\u20607400123456'],
    ['a byte order mark', '\ufeff+447400123456'],
    ['soft hyphens', '+44\u00ad7400\u00ad123456'],
  ])('with %s pasted from an address book', (_what, typed) => {
    expect(readTypedNumber(typed, null)).toMatchObject({ number: GB });
  });

  it('though it lies outside the known ranges: the lookup decides about it', () => {
    expect(readTypedNumber('+447700900123', null)).toEqual({
      number: '+447700900123',
      country: 'GB',
      charge: 'ordinary',
    });
  });

  it.each([
    [GB, 'GB'],
    ['+14165550123', 'CA'],
    ['+12425551234', 'BS'],
    ['+447781123456', 'GG'],
    ['+80012345678', '001'],
    ['+15005550006', 'US'],
  ])('%s as one of country %s', (typed, country) => {
    expect(readTypedNumber(typed, null)).toMatchObject({ country });
  });
});

describe('a number is refused', () => {
  it.each<[string, string, string | null]>([
    ['is empty', '', null],
    ['is empty', '   ', null],
    ['is empty', '\u200e', 'GB'],
    ['contains letters', '+44 7400 12345o', null],
    ['contains letters', 'tel:+447400123456', null],
    ['contains letters', '+44 7400 123456 ext 5', null],
    ['contains letters', '+44 7400 123456x5', null],
    ['contains letters', '+447400123456;ext=5', null],
    ['contains letters', '1-800-FLOWERS', 'US'],
    ['contains characters that are not part of a number', '+44 7400 123456#5', null],
    ['contains characters that are not part of a number', '+447400123456,5', null],
    ['contains characters that are not part of a number', '+44/7400/123456', null],
    ['contains characters that are not part of a number', '+447400123456\n+447400654321', null],
    ['has no country code', '447400123456', null],
    ['has no country code', '07400 123456', null],
    ['has no country code', '()', null],
    ['is not a phone number', '+', null],
    ['is not a phone number', '00', 'GB'],
    ['is not a phone number', '++447400123456', null],
    ['is not a phone number', '+44+7400123456', null],
    ['is not a phone number', '+447400123456 +447400654321', null],
    ['is not a phone number', '...', 'GB'],
    ['has an unknown country code', '+999123456789', null],
    ['has an unknown country code', '+210 123456789', null],
    ['has an unknown country code', '+0044 7400123456', null],
    ['has too few digits', '+44', null],
    ['has too few digits', '+44 7400 1', null],
    ['has too few digits', '112', 'GB'],
    ['has too few digits', '+49 1234', null],
    ['has too few digits', '1234', 'DE'],
    ['has too many digits', '+44 7400 123456789', null],
    ['has too many digits', '+49 12345678901234', null],
    ['has too many digits', '123456789012345', 'DE'],
    ['has too many digits', `+44${'7'.repeat(300)}`, null],
  ])('%s: %j', (problem, typed, country) => {
    expect(readTypedNumber(typed, country)).toMatchObject({ problem });
  });

  it('never with a word of what was typed', () => {
    const texts = fc.string({ unit: fc.constantFrom(...'0123456789+-. ()xa'), minLength: 4, maxLength: 25 });
    fc.assert(
      fc.property(texts, fc.constantFrom(null, 'GB', 'DE', 'US'), (typed, country) => {
        const read = readTypedNumber(typed, country);
        if (!('problem' in read)) return;
        expect(read.problem).toMatch(/^[a-z ]+$/);
        expect(read.hint).toMatch(/^(Type it with \+ and its country code|Leave the extension out)/);
      }),
      { numRuns: 300 },
    );
  });
});

it('whatever is accepted is E.164, even where a national plan holds shorter and longer numbers', () => {
  const typed = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'0123456789+-. ()'), minLength: 3, maxLength: 22 }),
    fc
      .tuple(
        fc.constantFrom('+49', '+43', '+44', '+1', '+39', '+881', '+55', '00358', '+800'),
        fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 17 }),
      )
      .map((parts) => parts.join(' ')),
  );
  fc.assert(
    fc.property(typed, fc.constantFrom(null, 'DE', 'AT', 'US'), (text, country) => {
      const read = readTypedNumber(text, country);
      if (!('problem' in read)) expect(asE164(read.number)).toBe(read.number);
    }),
    { numRuns: 1500 },
  );
});

describe('a number is charged', () => {
  it.each([
    ['premium', 'a British premium number', '+449098765432'],
    ['premium', 'an American premium number', '+19002345678'],
    ['premium', 'a number of shared cost', '+448451234567'],
    ['premium', 'a pager', '+447640123456'],
    ['premium', 'an international premium number', '+979123456789'],
    ['premium', 'an international number of shared cost', '+80812345678'],
    ['premium', 'an Inmarsat phone', '+870773111632'],
    ['premium', 'a satellite phone', '+881612345678'],
    ['premium', 'a global network', '+88213012345'],
    ['premium', 'another global network', '+883510001234567'],
    ['ordinary', 'a mobile', GB],
    ['ordinary', 'a landline', '+442079460958'],
    ['ordinary', 'an international freephone number', '+80012345678'],
    ['ordinary', 'Bangladesh', '+8801712345678'],
    ['ordinary', 'Taiwan', '+886912345678'],
    ['ordinary', 'Cambodia', '+85512345678'],
  ])('%s: %s', (charge, _what, typed) => {
    expect(readTypedNumber(typed, null)).toMatchObject({ charge });
  });
});

it.each([
  ['GB', true],
  ['US', true],
  ['XX', false],
  ['gb', false],
  ['', false],
  ['001', false],
])('%j is a country that --country takes: %s', (text, known) => {
  expect(isCountry(text)).toBe(known);
});
