import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CallBook, callsOf } from '../../src/domain/call-book.js';
import type { CallEntry, LegEvent } from '../../src/domain/call-record.js';
import { sumOfPrices } from '../../src/domain/price.js';
import { START } from '../contract/fixtures.js';

const begun = (call = 'CON-1', leg = 'in', refused = false): CallEntry => ({
  kind: 'call',
  call,
  leg,
  at: START,
  sessionId: 'trip',
  from: 'b',
  refused,
});
const told = (leg: string, status: string, more: Partial<LegEvent> = {}): LegEvent => ({
  kind: 'event',
  call: 'CON-1',
  leg,
  outbound: leg.startsWith('out'),
  status,
  at: START + 1000,
  duration: null,
  price: null,
  by: null,
  ...more,
});
const WHOLE: CallEntry[] = [
  told('in', 'started', { at: START - 10 }),
  begun(),
  told('in', 'answered', { at: START }),
  told('out', 'started'),
  told('out', 'answered', { at: START + 5000 }),
  told('out', 'completed', { at: START + 65_000, duration: 60, price: '0.10000000', by: 'platform' }),
  told('in', 'completed', { at: START + 65_100, duration: 65, price: '0.20000000', by: 'user' }),
];
const RECORD = {
  id: 'CON-1',
  sessionId: 'trip',
  from: 'b',
  startedAt: START,
  answeredAt: START + 5000,
  endedAt: START + 65_100,
  outcome: 'completed',
  endedBy: 'b',
  duration: 60,
  price: '0.30000000',
};
const one = (...entries: CallEntry[]) => callsOf(entries)[0];

describe('a call of the log', () => {
  it('is told whole, its price summed to the last decimal', () => {
    expect(callsOf(WHOLE)).toEqual([RECORD]);
  });

  it('is the same in whatever order, and however often, its events come', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(WHOLE, { minLength: WHOLE.length }),
        fc.subarray(WHOLE),
        (all, again) => {
          const book = new CallBook();
          for (const entry of [...all, ...again]) {
            book.add(entry);
            book.changes();
          }
          expect(book.calls()).toEqual([RECORD]);
        },
      ),
    );
  });

  it('goes on as long as nobody tells its end', () => {
    expect(one(begun())).toMatchObject({ outcome: null, endedAt: null, endedBy: null, price: null });
  });

  it('was answered even when that event was lost', () => {
    const [call] = callsOf(WHOLE.filter((entry) => entry.kind !== 'event' || entry.status === 'completed'));
    expect(call).toMatchObject({ answeredAt: START + 5000, duration: 60 });
  });

  it('was not taken by a voicemail that was told from a person, nor by who did not press a key', () => {
    expect(one(...WHOLE, told('out', 'machine'))).toMatchObject({ outcome: 'unanswered', answeredAt: null });
    const declined: CallEntry = { kind: 'declined', call: 'CON-1', at: START };
    expect(one(...WHOLE, declined)).toMatchObject({ outcome: 'rejected', answeredAt: null, duration: null });
  });

  it('is busy, also when a leg that was never answered is completed besides', () => {
    for (const events of [
      [told('out', 'busy'), told('out', 'completed', { duration: 0 })],
      [told('out', 'completed', { duration: 0 }), told('out', 'busy')],
    ])
      expect(one(begun(), ...events)).toMatchObject({ outcome: 'busy' });
  });

  it('keeps its refusal', () => {
    expect(one(begun('CON-1', 'in', true), told('in', 'completed', { by: 'platform' }))).toMatchObject({
      outcome: 'refused',
      endedBy: 'platform',
    });
  });

  it.each([
    ['user', 'platform', 'b'],
    ['platform', 'user', 'a'],
    ['platform', 'platform', 'platform'],
    [null, null, null],
    ['platform', null, null],
  ] as const)('was ended: caller %s, callee %s → %s', (caller, callee, who) => {
    const events = [
      told('in', 'completed', { by: caller }),
      told('out', 'completed', { duration: 9, by: callee }),
    ];
    expect(one(begun(), ...events)?.endedBy).toBe(who);
  });

  it('was ended by who was first when both hang up', () => {
    const callee = told('out', 'completed', { duration: 9, by: 'user', at: START + 9000 });
    const caller = told('in', 'completed', { by: 'user', at: START + 12_000 });
    expect(one(begun(), caller, callee)?.endedBy).toBe('a');
  });

  it('keeps legs that went on in another conversation, however that is told', () => {
    const moved: CallEntry = { kind: 'moved', call: 'CON-1', to: 'CON-2', leg: 'in', at: START };
    const later = told('in', 'completed', { call: 'CON-2', price: '0.20000000' });
    const other = told('out', 'completed', { call: 'CON-2', price: '0.10000000', duration: 5 });
    for (const entries of [
      [begun(), moved, later, other],
      [other, later, moved, begun()],
      [other, moved, begun(), later],
    ])
      expect(callsOf(entries)).toMatchObject([{ id: 'CON-1', outcome: 'completed', price: '0.30000000' }]);
    expect(callsOf([begun(), later])).toMatchObject([{ endedAt: later.at }]);
  });

  it('stays itself when a transfer brings it together with another', () => {
    const moved: CallEntry = { kind: 'moved', call: 'CON-1', to: 'CON-2', leg: 'in', at: START };
    const calls = callsOf([
      begun(),
      begun('CON-2', 'in2'),
      moved,
      told('out', 'busy'),
      told('out2', 'failed', { call: 'CON-2' }),
    ]);
    expect(calls.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['CON-1', 'busy'],
      ['CON-2', 'failed'],
    ]);
  });

  it('is not there when only its events are, nor when ids are missing', () => {
    expect(callsOf([told('out', 'busy'), told('', 'busy', { call: '' })])).toEqual([]);
    expect(callsOf([begun('CON-1', ''), begun('CON-2', '')])).toHaveLength(2);
  });
});

describe('prices', () => {
  it('are added without drift', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 2_000_000_000 })), (units) => {
        const price = (unit: number) => `${Math.floor(unit / 1e8)}.${String(unit % 1e8).padStart(8, '0')}`;
        const total = units.reduce((sum, unit) => sum + unit, 0);
        expect(sumOfPrices(units.map(price))).toBe(units.length === 0 ? null : price(total));
      }),
    );
    expect(sumOfPrices(['0.1', '0.2', null, 'x', '12'])).toBe('12.30000000');
  });
});
