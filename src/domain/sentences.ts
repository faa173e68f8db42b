import { LANGUAGES } from './phrases/all.js';
import { ENGLISH } from './phrases/english.js';
import type { Language } from './phrases/language.js';

/** Every sentence that a caller or a callee may hear. */
export type SentenceKey =
  | 'connecting'
  | 'busy'
  | 'ended'
  | 'unknown'
  | 'withheld'
  | 'notInPool'
  | 'unavailable'
  | 'crossed'
  | 'direction'
  | 'whisper'
  | 'goodbye';

/** Every sentence that is only sent as a text message. */
export type TextKey = 'undelivered' | 'stopped' | 'started' | 'help';

export const SENTENCE_KEYS: readonly SentenceKey[] = Object.keys(ENGLISH.spoken) as SentenceKey[];

export const TEXT_KEYS: readonly TextKey[] = Object.keys(ENGLISH.texts) as TextKey[];

/** The longest text that Vonage speaks. */
export const LONGEST_SENTENCE = 1500;

/** Where the label of the other side goes. */
const CONTACT = '{contact}';

/** What is said: a text, or recorded audio at a URL. */
export type Said = { text: string } | { stream: string };

type Spoken = string | { stream: string };

/** One for every language, or several by language tag or its two letters. */
type Override<T> = T | Record<string, T>;

/** What the settings say in place of sentences: for every language, or by language tag. */
export type SentenceOverrides = Partial<Record<SentenceKey, Override<Spoken>>> &
  Partial<Record<TextKey, Override<string>>>;

/**
 * A sentence in a known language, unless the settings replace it.
 * @param contact the label of the other side, or null for "your contact" in that language; goes where {contact} stands
 */
export function spokenSentence(
  key: SentenceKey,
  language: string,
  overrides: SentenceOverrides,
  contact: string | null = null,
): Said {
  const own = languageOf(language);
  const said = chosen<Spoken>(overrides[key], language) ?? own.spoken[key];
  if (typeof said !== 'string') return { stream: said.stream };
  return { text: key === 'whisper' ? withContact(said, speakable(contact) ?? own.contact) : said };
}

/** A text message in a known language, unless the settings replace it. */
export function textSentence(key: TextKey, language: string, overrides: SentenceOverrides): string {
  return chosen<string>(overrides[key], language) ?? languageOf(language).texts[key];
}

function languageOf(tag: string): Language {
  return LANGUAGES.find(({ tags }) => tags.includes(tag)) ?? ENGLISH;
}

/** What the settings say in this language, if anything. */
function chosen<T extends Spoken>(override: Override<T> | undefined, language: string): T | undefined {
  if (override === undefined || !isByLanguage(override)) return override;
  const tag = [language, language.slice(0, 2)].find((known) => Object.hasOwn(override, known));
  return tag === undefined ? undefined : override[tag];
}

function isByLanguage<T extends Spoken>(override: Override<T>): override is Record<string, T> {
  return typeof override === 'object' && !('stream' in override);
}

/** Whoever writes a label writes words: it must never come to be markup, whatever it stands beside. */
function withContact(said: string, contact: string): string {
  return said.startsWith('<speak')
    ? said.replaceAll(CONTACT, () => escapedForXml(contact))
    : said.replaceAll(CONTACT, () => contact).replace(/[<>]/g, '');
}

/** A label without what no voice could say; undefined when nothing else is in it. */
function speakable(label: string | null): string | undefined {
  const text = label?.replace(UNSPEAKABLE, ' ') ?? '';
  return /[^\s<>]/.test(text) ? text : undefined;
}

/** Control characters, halves of characters and such: not one of them is allowed in XML. */
const UNSPEAKABLE = /[\p{Cc}\p{Cs}\p{Cn}]/gu;

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function escapedForXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
