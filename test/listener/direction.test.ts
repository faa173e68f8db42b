import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  answerFields,
  type House,
  type Listener,
  openHouse,
  type Paired,
  SENTENCES,
  spoken,
  webhook,
} from './house.js';

const { connecting: CONNECTING, direction: REFUSED } = SENTENCES;

let house: House;
let listener: Listener;

beforeAll(async () => {
  house = await openHouse();
  listener = await house.listen();
});
afterAll(async () => {
  await listener?.stop();
  await house?.close();
});

const pair = (...flags: string[]) => house.pair(house.person(), house.person(), ...flags);
const there = ({ a, b }: Paired) => ({ from: a.realNumber, to: b.virtualNumber });
const back = ({ a, b }: Paired) => ({ from: b.realNumber, to: a.virtualNumber });

describe('a session in which one person may call the other', () => {
  it.each([
    ['a-to-b', there, back],
    ['b-to-a', back, there],
  ] as const)('connects %s, and tells the other one that they will be called', async (way, may, mayNot) => {
    const session = await pair('--direction', way);
    const call = await house.control.call(may(session));
    expect(call).toMatchObject({ caller: { hears: [CONNECTING] }, callee: { joined: true } });
    const refused = await house.control.call(mayNot(session));
    expect(refused).toMatchObject({ ncco: [spoken(REFUSED)], caller: { hears: [REFUSED] }, callee: null });
  });

  it('says so in the language of whoever calls', async () => {
    const { a, b } = await pair('--direction', 'a-to-b', '--language-b', 'de');
    const fields = answerFields(b.realNumber, a.virtualNumber);
    expect((await webhook(listener.answerUrl, house.signing, fields)).ncco).toEqual([
      spoken('Sie können diese Person nicht anrufen. Sie werden von ihr angerufen.', 'de-DE'),
    ]);
  });

  it('has ended for both when it has ended, and blocked is blocked', async () => {
    const session = await pair('--direction', 'a-to-b');
    await house.told(['numbers', 'block', session.b.realNumber]);
    expect((await house.control.call(back(session))).caller.hears).toEqual([SENTENCES.unknown]);
    await house.told(['numbers', 'unblock', session.b.realNumber]);
    await house.told(['unpair', session.id]);
    for (const way of [there, back])
      expect((await house.control.call(way(session))).caller.hears).toEqual([SENTENCES.ended]);
  });

  it('leaves the other sessions of the same people alone', async () => {
    const [one, other] = [house.person(), house.person()];
    await house.pair(one, other, '--direction', 'a-to-b');
    const elsewhere = await house.pair(other, house.person());
    expect((await house.control.call(there(elsewhere))).callee?.joined).toBe(true);
  });

  it('keeps the refused call in the log, with its reason', async () => {
    const session = await pair('--direction', 'a-to-b');
    await house.control.call(back(session));
    expect(listener.log('call').at(-1)).toMatchObject({
      session: session.id,
      from: 'b',
      route: 'refuse',
      reason: 'direction',
    });
    await expect
      .poll(async () => (await house.told(['calls', session.id])).calls)
      .toEqual([expect.objectContaining({ from: 'b', outcome: 'refused' })]);
  });
});

describe('a session in which both may call', () => {
  it.each([[[]], [['--direction', 'both']]])('connects both: %o', async (flags) => {
    const session = await pair(...flags);
    for (const way of [there, back])
      expect((await house.control.call(way(session))).callee?.joined).toBe(true);
  });
});
