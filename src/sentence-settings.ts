import { knownLanguage, knownLanguages } from './domain/languages.js';
import {
  LONGEST_SENTENCE,
  SENTENCE_KEYS,
  type SentenceKey,
  type SentenceOverrides,
  TEXT_KEYS,
} from './domain/sentences.js';

/** Two SMS in most languages. */
const LONGEST_TEXT = 300;

/** A label is at most this long, so that no sentence becomes longer than Vonage speaks; in markup it is escaped. */
const LONGEST_CONTACT = 'x'.repeat(64);
const LONGEST_ESCAPED = '&quot;'.repeat(64);

export const SENTENCES_EXPECTED =
  `a JSON object with sentences for any of ${[...SENTENCE_KEYS, ...TEXT_KEYS].join(', ')}: ` +
  `each a text (at most ${LONGEST_SENTENCE} characters, markup only as a whole <speak>…</speak>; ` +
  `${LONGEST_TEXT} and no markup for ${TEXT_KEYS.join(', ')}), {"stream": "https://…"} for what is spoken, ` +
  'or several by language like {"de": …, "en-US": …}; only whisper may contain {contact}';

export const VOICES_EXPECTED =
  'a JSON object from languages to numbers of voices (0 to 100), like {"de": 1, "en-US": 11}';

/** The sentences of the settings, with languages as Vonage writes them; undefined when any is not acceptable. */
export function readSentences(raw: unknown): SentenceOverrides | undefined {
  return readEach(parsed(raw), (key, value) => {
    const read = readerOf(key);
    return read && (read(value) ?? byLanguage(value, read, { atLeast: 1 }));
  }) as SentenceOverrides | undefined;
}

/** Vonage's number of the voice for every known language that the settings name; undefined when any is wrong. */
export function readVoices(raw: unknown): Record<string, number> | undefined {
  const voices = byLanguage(parsed(raw), voice, { atLeast: 0 });
  if (voices === undefined) return undefined;
  const ofTags = knownLanguages().map((tag) => [tag, voices[tag] ?? voices[tag.slice(0, 2)]]);
  return Object.fromEntries(ofTags.filter(([, style]) => style !== undefined));
}

/** Every recording that is played in place of a sentence, once. */
export function recordingsIn(overrides: SentenceOverrides): string[] {
  const recordings = (value: unknown): string[] => {
    if (!isObject(value)) return [];
    return typeof value.stream === 'string' ? [value.stream] : Object.values(value).flatMap(recordings);
  };
  return [...new Set(Object.values(overrides).flatMap(recordings))];
}

type Reader<T> = (raw: unknown) => T | undefined;

function readerOf(key: string): Reader<string | { stream: string }> | undefined {
  if ((TEXT_KEYS as readonly string[]).includes(key)) return message;
  const spoken = SENTENCE_KEYS.find((known) => known === key);
  return spoken && ((raw) => (isObject(raw) ? recording(raw) : sentence(spoken, raw)));
}

function message(raw: unknown): string | undefined {
  const text = typeof raw === 'string' ? raw.trim() : '';
  return text !== '' && text.length <= LONGEST_TEXT && !text.includes('{contact}') ? text : undefined;
}

function sentence(key: SentenceKey, raw: unknown): string | undefined {
  const text = typeof raw === 'string' ? raw.trim() : '';
  if (key !== 'whisper' && text.includes('{contact}')) return undefined;
  const contact = text.startsWith('<speak') ? LONGEST_ESCAPED : LONGEST_CONTACT;
  const words = wordsOf(text)?.trim().replaceAll('{contact}', contact) ?? '';
  return words !== '' && words.length <= LONGEST_SENTENCE ? text : undefined;
}

function recording(raw: Record<string, unknown>): { stream: string } | undefined {
  const { stream, ...rest } = raw;
  if (typeof stream !== 'string' || Object.keys(rest).length > 0 || !URL.canParse(stream)) return undefined;
  const { href, protocol, username, password } = new URL(stream);
  return /^https?:$/.test(protocol) && username === '' && password === '' ? { stream: href } : undefined;
}

function voice(raw: unknown): number | undefined {
  return Number.isInteger(raw) && Number(raw) >= 0 && Number(raw) <= 100 ? Number(raw) : undefined;
}

function byLanguage<T>(
  raw: unknown,
  read: Reader<T>,
  { atLeast }: { atLeast: number },
): Record<string, T> | undefined {
  const values = readEach(raw, (_, value) => read(value), tagOrLetters);
  return values !== undefined && Object.keys(values).length >= atLeast ? values : undefined;
}

/** `DE-de` → `de-DE`, `DE` → `de`. */
function tagOrLetters(language: string): string | undefined {
  return language.length === 2 ? knownLanguage(language)?.slice(0, 2) : knownLanguage(language);
}

/** Every value as it was read, or undefined when one was not acceptable or two have the same name. */
function readEach<T>(
  raw: unknown,
  read: (key: string, value: unknown) => T | undefined,
  nameOf: (key: string) => string | undefined = (key) => key,
): Record<string, T> | undefined {
  if (!isObject(raw)) return undefined;
  const found = new Map<string, T>();
  for (const [key, value] of Object.entries(raw)) {
    const name = nameOf(key);
    const one = read(key, value);
    if (name === undefined || one === undefined || found.has(name)) return undefined;
    found.set(name, one);
  }
  return Object.fromEntries(found);
}

/** From the environment and the command line comes JSON, from the file what it means. */
function parsed(raw: unknown): unknown {
  if (typeof raw !== 'string') return raw;
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const ATTRIBUTES = /(?:\s+[\w:.-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'))*\s*/.source;
const WHOLE = new RegExp(`^<speak${ATTRIBUTES}>([^]*)</speak\\s*>$`);
const TAG = new RegExp(`<(?<closing>/?)(?<name>[A-Za-z][\\w:.-]*)${ATTRIBUTES}(?<empty>/?)>`, 'g');
const STRAY_AMPERSAND = /&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-fA-F]{1,6});)/;

/**
 * A text without its tags, which are not counted when it is long. Undefined for tags outside of a `<speak>`
 * or without their partners: Vonage would fail to read them while somebody is on the line.
 */
function wordsOf(text: string): string | undefined {
  if (!/[<>]/.test(text)) return text;
  const inner = WHOLE.exec(text)?.[1];
  if (inner === undefined || STRAY_AMPERSAND.test(text)) return undefined;
  const open: string[] = [];
  for (const { groups: { closing, name = '', empty } = {} } of inner.matchAll(TAG)) {
    if (name === 'speak' || (closing && empty)) return undefined;
    if (closing && open.pop() !== name) return undefined;
    if (!closing && !empty) open.push(name);
  }
  const words = inner.replace(TAG, '');
  return open.length === 0 && !/[<>]/.test(words) ? words : undefined;
}
