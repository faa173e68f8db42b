import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { poolOf } from '../contract/fixtures.js';
import { histories, live, PEOPLE } from '../contract/history.js';
import { MemorySessions } from './memory-sessions.js';

const through = (size: number, steps: Parameters<typeof live>[2], pool = poolOf(size)) =>
  live(new MemorySessions(pool), size, steps);

describe('whatever is paired, closed, extended and left to expire', () => {
  it('no leg has two owners, a quarantined leg waits for its two people, and the number dialled back reaches the caller', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), histories(40), async (size, steps) => {
        await through(size, steps);
      }),
      { numRuns: 100 },
    );
  });

  it('as many numbers as anybody has different people at once suffice for everybody, and one fewer does not', async () => {
    await fc.assert(
      fc.asyncProperty(histories(40), async (steps) => {
        const { mostPartners } = await through(PEOPLE, steps);
        fc.pre(mostPartners > 0);
        const enough = await through(mostPartners, steps);
        expect(enough.results.filter(({ kind }) => kind === 'full')).toEqual([]);
        const tooFew = await through(mostPartners - 1, steps);
        expect(tooFew.results.some(({ kind }) => kind === 'full')).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('the same history gives the same sessions, in whatever order the pool is kept', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), histories(40), async (size, steps) => {
        const once = await through(size, steps);
        const again = await through(size, steps, poolOf(size).reverse());
        expect(again.sessions).toEqual(once.sessions);
        expect(again.results.map(({ kind }) => kind)).toEqual(once.results.map(({ kind }) => kind));
      }),
      { numRuns: 40 },
    );
  });
});
