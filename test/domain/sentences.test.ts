import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knownLanguages } from '../../src/domain/languages.js';
import {
  LONGEST_SENTENCE,
  SENTENCE_KEYS,
  type SentenceKey,
  type SentenceOverrides,
  spokenSentence,
  TEXT_KEYS,
  textSentence,
} from '../../src/domain/sentences.js';

const spoken = (key: SentenceKey, language: string) => {
  const said = spokenSentence(key, language, {}, '{contact}');
  return 'text' in said ? said.text : '';
};

const whispered = (template: string, contact: string | null, language = 'en-GB') => {
  const said = spokenSentence('whisper', language, { whisper: template }, contact);
  return 'text' in said ? said.text : '';
};

describe('the English sentences', () => {
  it.each<[SentenceKey, string]>([
    ['connecting', 'Please wait while we connect your call.'],
    ['busy', 'The person you called is not available right now. Please try again later.'],
    ['ended', 'This call can no longer be connected: the session has ended.'],
    ['unknown', 'This number is not available.'],
    ['withheld', 'Please call again with your number shown.'],
    ['notInPool', 'This number is not in service.'],
    ['unavailable', 'This service is temporarily unavailable.'],
    ['crossed', 'They are calling you right now. Please hang up and answer.'],
    ['direction', 'You cannot call this person. They will call you.'],
    ['whisper', 'A call from your contact. Press 1 to take it.'],
    ['goodbye', 'Goodbye.'],
  ])('%s: "%s"', (key, text) => {
    for (const language of ['en-GB', 'en-US', 'tlh'])
      expect(spokenSentence(key, language, {})).toEqual({ text });
  });

  it.each([
    ['undelivered', 'Your message was not delivered.'],
    ['stopped', 'You will get no more messages from here. Text START to get them again.'],
    ['started', 'You will get messages again.'],
    ['help', 'Messages to this number are passed on to your contact. Text STOP to get no more.'],
  ] as const)('%s: "%s"', (key, text) => {
    expect(textSentence(key, 'en-GB', {})).toBe(text);
  });
});

describe.each(knownLanguages())('in %s', (language) => {
  it.each([...SENTENCE_KEYS])('%s is there, short, and without markup', (key) => {
    const text = spoken(key, language);
    expect(text.trim()).toBe(text);
    expect(text).toMatch(/.[.。]$/u);
    expect(text.length).toBeLessThanOrEqual(LONGEST_SENTENCE);
    expect(text).not.toMatch(/[<>&]/);
    expect(text.split('{contact}')).toHaveLength(key === 'whisper' ? 2 : 1);
    expect(text.replace('{contact}', '')).not.toMatch(/[{}]/);
  });

  it.each([...TEXT_KEYS])('%s is there and fits a message', (key) => {
    const text = textSentence(key, language, {});
    expect(text.trim()).toBe(text);
    expect(text).toMatch(/.[.。]$/u);
    expect(text.length).toBeLessThanOrEqual(300);
    expect(text).not.toMatch(/[{}]/);
  });

  it('the words are those of the language, and differ from each other', () => {
    const texts = [
      ...SENTENCE_KEYS.map((key) => spoken(key, language)),
      ...TEXT_KEYS.map((key) => textSentence(key, language, {})),
    ];
    const english = [
      ...SENTENCE_KEYS.map((key) => spoken(key, 'en-GB')),
      ...TEXT_KEYS.map((key) => textSentence(key, 'en-GB', {})),
    ];
    expect(new Set(texts).size).toBe(texts.length);
    const shared = texts.filter((text) => english.includes(text));
    expect(shared).toHaveLength(language.startsWith('en') ? texts.length : 0);
  });

  it('the key to press and the words to send are named', () => {
    expect(spoken('whisper', language)).toMatch(/1|ykköstä|jedničky/);
    expect(textSentence('stopped', language, {})).toContain('START');
    expect(textSentence('help', language, {})).toContain('STOP');
  });

  it('a contact without a label has a name too', () => {
    const said = spokenSentence('whisper', language, {}, null);
    expect(said).toEqual(spokenSentence('whisper', language, {}));
    const [before = '', after = ''] = spoken('whisper', language).split('{contact}');
    const text = 'text' in said ? said.text : '';
    expect(text.startsWith(before) && text.endsWith(after)).toBe(true);
    expect(text.slice(before.length, text.length - after.length)).toMatch(/^\p{L}[\p{L} ]+$/u);
  });
});

describe('what the settings say', () => {
  const overrides: SentenceOverrides = {
    busy: { 'en-US': 'Nope, buddy.', en: 'Nope, old chap.', de: { stream: 'https://example.com/de.mp3' } },
    ended: 'Over.',
    unknown: { stream: 'https://example.com/unknown.mp3' },
    stopped: { de: 'Schluss.' },
    help: 'Help yourself.',
  };

  it.each<[SentenceKey, string, unknown]>([
    ['busy', 'en-US', { text: 'Nope, buddy.' }],
    ['busy', 'en-GB', { text: 'Nope, old chap.' }],
    ['busy', 'en-AU', { text: 'Nope, old chap.' }],
    ['busy', 'de-DE', { stream: 'https://example.com/de.mp3' }],
    ['busy', 'sv-SE', { text: 'Personen du ringer kan inte svara just nu. Försök igen senare.' }],
    ['ended', 'ja-JP', { text: 'Over.' }],
    ['unknown', 'it-IT', { stream: 'https://example.com/unknown.mp3' }],
    ['withheld', 'de-DE', { text: 'Bitte rufen Sie noch einmal mit sichtbarer Rufnummer an.' }],
  ])('%s in %s', (key, language, said) => {
    expect(spokenSentence(key, language, overrides)).toEqual(said);
  });

  it('in messages', () => {
    expect(textSentence('stopped', 'de-DE', overrides)).toBe('Schluss.');
    expect(textSentence('stopped', 'en-GB', overrides)).toMatch(/^You will get no more/);
    expect(textSentence('help', 'de-DE', overrides)).toBe('Help yourself.');
  });

  it('by the exact language comes before the two letters, whatever their order', () => {
    const busy = { pt: 'Dois.', 'pt-BR': 'Um.' };
    expect(spokenSentence('busy', 'pt-BR', { busy })).toEqual({ text: 'Um.' });
    expect(spokenSentence('busy', 'pt-PT', { busy })).toEqual({ text: 'Dois.' });
  });

  it('by language is not sought where every object has something', () => {
    expect(spokenSentence('busy', 'toString', { busy: { de: 'Nein.' } })).toEqual(
      spokenSentence('busy', 'en-GB', {}),
    );
  });
});

describe('the contact', () => {
  it('goes where {contact} stands, as it is', () => {
    expect(spokenSentence('whisper', 'en-GB', {}, 'your driver Sam')).toEqual({
      text: 'A call from your driver Sam. Press 1 to take it.',
    });
    expect(whispered('{contact}! {contact}!', "$& O'Neill & {contact}")).toBe(
      "$& O'Neill & {contact}! $& O'Neill & {contact}!",
    );
    expect(whispered('{contact}?', null, 'fr-FR')).toBe('votre contact?');
  });

  it('is said in the whisper alone, and never over a recording', () => {
    expect(spokenSentence('busy', 'en-GB', { busy: 'No {contact}.' }, 'Sam')).toEqual({
      text: 'No {contact}.',
    });
    const whisper = { stream: 'https://example.com/whisper.mp3' };
    expect(spokenSentence('whisper', 'en-GB', { whisper }, 'Sam')).toEqual(whisper);
  });

  it('is escaped in markup, and loses its brackets elsewhere', () => {
    const contact = `<b "Sam" & 'Co'>`;
    expect(whispered('<speak>From {contact}.</speak>', contact)).toBe(
      '<speak>From &lt;b &quot;Sam&quot; &amp; &apos;Co&apos;&gt;.</speak>',
    );
    expect(whispered('From {contact}.', contact)).toBe(`From b "Sam" & 'Co'.`);
    expect(whispered('{contact}', '<speak>Hi</speak>')).toBe('speakHi/speak');
    expect(whispered('<{contact}', 'speak>Hi</speak>')).toBe('speakHi/speak');
  });

  it('has nothing in it that XML forbids', () => {
    expect(whispered('<speak>{contact}</speak>', 'a\u0000b\ud800c\uffffd')).toBe('<speak>a b c d</speak>');
  });

  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('<', '>', '<speak>', '</speak>', '<break/>', '&lt;', '{contact}', '"', '$&', '$`', ' '),
  );
  const anything = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));

  it('never makes markup of a text', () => {
    const template = anything.filter((text) => !text.startsWith('<speak'));
    fc.assert(
      fc.property(template, anything, fc.constantFrom(...knownLanguages()), (text, contact, language) => {
        expect(whispered(text, contact, language)).not.toMatch(/[<>]/);
        const own = spokenSentence('whisper', language, {}, contact);
        expect('text' in own && own.text).not.toMatch(/[<>]/);
      }),
    );
  });

  it('adds no markup to markup', () => {
    fc.assert(
      fc.property(anything, (contact) => {
        const text = whispered('<speak>From <sub alias="{contact}">{contact}</sub>.</speak>', contact);
        const [, alias = '', word = ''] =
          /^<speak>From <sub alias="([^"<>]*)">([^"<>]*)<\/sub>\.<\/speak>$/.exec(text) ?? [];
        expect(text).toBe(`<speak>From <sub alias="${alias}">${word}</sub>.</speak>`);
        expect(alias).toBe(word);
        expect(word).not.toMatch(/'|&(?!(amp|lt|gt|quot|apos);)|\p{Cc}|\p{Cs}/u);
      }),
    );
  });
});
