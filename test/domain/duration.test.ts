import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../src/domain/duration.js';

describe('a duration that people type', () => {
  it.each([
    ['90s', 90],
    ['45m', 2700],
    ['2h', 7200],
    ['1h30m', 5400],
    ['7d', 604_800],
    ['2w', 1_209_600],
    [' 2H ', 7200],
    ['30m1h', 5400],
    ['0s', 0],
    ['100w0001s', 60_480_001],
    ['36500d', 3_153_600_000],
  ])('%j is %i seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(['', '90', '-1h', '1.5h', '2 h', 'h', '2y', '1h-30m', '∞', '١h', '36500d1s', '999999999w', '1e3s'])(
    'is not %j',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  it('leads to a moment that a calendar has, however long it is', () => {
    const text = fc.array(fc.tuple(fc.nat(999_999_999), fc.constantFrom(...'wdhms')), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(text, (parts) => {
        const seconds = parseDuration(parts.flat().join(''));
        if (seconds !== undefined) new Date(Date.UTC(2100, 0) + seconds * 1000).toISOString();
      }),
    );
  });
});

it.each([
  [0, '0 seconds'],
  [-5, '0 seconds'],
  [1, '1 second'],
  [45.4, '45 seconds'],
  [60, '1 minute'],
  [90, '1 minute 30 s'],
  [3599.6, '1 hour'],
  [7199, '2 hours'],
  [7200, '2 hours'],
  [7230, '2 hours 1 min'],
  [86_400, '1 day'],
  [612_000, '7 days 2 h'],
  [691_199, '8 days'],
])('%f seconds are shown as %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});
