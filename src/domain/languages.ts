import { LANGUAGES } from './phrases/all.js';

export const DEFAULT_LANGUAGE = 'en-GB';

/** The tag Vonage knows for a language that was asked for (`de` → `de-DE`); undefined when nobody speaks it here. */
export function knownLanguage(tag: string): string | undefined {
  const wanted = tag.toLowerCase();
  for (const { tags } of LANGUAGES) {
    const found = tags.find((known) => known.toLowerCase() === wanted);
    if (found !== undefined) return found;
    if (tags[0].slice(0, 2) === wanted) return tags[0];
  }
  return undefined;
}

export function knownLanguages(): string[] {
  return LANGUAGES.flatMap(({ tags }) => tags);
}

/** The language that people in a country are spoken to in; undefined where none of ours is the main one. */
export function languageOfCountry(country: string): string | undefined {
  return LANGUAGE_OF.get(country);
}

/**
 * The main language of each country, in ISO 3166 codes. Where most people grow up with a language that
 * nobody speaks here, but school, offices and telephones share one of ours, it is that one.
 */
const COUNTRIES: Record<string, string> = {
  'en-GB': `GB GG IM JE GI IE MT SG
    GH GM KE MW NG SL UG ZM ZW FK IO SH
    AG AI BB BM BS BZ DM GD GY JM KN KY LC MS SX TC TT VC VG`,
  'en-US': 'US AS GU MP UM VI CA LR PH',
  'en-AU': 'AU CC CX NF NZ CK NU TK FJ NR PG SB',
  'en-IN': 'IN',
  'en-ZA': 'ZA BW LS NA SZ',
  'de-DE': 'DE AT CH LI',
  'fr-FR': `FR LU MC BL GF GP HT MF MQ NC PF PM RE TF WF YT
    BF BI BJ CD CF CG CI CM DJ GA GN MG ML NE SN TD TG`,
  'es-ES': 'ES GQ',
  'es-MX': 'MX AR BO CL CO CR CU DO EC GT HN NI PA PE PR PY SV UY VE',
  'it-IT': 'IT SM VA',
  'nl-NL': 'NL BE AW BQ CW SR',
  'pt-PT': 'PT AO CV GW MZ ST',
  'pt-BR': 'BR',
  'pl-PL': 'PL',
  'sv-SE': 'SE AX',
  'da-DK': 'DK FO GL',
  'nb-NO': 'NO BV SJ',
  'fi-FI': 'FI',
  'cs-CZ': 'CZ',
  'tr-TR': 'TR',
  'ja-JP': 'JP',
};

const LANGUAGE_OF: ReadonlyMap<string, string> = new Map(
  Object.entries(COUNTRIES).flatMap(([tag, countries]) =>
    countries.split(/\s+/).map((country) => [country, tag] as const),
  ),
);
