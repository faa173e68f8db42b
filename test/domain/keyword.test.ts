import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Keyword, keywordOf } from '../../src/domain/keyword.js';

const WORDS: [Keyword, string[]][] = [
  ['stop', ['stop', 'stopall', 'stop all', 'unsubscribe', 'cancel', 'end', 'quit', 'revoke']],
  ['stop', ['optout', 'opt out', 'opt-out', 'stopp', 'arret', 'arrêt', 'alto', 'parar']],
  ['start', ['start', 'unstop']],
  ['help', ['help', 'info']],
];
const ALL = WORDS.flatMap(([keyword, words]) => words.map((word) => [word, keyword] as const));

describe('a keyword', () => {
  it.each(ALL)('%j asks for %s', (word, keyword) => {
    expect(keywordOf(word)).toBe(keyword);
    expect(keywordOf(word.toUpperCase())).toBe(keyword);
  });

  it.each([
    'Stop.',
    ' STOP ',
    '"stop"',
    'stop!!!',
    '\nStop\n',
    'ＳＴＯＰ',
    'stop 🙏',
    '\u200bstop\u200b',
    '- stop -',
  ])('is one whatever stands around it: %j', (text) => {
    expect(keywordOf(text)).toBe('stop');
  });

  it('is one however often it is repeated, and none beside another', () => {
    for (const text of ['stop stop', 'STOP! Stop!! stop', 'stop. unsubscribe', 'st\u00adop'])
      expect(keywordOf(text)).toBe('stop');
    for (const text of ['stop start', 'help, stop', 'stop now']) expect(keywordOf(text)).toBeUndefined();
  });

  it('is none in a text so long that it is said to a person', () => {
    expect(keywordOf('stop '.repeat(12))).toBe('stop');
    expect(keywordOf('stop '.repeat(13))).toBeUndefined();
  });

  it('has its words apart by whatever space', () => {
    for (const text of ['stop  all', 'STOP\tALL', 'stop\u00a0all', 'Stop\nall'])
      expect(keywordOf(text)).toBe('stop');
  });

  const marks = fc.string({ unit: fc.constantFrom(...' .,!?"\'()*-_🙏❤️\n\t\u200b…') });
  it('is one in any case, between any marks', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ALL),
        marks,
        marks,
        fc.func(fc.boolean()),
        (word, before, after, isUpper) => {
          const typed = [...word[0]]
            .map((letter, i) => (isUpper(i) ? letter.toUpperCase() : letter))
            .join('');
          expect(keywordOf(`${before}${typed}${after}`)).toBe(word[1]);
        },
      ),
    );
  });

  it.each([
    '',
    '...',
    'Stop at the corner, please.',
    "Don't stop",
    'bus stop',
    'the end',
    'yes',
    'Yes!',
    'no',
    'st op',
    'constructor',
    '__proto__',
    'help me',
    'Start?now',
    'Cancel my ride',
  ])('%j is none', (text) => {
    expect(keywordOf(text)).toBeUndefined();
  });
});
