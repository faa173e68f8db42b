import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  answerFields,
  type Fields,
  type House,
  type Listener,
  openHouse,
  type Paired,
  SENTENCES,
  webhook,
} from './house.js';

const { connecting: CONNECTING, busy: BUSY, whisper: WHISPER } = SENTENCES;

let house: House;
let listener: Listener;

beforeAll(async () => {
  house = await openHouse({ numbers: 1 });
  listener = await house.listen();
});
afterAll(async () => {
  await listener?.stop();
  await house?.close();
});

const pair = (...flags: string[]) => house.pair(house.person(), house.person(), ...flags);
const callBy = ({ a, b }: Paired, fields: Fields = {}) =>
  house.control.call({ from: a.realNumber, to: b.virtualNumber, ...fields });
const detects = async (...flags: string[]) => {
  const { a, b } = await pair(...flags);
  const fields = answerFields(a.realNumber, b.virtualNumber);
  return (await webhook(listener.answerUrl, house.signing, fields)).ncco[1].machineDetection;
};

describe('a voicemail', () => {
  it('counts as nobody where machines are detected', async () => {
    const call = await callBy(await pair('--machine-detection'), { outcome: 'machine' });
    expect(call.error).toBeUndefined();
    expect(call.caller.hears).toEqual([CONNECTING, BUSY]);
    expect(call.callee?.joined).toBe(false);
    expect(call.events).toContainEqual(expect.objectContaining({ status: 'machine', delivered: 200 }));
  });

  it('answers like a person where they are not', async () => {
    const call = await callBy(await pair(), { outcome: 'machine' });
    expect(call.callee?.joined).toBe(true);
    expect(call.caller.hears[0]).toBe(CONNECTING);
    expect(call.caller.hears).not.toContain(BUSY);
  });

  it('counts as nobody for a callee who is asked as well', async () => {
    const session = await pair('--machine-detection', '--screen');
    const machine = await callBy(session, { outcome: 'machine' });
    expect(machine).toMatchObject({
      caller: { hears: [CONNECTING, BUSY] },
      callee: { hears: [], joined: false },
    });
    const person = await callBy(session, { calleeKeys: '1' });
    expect(person).toMatchObject({
      caller: { hears: [CONNECTING] },
      callee: { hears: [WHISPER], joined: true },
    });
  });
});

describe('a person', () => {
  it('is put through where machines are detected', async () => {
    const call = await callBy(await pair('--machine-detection'));
    expect(call).toMatchObject({ caller: { hears: [CONNECTING] }, callee: { joined: true } });
    expect(call.events).toContainEqual(expect.objectContaining({ status: 'human', delivered: 204 }));
  });
});

describe('whether machines are detected', () => {
  it('is up to the session, then to the setting', async () => {
    const all = async () => [
      await detects(),
      await detects('--machine-detection'),
      await detects('--no-machine-detection'),
    ];
    expect(await all()).toEqual([undefined, 'hangup', undefined]);
    await listener.stop();
    await house.setting('machineDetection', 'true');
    listener = await house.listen();
    expect(await all()).toEqual(['hangup', 'hangup', undefined]);
    expect((await callBy(await pair(), { outcome: 'machine' })).caller.hears).toEqual([CONNECTING, BUSY]);
  });
});
