import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partsOf } from '../../src/domain/text-parts.js';

const FAMILY = '👨‍👩‍👧‍👦';

describe('the parts of a text', () => {
  it.each(['', 'Hi.', 'x'.repeat(1000)])('are one while it is short enough', (text) => {
    expect(partsOf(text)).toEqual([text]);
  });

  it('are full ones, and the rest', () => {
    const lengths = partsOf('x'.repeat(2001)).map(({ length }) => length);
    expect(lengths).toEqual([1000, 1000, 1]);
  });

  it('end before a character that would be split', () => {
    expect(partsOf(`${'x'.repeat(999)}${FAMILY}`)).toEqual(['x'.repeat(999), FAMILY]);
    expect(partsOf(`${'x'.repeat(999)}e\u0301`)).toEqual(['x'.repeat(999), 'e\u0301']);
  });

  const unit = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }),
    fc.constantFrom(FAMILY, '🇬🇧', '7️⃣', '\r\n', 'e\u0301', '👩🏽‍🚒', ' ', 'x'.repeat(300)),
  );
  const texts = fc.array(unit, { maxLength: 60 }).map((units) => units.join(''));

  it('are the text when they are joined, are never too long or empty, and split no character', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom(20, 50, 1000), (text, longest) => {
        const parts = partsOf(text, longest);
        expect(parts.join('')).toBe(text);
        const characters = [...new Intl.Segmenter().segment(text)];
        const fits = characters.every(({ segment }) => segment.length <= longest);
        const beginnings = new Set([0, ...characters.map(({ index }) => index)]);
        let at = 0;
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(longest);
          expect(part === '' && text !== '').toBe(false);
          if (fits) expect(beginnings).toContain(at);
          at += part.length;
        }
      }),
      { numRuns: 300 },
    );
  });

  it('break up even what is one character only to the eye and longer than a part', () => {
    const towering = `e${'\u0301'.repeat(2500)}`;
    const parts = partsOf(`x${towering}`);
    expect(parts.join('')).toBe(`x${towering}`);
    for (const part of parts) {
      expect(part.length).toBeLessThanOrEqual(1000);
      expect(part).not.toBe('');
    }
    const many = partsOf('👩‍'.repeat(400));
    expect(many.join('')).toBe('👩‍'.repeat(400));
    for (const part of many) expect(part).not.toMatch(/\p{Cs}/u);
  });
});
