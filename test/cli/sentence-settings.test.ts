import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knownLanguages } from '../../src/domain/languages.js';
import { SENTENCE_KEYS, TEXT_KEYS } from '../../src/domain/sentences.js';
import {
  readSentences,
  readVoices,
  recordingsIn,
  SENTENCES_EXPECTED,
  VOICES_EXPECTED,
} from '../../src/sentence-settings.js';

const RECORDING = { stream: 'https://example.com/busy.mp3' };

describe('sentences', () => {
  it.each<unknown>([
    {},
    { busy: 'No.' },
    { busy: 'x'.repeat(1500) },
    { busy: RECORDING, ended: { stream: 'http://example.com:8080/a/b.wav?v=2' } },
    { busy: { de: 'Nein.', 'en-US': RECORDING } },
    { whisper: 'Hi, {contact} here.' },
    { whisper: 'Press 1.' },
    { whisper: { de: '<speak>Anruf: <emphasis>{contact}</emphasis></speak>' } },
    { whisper: '<speak>A call from <sub alias="{contact}">them</sub></speak>' },
    { busy: `<speak>${'<s>x</s>'.repeat(1500)}</speak>` },
    {
      busy: `<speak xml:lang="en-GB">Wait <break time='1s' /> a <prosody rate = "slow">bit</prosody>\n&amp; &#33;</speak>`,
    },
    { stopped: 'Bye.', help: { de: 'Hilfe!' } },
    { help: 'x'.repeat(300) },
    { help: '1 < 2 & so on' },
    Object.fromEntries([...SENTENCE_KEYS, ...TEXT_KEYS].map((key) => [key, 'Some words.'])),
    Object.fromEntries(
      SENTENCE_KEYS.map((key) => [key, Object.fromEntries(knownLanguages().map((tag) => [tag, 'Words.']))]),
    ),
  ])('may be %j, as an object and as JSON', (value) => {
    expect(readSentences(value)).toEqual(value);
    expect(readSentences(JSON.stringify(value))).toEqual(value);
  });

  it('are kept in the form in which they are looked up', () => {
    expect(
      readSentences({
        busy: { DE: ' Nein. ', 'EN-us': 'Nope.' },
        ended: { stream: 'HTTPS://Example.com/a b.mp3' },
        unknown: ' <speak>No.</speak>\n',
      }),
    ).toEqual({
      busy: { de: 'Nein.', 'en-US': 'Nope.' },
      ended: { stream: 'https://example.com/a%20b.mp3' },
      unknown: '<speak>No.</speak>',
    });
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a number', 3],
    ['a list', [{ busy: 'No.' }]],
    ['words', 'Hi'],
    ['words in JSON', '"Hi"'],
    ['broken JSON', '{"busy":'],
    ['a sentence that there is not', { greeting: 'Hi' }],
    ['a property of every object', '{"__proto__":"Hi"}'],
    ['a name that every object has', { constructor: 'Hi' }],
    ['one good and one bad', { busy: 'No.', ended: '' }],
    ['empty', { busy: ' ' }],
    ['too long', { busy: 'x'.repeat(1501) }],
    ['too long in markup', { busy: `<speak>${'x'.repeat(1501)}</speak>` }],
    ['too long with a long contact', { whisper: `${'x'.repeat(1450)}{contact}` }],
    ['a contact where there is none', { busy: 'No {contact}.' }],
    ['a contact where there is none in one language', { busy: { de: 'Kein {contact}.' } }],
    ['a contact in a message', { help: 'Ask {contact}.' }],
    ['a long message', { help: 'x'.repeat(301) }],
    ['a message that is a recording', { help: RECORDING }],
    ['a message that is a recording in one language', { help: { de: RECORDING } }],
    ['a list of texts', { busy: ['No.'] }],
    ['a number for a text', { busy: 1 }],
    ['no language', { busy: {} }],
    ['a language nobody speaks', { busy: { tlh: "ghobe'" } }],
    ['a language and one nobody speaks', { busy: { de: 'Nein.', 'de-AT': 'Na.' } }],
    ['a language within a language', { busy: { de: { 'de-DE': 'Nein.' } } }],
    ['a language twice', { busy: { de: 'Nein.', DE: 'Nein!' } }],
    ['an empty text in one language', { busy: { de: '' } }],
    ['a path', { busy: { stream: '/busy.mp3' } }],
    ['a file', { busy: { stream: 'file:///busy.mp3' } }],
    ['a URL with credentials', { busy: { stream: 'https://me:word@example.com/busy.mp3' } }],
    ['a list of URLs', { busy: { stream: ['https://example.com/busy.mp3'] } }],
    ['a recording and something else', { busy: { ...RECORDING, loop: 0 } }],
    ['a recording and a language', { busy: { ...RECORDING, de: 'Nein.' } }],
    ['markup without its frame', { busy: 'No. <break/>' }],
    ['brackets', { busy: 'No > yes' }],
    ['markup after words', { busy: 'No. <speak>No.</speak>' }],
    ['words after markup', { busy: '<speak>No.</speak> No.' }],
    ['markup twice', { busy: '<speak>No.</speak><speak>No.</speak>' }],
    ['markup in markup', { busy: '<speak><speak>No.</speak></speak>' }],
    ['open markup', { busy: '<speak>No.' }],
    ['open markup inside', { busy: '<speak><p>No.</speak>' }],
    ['closed markup inside', { busy: '<speak>No.</p></speak>' }],
    ['crossed markup', { busy: '<speak><p><s>No.</p></s></speak>' }],
    ['another frame', { busy: '<speaker>No.</speaker>' }],
    ['markup without words', { busy: '<speak> <break time="1s"/> </speak>' }],
    ['a bare ampersand in markup', { busy: '<speak>You & me</speak>' }],
    ['a bare bracket in markup', { busy: '<speak>1 < 2</speak>' }],
    ['a comment in markup', { busy: '<speak><!-- no -->No.</speak>' }],
    ['an attribute without quotes', { busy: '<speak><break time=1s/>No.</speak>' }],
    ['a contact for a tag', { whisper: '<speak><{contact}/>No.</speak>' }],
  ])('cannot be: %s', (_, value) => {
    expect(readSentences(value)).toBeUndefined();
    if (typeof value !== 'string') expect(readSentences(JSON.stringify(value) ?? '')).toBeUndefined();
  });

  it('are read again as they were read, whatever they were', () => {
    const value = fc.oneof(fc.string(), fc.record({ stream: fc.webUrl() }), fc.jsonValue());
    const languages = fc.dictionary(fc.constantFrom('de', 'EN', 'en-us', 'pt-BR', 'tlh'), value);
    const raw = fc.dictionary(
      fc.constantFrom(...SENTENCE_KEYS, ...TEXT_KEYS, 'other'),
      fc.oneof(value, languages),
    );
    fc.assert(
      fc.property(raw, (one) => {
        const read = readSentences(one);
        if (read !== undefined) expect(readSentences(JSON.stringify(read))).toEqual(read);
      }),
      { numRuns: 500 },
    );
  });

  it('are read quickly, however odd', () => {
    const odd = [
      `<speak${' '.repeat(50_000)}`,
      `<speak>${'<a '.repeat(20_000)}</speak>`,
      '<a'.repeat(50_000),
    ];
    const before = performance.now();
    for (const busy of [...odd, `<speak>${'<a b="'.repeat(20_000)}</speak>`]) {
      expect(readSentences({ busy })).toBeUndefined();
    }
    expect(performance.now() - before).toBeLessThan(3_000);
  });

  it('are explained in one line that names them all', () => {
    for (const key of [...SENTENCE_KEYS, ...TEXT_KEYS]) expect(SENTENCES_EXPECTED).toContain(key);
    expect(SENTENCES_EXPECTED).not.toContain('\n');
  });
});

describe('the recordings', () => {
  it('are all that any language has, once', () => {
    const [one, two] = [{ stream: 'https://example.com/1.mp3' }, { stream: 'https://example.com/2.mp3' }];
    const overrides = { busy: one, ended: { de: one, en: two, fr: 'Non.' }, unknown: 'No.', help: 'Help!' };
    expect(recordingsIn(overrides)).toEqual([one.stream, two.stream]);
    expect(recordingsIn({})).toEqual([]);
  });
});

describe('voices', () => {
  it.each<[unknown, Record<string, number>]>([
    [{}, {}],
    [{ 'de-DE': 0 }, { 'de-DE': 0 }],
    [{ 'DE-de': 100 }, { 'de-DE': 100 }],
    [{ pt: 3 }, { 'pt-PT': 3, 'pt-BR': 3 }],
    [
      { en: 1, 'en-US': 11 },
      { 'en-GB': 1, 'en-US': 11, 'en-AU': 1, 'en-IN': 1, 'en-ZA': 1 },
    ],
  ])('%j are %j, as an object and as JSON', (value, voices) => {
    expect(readVoices(value)).toEqual(voices);
    expect(readVoices(JSON.stringify(value))).toEqual(voices);
    expect(readVoices(voices)).toEqual(voices);
  });

  it.each<unknown>([
    undefined,
    null,
    '',
    'de',
    '{"de":',
    [1],
    1,
    { tlh: 1 },
    { 'de-AT': 1 },
    { de: -1 },
    { de: 101 },
    { de: 1.5 },
    { de: '1' },
    { de: null },
    { de: 1, DE: 2 },
    { constructor: 1 },
  ])('cannot be %j', (value) => {
    expect(readVoices(value)).toBeUndefined();
  });

  it('are explained in one line', () => {
    expect(VOICES_EXPECTED).toMatch(/^a JSON object [^\n]+$/);
  });
});
