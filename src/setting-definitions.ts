import { parseDuration } from './domain/duration.js';
import { knownLanguage, knownLanguages } from './domain/languages.js';
import { asE164, type E164 } from './domain/phone-number.js';
import { readSentences, readVoices, SENTENCES_EXPECTED, VOICES_EXPECTED } from './sentence-settings.js';

export type LookupWay = 'auto' | 'number-insight' | 'identity-insights' | 'offline';
export const LOOKUP_WAYS: readonly LookupWay[] = ['auto', 'number-insight', 'identity-insights', 'offline'];

export type Setting<T> = {
  env?: string;
  secret?: true;
  /** Somebody's number: shown redacted. */
  personal?: true;
  /** A duration: its value is seconds. */
  seconds?: true;
  /** Only the environment can set it. */
  envOnly?: true;
  /** As it would stand in the file. */
  default?: unknown;
  /** What `read` accepts, for the error. */
  expected: string;
  /** A value from the file or the environment, or undefined when it is not acceptable. */
  read: (raw: unknown) => T | undefined;
};

const text = (raw: unknown) => (typeof raw === 'string' && raw.trim() !== '' ? raw.trim() : undefined);
const wholeNumber = (raw: unknown) => (/^\d{1,9}$/.test(String(raw)) ? Number(raw) : undefined);
const flag = (raw: unknown) => ({ true: true, false: false })[String(raw)];

function duration(raw: unknown): number | undefined {
  return typeof raw === 'string' ? parseDuration(raw) : undefined;
}

/** An http(s) URL without query and without a slash at its end. */
export function baseUrl(raw: unknown): string | undefined {
  if (typeof raw !== 'string' || !URL.canParse(raw)) return undefined;
  const url = new URL(raw);
  const plain = url.search === '' && url.hash === '' && url.username === '' && url.password === '';
  return plain && /^https?:$/.test(url.protocol) ? url.href.replace(/\/+$/, '') : undefined;
}

function countries(raw: unknown): string[] | undefined {
  const list = Array.isArray(raw)
    ? raw
    : typeof raw === 'string'
      ? raw.split(/[\s,]+/).filter(Boolean)
      : undefined;
  const codes = list?.map((code) => String(code).toUpperCase());
  return codes?.every((code) => /^[A-Z]{2}$/.test(code) && REGIONS().of(code) !== undefined)
    ? codes
    : undefined;
}

/** Made when a country is read: few commands read one. */
const REGIONS = () => new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });

const anId = {
  expected: 'letters, digits and dashes, as in the dashboard',
  read: (raw: unknown) =>
    typeof raw === 'string' && /^[\w-]{1,64}$/.test(raw.trim()) ? raw.trim() : undefined,
};
const aText = { expected: 'a text that is not empty', read: text };
const aFlag = { expected: 'true or false', read: flag };
const aHost = { envOnly: true, expected: 'an http(s) URL without a query', read: baseUrl } as const;

/** Every setting: its variable, its default and what it accepts. */
export const SETTINGS = {
  apiKey: { env: 'VONAGE_API_KEY', ...anId },
  apiSecret: { env: 'VONAGE_API_SECRET', secret: true, ...aText },
  applicationId: { env: 'VONAGE_APPLICATION_ID', ...anId },
  privateKey: { env: 'VONAGE_PRIVATE_KEY', ...aText, expected: 'a path to a private key file' },
  signatureSecret: { env: 'VONAGE_SIGNATURE_SECRET', secret: true, ...aText },
  publicUrl: { expected: 'an http(s) URL without a query', read: baseUrl },
  port: {
    env: 'PORT',
    default: 3000,
    expected: 'a port from 0 to 65535',
    read: (raw: unknown) => {
      const port = wholeNumber(raw);
      return port !== undefined && port <= 65_535 ? port : undefined;
    },
  },
  lookup: {
    default: 'auto',
    expected: `one of ${LOOKUP_WAYS.join(', ')}`,
    read: (raw: unknown) => LOOKUP_WAYS.find((way) => way === raw),
  },
  quarantine: { seconds: true, default: '7d', expected: 'a duration like 7d or 12h', read: duration },
  retention: { seconds: true, expected: 'a duration like 30d', read: duration },
  language: {
    expected: `one of ${knownLanguages().join(', ')}`,
    read: (raw: unknown) => (typeof raw === 'string' ? knownLanguage(raw) : undefined),
  },
  sentences: { default: {}, expected: SENTENCES_EXPECTED, read: readSentences },
  voices: { default: {}, expected: VOICES_EXPECTED, read: readVoices },
  smsText: {
    default: 'Call this number to reach {contact}.',
    expected: 'a text of at most 300 characters that contains {contact}',
    read: (raw: unknown) =>
      typeof raw === 'string' && raw.includes('{contact}') && raw.length <= 300 ? raw : undefined,
  },
  maxDuration: {
    seconds: true,
    expected: 'a duration from 1s to 2h',
    read: (raw: unknown) => {
      const seconds = duration(raw);
      return seconds !== undefined && seconds >= 1 && seconds <= 7_200 ? seconds : undefined;
    },
  },
  screen: { default: false, ...aFlag },
  machineDetection: { default: false, ...aFlag },
  operatorNumber: {
    personal: true,
    expected: 'an international number like +441632960018',
    read: (raw: unknown): E164 | undefined =>
      typeof raw === 'string' ? asE164(raw.replace(/[\s().-]/g, '').replace(/^00/, '+')) : undefined,
  },
  maskNumbersInText: { default: false, ...aFlag },
  allowedCountries: { expected: 'country codes like GB,IE', read: countries },
  allowUnhashedGet: { default: false, ...aFlag },
  encryptionKeyFile: { ...aText, expected: 'a path to a key file' },
  restHost: { env: 'VONAGE_REST_HOST', ...aHost },
  apiHost: { env: 'VONAGE_API_HOST', ...aHost },
} satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof SETTINGS;
export type SettingValue<N extends SettingName> = NonNullable<ReturnType<(typeof SETTINGS)[N]['read']>>;

export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

export function definition<N extends SettingName>(name: N): Setting<SettingValue<N>> {
  return SETTINGS[name] as Setting<SettingValue<N>>;
}
