import { describe, expect, it } from 'vitest';
import type { CallRecord } from '../../src/domain/call-record.js';
import { dayOf, tallyBy } from '../../src/domain/call-summary.js';

const MIDNIGHT = Date.UTC(2026, 10, 22);
const call = (more: Partial<CallRecord>): CallRecord => ({
  id: 'x',
  sessionId: 'trip',
  from: 'a',
  startedAt: MIDNIGHT,
  answeredAt: MIDNIGHT,
  endedAt: MIDNIGHT,
  outcome: 'completed',
  endedBy: null,
  duration: 60,
  price: '0.10000000',
  ...more,
});

describe('a summary', () => {
  it('counts under each key, by UTC days', () => {
    const calls = [
      call({ startedAt: MIDNIGHT - 1 }),
      call({ duration: 31, price: '0.20000000' }),
      call({ outcome: 'refused', answeredAt: null, duration: null, price: null }),
      call({ outcome: null, duration: null }),
    ];
    const texts = [{ id: 't', sessionId: 'trip', from: 'b' as const, at: MIDNIGHT, outcome: 'delivered' }];
    expect([...tallyBy(calls, texts, ({ at }) => dayOf(at))]).toEqual([
      [
        '2026-11-21',
        {
          calls: 1,
          answered: 1,
          refused: 0,
          duration: 60,
          averageDuration: 60,
          price: '0.10000000',
          texts: 0,
        },
      ],
      [
        '2026-11-22',
        {
          calls: 3,
          answered: 2,
          refused: 1,
          duration: 31,
          averageDuration: 31,
          price: '0.30000000',
          texts: 1,
        },
      ],
    ]);
  });

  it('has no price and no average where none was told', () => {
    const [[, tally] = []] = [...tallyBy([call({ duration: null, price: null })], [], () => null)];
    expect(tally).toMatchObject({ averageDuration: null, price: null, duration: 0 });
  });
});
