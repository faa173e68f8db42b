import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Recent } from '../../src/domain/recent.js';

it('remembers at least as many as it should, never twice as many, and nothing that was never set', () => {
  const keys = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 200 });
  fc.assert(
    fc.property(keys, fc.integer({ min: 1, max: 8 }), (set, least) => {
      const recent = new Recent<number>(least);
      for (const [at, key] of set.entries()) recent.set(`${key}`, at);
      const newest = [...new Set(set.toReversed())];
      for (const key of newest.slice(0, least)) expect(recent.get(`${key}`)).toBe(set.lastIndexOf(key));
      const known = Array.from({ length: 31 }, (_, key) => key).filter(
        (key) => recent.get(`${key}`) !== undefined,
      );
      expect(known.length).toBeLessThan(2 * least + 1);
      for (const key of known) expect(set).toContain(key);
    }),
  );
});

it('forgets what it is told to forget', () => {
  const recent = new Recent<number>(2);
  for (const [at, key] of ['a', 'b', 'c'].entries()) recent.set(key, at);
  for (const key of ['a', 'b', 'c']) {
    recent.delete(key);
    expect(recent.get(key)).toBeUndefined();
  }
});
