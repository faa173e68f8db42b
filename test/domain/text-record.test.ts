import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOfText, TextBook, type TextEntry, type TextFate } from '../../src/domain/text-record.js';
import { START } from '../contract/fixtures.js';

const sent = (text: string, fate: TextFate = 'forwarded', at = START): TextEntry => ({
  kind: 'text',
  text,
  at,
  sessionId: 'trip',
  from: 'a',
  fate,
});
const told = (text: string, status: string): TextEntry => ({
  kind: 'text-status',
  text,
  at: START + 1,
  status,
});
const textsOf = (entries: TextEntry[]) => {
  const book = new TextBook();
  for (const entry of entries) book.add(entry);
  return book.texts();
};
const outcomes = (...entries: TextEntry[]) => textsOf(entries).map(({ id, outcome }) => `${id} ${outcome}`);

describe('the texts that a log tells of', () => {
  it('are told whole', () => {
    expect(textsOf([sent('t1')])).toEqual([
      { id: 't1', sessionId: 'trip', from: 'a', at: START, outcome: 'forwarded' },
    ]);
  });

  it.each<TextFate>(['forwarded', 'failed', 'refused', 'limited', 'stop', 'start', 'help'])(
    'came to be %s when Vonage says nothing',
    (fate) => {
      expect(outcomes(sent('t1', fate))).toEqual([`t1 ${fate}`]);
    },
  );

  it('end as Vonage says, each by itself', () => {
    expect(
      outcomes(
        sent('t1'),
        sent('t2'),
        told('t1', 'submitted'),
        told('t2', 'rejected'),
        told('t1', 'delivered'),
      ),
    ).toEqual(['t1 delivered', 't2 rejected']);
  });

  it('stand once and as they came first, however often Vonage brought them', () => {
    expect(
      outcomes(sent('t1'), sent('t1', 'refused'), told('t1', 'submitted'), told('t1', 'submitted')),
    ).toEqual(['t1 submitted']);
  });

  it('are not there for a status of a text that nobody knows, and know no words of tomorrow', () => {
    expect(outcomes(told('t1', 'delivered'))).toEqual([]);
    expect(outcomes(sent('t1'), told('t1', 'read'))).toEqual(['t1 forwarded']);
    expect(outcomes(sent('t1'), told('t1', 'constructor'))).toEqual(['t1 forwarded']);
  });

  it('end the same in whatever order and however often their statuses are told', () => {
    const statuses = ['submitted', 'delivered', 'undeliverable', 'other'];
    const ranks: Record<string, number> = { submitted: 1, delivered: 2, undeliverable: 3 };
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...statuses)), fc.nat(), (list, place) => {
        const entries = list.map((status) => told('t1', status));
        entries.splice(place % (entries.length + 1), 0, sent('t1'));
        const last = list.toSorted((one, other) => (ranks[other] ?? 0) - (ranks[one] ?? 0))[0] ?? '';
        expect(outcomes(...entries)).toEqual([`t1 ${ranks[last] === undefined ? 'forwarded' : last}`]);
      }),
    );
  });

  it('are told from calls by their kind', () => {
    expect([sent('t1'), told('t1', 'x'), { kind: 'call' }, { kind: 'event' }].map(isOfText)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
