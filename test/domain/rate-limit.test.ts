import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RateLimit } from '../../src/domain/rate-limit.js';

describe('a rate limit', () => {
  it('lets so many through in a window, each key by itself', () => {
    const limit = new RateLimit(2, 100);
    expect([0, 50, 99].map((now) => limit.admit('one', now))).toEqual([true, true, false]);
    expect(limit.admit('other', 99)).toBe(true);
  });

  it('begins anew with the first that comes when the window is over', () => {
    const limit = new RateLimit(1, 100);
    expect([0, 1, 100, 199, 200].map((now) => limit.admit('one', now))).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
  });

  it('is not closed for ever by a clock that was set back', () => {
    const limit = new RateLimit(1, 100);
    expect([1_000_000, 50, 60, 150].map((now) => limit.admit('one', now))).toEqual([true, true, false, true]);
  });

  it('is not prolonged by those that it turns away', () => {
    const limit = new RateLimit(1, 100);
    const admitted = Array.from({ length: 201 }, (_, now) => limit.admit('one', now));
    expect(admitted.flatMap((yes, now) => (yes ? [now] : []))).toEqual([0, 100, 200]);
  });

  it('never lets more through in any window, and never turns the first of a key away', () => {
    const event = fc.record({ key: fc.constantFrom('a', 'b', 'c'), waits: fc.nat(60) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(event, { maxLength: 40 }), (most, events) => {
        const limit = new RateLimit(most, 100);
        const seen = new Map<string, { at: number; admitted: boolean }[]>();
        let now = 0;
        for (const { key, waits } of events) {
          now += waits;
          const before = seen.get(key) ?? [];
          const admitted = limit.admit(key, now);
          if (before.filter(({ at }) => now - at < 100).length < most) expect(admitted).toBe(true);
          seen.set(key, [...before, { at: now, admitted }]);
        }
        // Two windows meet in any stretch of that length.
        for (const of of seen.values())
          for (const { at } of of)
            expect(
              of.filter((one) => one.admitted && one.at >= at && one.at < at + 100).length,
            ).toBeLessThanOrEqual(2 * most);
      }),
    );
  });
});
