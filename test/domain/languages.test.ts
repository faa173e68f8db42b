import { describe, expect, it } from 'vitest';
import {
  DEFAULT_LANGUAGE,
  knownLanguage,
  knownLanguages,
  languageOfCountry,
} from '../../src/domain/languages.js';

/** Every language that Vonage speaks in. */
const SPOKEN_BY_VONAGE =
  `ar bn-IN ca-ES cmn-CN cmn-TW cs-CZ cy-GB da-DK de-DE el-GR en-AU en-GB en-GB-WLS en-IN
  en-US en-ZA es-ES es-MX es-US eu-ES fi-FI fil-PH fr-CA fr-FR he-IL hi-IN hu-HU id-ID is-IS it-IT ja-JP ko-KR
  ml-IN nb-NO nl-NL pl-PL pt-BR pt-PT ro-RO ru-RU sk-SK sv-SE ta-IN te-IN th-TH tr-TR uk-UA vi-VN yue-CN`.split(
    /\s+/,
  );

describe('a known language', () => {
  it('is one that Vonage speaks, listed once', () => {
    expect(SPOKEN_BY_VONAGE).toEqual(expect.arrayContaining(knownLanguages()));
    expect(new Set(knownLanguages()).size).toBe(knownLanguages().length);
    expect(knownLanguages()).toContain(DEFAULT_LANGUAGE);
  });

  it.each([
    ['de', 'de-DE'],
    ['DE-de', 'de-DE'],
    ['en', 'en-GB'],
    ['en-us', 'en-US'],
    ['es-mx', 'es-MX'],
    ['pt', 'pt-PT'],
    ['pt-BR', 'pt-BR'],
    ['nb', 'nb-NO'],
    ['ja', 'ja-JP'],
    ['de-AT', undefined],
    ['tlh', undefined],
    ['e', undefined],
    ['', undefined],
  ])('asked for as %j is %s', (tag, language) => {
    expect(knownLanguage(tag)).toBe(language);
  });
});

describe('the language of a country', () => {
  it.each(
    Object.entries({
      US: 'en-US',
      CA: 'en-US',
      GB: 'en-GB',
      IE: 'en-GB',
      NG: 'en-GB',
      AU: 'en-AU',
      NZ: 'en-AU',
      IN: 'en-IN',
      ZA: 'en-ZA',
      DE: 'de-DE',
      AT: 'de-DE',
      CH: 'de-DE',
      LI: 'de-DE',
      FR: 'fr-FR',
      LU: 'fr-FR',
      MC: 'fr-FR',
      SN: 'fr-FR',
      CI: 'fr-FR',
      BE: 'nl-NL',
      NL: 'nl-NL',
      ES: 'es-ES',
      MX: 'es-MX',
      AR: 'es-MX',
      CO: 'es-MX',
      CL: 'es-MX',
      BR: 'pt-BR',
      PT: 'pt-PT',
      AO: 'pt-PT',
      MZ: 'pt-PT',
      CV: 'pt-PT',
      IT: 'it-IT',
      SM: 'it-IT',
      PL: 'pl-PL',
      SE: 'sv-SE',
      DK: 'da-DK',
      NO: 'nb-NO',
      FI: 'fi-FI',
      CZ: 'cs-CZ',
      TR: 'tr-TR',
      JP: 'ja-JP',
    }),
  )('%s is %s', (country, language) => {
    expect(languageOfCountry(country)).toBe(language);
  });

  it.each(['001', 'ZZ', '', 'GR', 'CN', 'SA', 'RU', 'KR', 'gb', 'constructor'])(
    '%j is none of ours',
    (country) => {
      expect(languageOfCountry(country)).toBeUndefined();
    },
  );

  it('is always a known one, and every known one but two is of some country', () => {
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
    const found = letters
      .flatMap((first) => letters.map((second) => languageOfCountry(first + second)))
      .filter((language) => language !== undefined);
    expect(found.length).toBeGreaterThan(120);
    const unused = knownLanguages().filter((language) => !found.includes(language));
    expect(knownLanguages()).toEqual(expect.arrayContaining(found));
    expect(unused).toEqual(['fr-CA', 'es-US']);
  });
});
