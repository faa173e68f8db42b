import { type Candidate, type Offer, plain } from './candidate.js';

/** Values that are the same for everybody, each set loaded when it is asked for. */
export async function countries(): Promise<Candidate[]> {
  const { getCountries } = await import('libphonenumber-js/max');
  const names = new Intl.DisplayNames(['en'], { type: 'region' });
  return getCountries()
    .map((value) => ({ value, description: names.of(value) ?? '' }))
    .sort((one, other) => (one.value < other.value ? -1 : 1));
}

export async function languages(): Promise<Candidate[]> {
  const { knownLanguages } = await import('../../domain/languages.js');
  const names = new Intl.DisplayNames(['en'], { type: 'language' });
  return knownLanguages().map((value) => ({ value, description: names.of(value) ?? '' }));
}

export async function directions(): Promise<Candidate[]> {
  return plain((await import('../../domain/session.js')).DIRECTIONS);
}

export async function numberTypes(): Promise<Candidate[]> {
  return plain((await import('../../vonage/vonage.js')).NUMBER_TYPES);
}

export async function lookupWays(): Promise<Candidate[]> {
  return plain((await import('../../setting-definitions.js')).LOOKUP_WAYS);
}

/** A list with commas, of which the last word is being typed. */
export async function features(typed: string): Promise<Candidate[]> {
  const { FEATURES } = await import('../../vonage/vonage.js');
  const before = typed.slice(0, typed.lastIndexOf(',') + 1);
  const has = before.toUpperCase().split(',');
  return plain(FEATURES.filter((feature) => !has.includes(feature)).map((feature) => before + feature));
}

/** @param fileOnly leaves out those that the environment alone can set */
export async function settingNames(fileOnly: boolean): Promise<Candidate[]> {
  const { SETTINGS, SETTING_NAMES } = await import('../../setting-definitions.js');
  return SETTING_NAMES.filter((name) => !fileOnly || !('envOnly' in SETTINGS[name])).map((value) => ({
    value,
    description: SETTINGS[value].expected,
  }));
}

const SWITCHES: readonly string[] = ['screen', 'machineDetection', 'maskNumbersInText', 'allowUnhashedGet'];

/** What a setting can be, as far as that is a choice. */
export async function settingValues(name: string): Promise<Offer> {
  if (name === 'privateKey' || name === 'encryptionKeyFile') return 'files';
  if (SWITCHES.includes(name)) return plain(['true', 'false']);
  if (name === 'lookup') return lookupWays();
  if (name === 'language') return languages();
  return name === 'allowedCountries' ? countries() : [];
}
