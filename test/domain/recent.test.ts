import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Recent } from '../../src/domain/recent.js';
import { RecentRecords } from '../../src/domain/recent-records.js';

type Memory = { get(key: string): number | undefined; set(key: string, value: number): void };

function records(least: number): Memory {
  const recent = new RecentRecords(least, () => ({ value: Number.NaN }));
  return {
    get: (key) => recent.get(key)?.value,
    set: (key, value) => {
      recent.renew(key).value = value;
    },
  };
}

describe.each<[string, (least: number) => Memory]>([
  ['a map that forgets', (least) => new Recent<number>(least)],
  ['a table of records that forgets', records],
])('%s', (_name, make) => {
  it('remembers at least as many as it should, never twice as many, and nothing that was never set', () => {
    const keys = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 200 });
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 8 }), (set, least) => {
        const recent = make(least);
        for (const [at, key] of set.entries()) recent.set(`${key}`, at);
        const newest = [...new Set(set.toReversed())];
        for (const key of newest.slice(0, least)) expect(recent.get(`${key}`)).toBe(set.lastIndexOf(key));
        const known = Array.from({ length: 31 }, (_, key) => key).filter(
          (key) => recent.get(`${key}`) !== undefined,
        );
        expect(known.length).toBeLessThan(2 * least + 1);
        for (const key of known) expect(recent.get(`${key}`)).toBe(set.lastIndexOf(key));
      }),
    );
  });

  it('takes no key for another', () => {
    const some = fc.uniqueArray(fc.string({ unit: fc.constantFrom(...'01ab-'), maxLength: 40 }), {
      maxLength: 300,
    });
    fc.assert(
      fc.property(some, (keys) => {
        const recent = make(300);
        for (const [at, key] of keys.entries()) recent.set(key, at);
        expect(keys.map((key) => recent.get(key))).toEqual(keys.map((_, at) => at));
      }),
    );
  });

  it('keeps the last of very many apart', () => {
    const recent = make(10_000);
    for (let at = 0; at < 100_000; at++) recent.set(`CON-${at.toString(16).padStart(8, '0')}`, at);
    for (let at = 90_000; at < 100_000; at++)
      expect(recent.get(`CON-${at.toString(16).padStart(8, '0')}`)).toBe(at);
    expect(recent.get('CON-00000000')).toBeUndefined();
  });
});

it('a map that forgets does so when it is told to', () => {
  const recent = new Recent<number>(2);
  for (const [at, key] of ['a', 'b', 'c'].entries()) recent.set(key, at);
  for (const key of ['a', 'b', 'c']) {
    recent.delete(key);
    expect(recent.get(key)).toBeUndefined();
  }
});
