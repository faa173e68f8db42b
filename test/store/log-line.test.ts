import { describe, expect, it } from 'vitest';
import { parseLogLine } from '../../src/store/log-line.js';

const CALL = {
  kind: 'call',
  call: 'CON-1',
  leg: 'l1',
  at: 1_000,
  sessionId: 'brave-otter',
  from: 'a',
  refused: false,
};
const EVENT = {
  kind: 'event',
  call: 'CON-1',
  leg: 'l2',
  outbound: true,
  status: 'completed',
  at: 2_000,
  duration: 42,
  price: '0.00450000',
  by: null,
};

describe('a line of the call log', () => {
  it('is read as it was written', () => {
    for (const entry of [CALL, EVENT]) expect(parseLogLine(JSON.stringify(entry))).toEqual(entry);
  });

  it.each([
    { ...CALL, sessionId: '\u001b[2J\u001b]0;owned\u0007' },
    { ...CALL, sessionId: 'a\nb' },
    { ...CALL, sessionId: '447400123456' },
    { ...CALL, from: 'c' },
    { ...CALL, at: 8.64e15 },
    { ...CALL, at: -1 },
    { ...EVENT, duration: 'abc' },
    { ...EVENT, duration: 1e12 },
    { ...EVENT, price: [1] },
    { ...EVENT, price: 'much' },
    { ...EVENT, status: '\u009b31m' },
  ])('that nobody here wrote is left out: %j', (entry) => {
    expect(parseLogLine(JSON.stringify(entry))).toBeUndefined();
  });
});
