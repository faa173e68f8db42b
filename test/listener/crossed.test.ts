import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  answerFields,
  type Fields,
  type House,
  type Listener,
  newUuid,
  openHouse,
  type Paired,
  SENTENCES,
  spoken,
  webhook,
} from './house.js';

const { connecting: CONNECTING, crossed: CROSSED } = SENTENCES;

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
afterEach(async () => {
  vi.useRealTimers();
  await house.control.clearFaults();
});

const pair = (...flags: string[]) => house.pair(house.person(), house.person(), ...flags);
const there = ({ a, b }: Paired) => ({ from: a.realNumber, to: b.virtualNumber });
const back = ({ a, b }: Paired) => ({ from: b.realNumber, to: a.virtualNumber });
const callOf = (fields: { from: string; to: string }, others: Fields = {}) =>
  answerFields(fields.from, fields.to, others);
const ask = async (fields: Fields) => (await webhook(listener.answerUrl, house.signing, fields)).ncco;

/** Tells what happened to a leg of a call. */
const tell = (call: Fields, status: string, direction: 'inbound' | 'outbound' = 'inbound') =>
  webhook(listener.eventUrl, house.signing, {
    uuid: direction === 'inbound' ? call.uuid : newUuid(),
    conversation_uuid: call.conversation_uuid,
    status,
    direction,
    timestamp: new Date().toISOString(),
  });

/** A call of `a` that rings the phone of `b`, as far as the listener knows. */
async function ringing(session: Paired, others: Fields = {}): Promise<Fields> {
  const call = callOf(there(session), others);
  await tell(call, 'started');
  await tell(call, 'ringing');
  expect(await ask(call)).toHaveLength(2);
  await tell(call, 'answered');
  await tell(call, 'started', 'outbound');
  await tell(call, 'ringing', 'outbound');
  return call;
}

const isConnected = (ncco: Fields[]) => ncco[1]?.action === 'connect';
const CROSSED_NCCO = [spoken(CROSSED)];

describe('two people who call each other at the same moment', () => {
  it('do not both hear a busy line: the second is asked to answer', async () => {
    const session = await pair();
    const call = await house.control.call({ ...there(session), meanwhile: back(session) });
    expect(call.meanwhile).toMatchObject({ ncco: CROSSED_NCCO, caller: { hears: [CROSSED] }, callee: null });
    expect(call).toMatchObject({
      caller: { hears: [CONNECTING] },
      callee: { number: session.b.realNumber, joined: true },
    });
  });

  it('reach each other again afterwards, both ways', async () => {
    const session = await pair();
    await house.control.call({ ...there(session), meanwhile: back(session) });
    for (const way of [back(session), there(session), back(session)]) {
      const call = await house.control.call(way);
      expect(call).toMatchObject({ caller: { hears: [CONNECTING] }, callee: { joined: true } });
    }
  });

  it('hear it in their own language', async () => {
    const session = await pair('--language-b', 'fr');
    const call = await house.control.call({ ...there(session), meanwhile: back(session) });
    expect(call.meanwhile?.caller.hears).toEqual([
      'Cette personne vous appelle en ce moment. Veuillez raccrocher et répondre.',
    ]);
  });

  it.each(['busy', 'unanswered', 'rejected', 'failed', 'timeout', 'cancelled'])(
    'whatever the first call comes to: %s',
    async (outcome) => {
      const session = await pair();
      const call = await house.control.call({ ...there(session), outcome, meanwhile: back(session) });
      // Nothing rings where a callee is busy or cannot be reached.
      if (call.meanwhile) expect(call.meanwhile.caller.hears).toEqual([CROSSED]);
      expect((await house.control.call(back(session))).callee?.joined).toBe(true);
    },
  );

  it.each(['duplicate-events', 'events-out-of-order'])('through a network with %s', async (quirk) => {
    const session = await pair();
    await house.control.fault({ path: 'network', quirk, times: 100 });
    const call = await house.control.call({ ...there(session), meanwhile: back(session) });
    await house.control.clearFaults();
    expect(call.meanwhile?.caller.hears).toEqual([CROSSED]);
    expect((await house.control.call(back(session))).callee?.joined).toBe(true);
  });

  it('are both connected where every event was lost: better than neither', async () => {
    const session = await pair();
    await house.control.fault({ path: 'network', quirk: 'lose-events', times: 1_000 });
    const call = await house.control.call({ ...there(session), meanwhile: back(session) });
    expect(call.meanwhile?.caller.hears).toEqual([CONNECTING]);
    expect(call.callee?.joined).toBe(true);
  });
});

describe('a call is not crossed', () => {
  it('by one that was only asked for, without anything being told of it', async () => {
    const session = await pair();
    for (let time = 0; time < 3; time++) {
      expect(isConnected(await ask(callOf(there(session))))).toBe(true);
      expect(isConnected(await ask(callOf(back(session))))).toBe(true);
    }
  });

  it('by another call of the same person', async () => {
    const session = await pair();
    await ringing(session);
    expect(isConnected(await ask(callOf(there(session))))).toBe(true);
  });

  it('by a call of another session of the same people', async () => {
    const [one, other, third] = [house.person(), house.person(), house.person()];
    const session = await house.pair(one, other);
    const elsewhere = await house.pair(one, third);
    await ringing(session);
    expect(isConnected(await ask(callOf(back(elsewhere))))).toBe(true);
    expect(isConnected(await ask(callOf(there(elsewhere))))).toBe(true);
    expect(await ask(callOf(back(session)))).toEqual(CROSSED_NCCO);
  });

  it('by a call that was refused', async () => {
    const session = await pair('--direction', 'b-to-a');
    const refused = callOf(there(session));
    await tell(refused, 'ringing');
    expect(await ask(refused)).toEqual([spoken(SENTENCES.direction)]);
    expect(isConnected(await ask(callOf(back(session))))).toBe(true);
  });

  it.each(['completed', 'busy', 'unanswered', 'timeout', 'rejected', 'failed', 'cancelled'])(
    'by one whose callee’s leg is over: %s',
    async (status) => {
      const session = await pair();
      const call = await ringing(session);
      expect(await ask(callOf(back(session)))).toEqual(CROSSED_NCCO);
      await tell(call, status, 'outbound');
      expect(isConnected(await ask(callOf(back(session))))).toBe(true);
    },
  );

  it('by one whose caller hung up, nor by one that was answered', async () => {
    for (const [status, direction] of [
      ['completed', 'inbound'],
      ['answered', 'outbound'],
    ] as const) {
      const session = await pair();
      await tell(await ringing(session), status, direction);
      expect(isConnected(await ask(callOf(back(session)))), status).toBe(true);
    }
  });

  it('by one that is over, though an event comes late', async () => {
    const session = await pair();
    const call = await ringing(session);
    await tell(call, 'completed');
    await tell(call, 'ringing', 'outbound');
    expect(isConnected(await ask(callOf(back(session))))).toBe(true);
  });

  it('by one whose end was never told, once it cannot ring any more', async () => {
    const session = await pair();
    await ringing(session);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 44_000 });
    expect(await ask(callOf(back(session)))).toEqual(CROSSED_NCCO);
    vi.setSystemTime(Date.now() + 2_000);
    expect(isConnected(await ask(callOf(back(session))))).toBe(true);
  });

  it('by one that has no ids', async () => {
    const session = await pair();
    await ringing(session, { uuid: undefined, conversation_uuid: undefined });
    expect(isConnected(await ask(callOf(back(session))))).toBe(true);
  });
});

describe('a crossed call that Vonage asks about again', () => {
  it('gets the same instructions, even when the other call is over by then', async () => {
    const session = await pair();
    const first = await ringing(session);
    const crossed = callOf(back(session));
    expect(await ask(crossed)).toEqual(CROSSED_NCCO);
    expect(await ask(crossed)).toEqual(CROSSED_NCCO);
    await tell(first, 'completed');
    expect(await ask(crossed)).toEqual(CROSSED_NCCO);
  });

  it('leaves the first call its own, whoever asks again', async () => {
    const session = await pair();
    const first = callOf(there(session));
    await tell(first, 'ringing');
    const ncco = await ask(first);
    expect(await ask(callOf(back(session)))).toEqual(CROSSED_NCCO);
    expect(await ask(first)).toEqual(ncco);
  });

  it('has ended when the session has', async () => {
    const session = await pair();
    await ringing(session);
    const crossed = callOf(back(session));
    await ask(crossed);
    await house.told(['unpair', session.id]);
    expect(await ask(crossed)).toEqual([spoken(SENTENCES.ended)]);
  });

  it('is logged once, with its reason', async () => {
    const session = await pair();
    await ringing(session);
    const crossed = callOf(back(session));
    await ask(crossed);
    await ask(crossed);
    expect(listener.log('call').filter(({ call }) => call === crossed.uuid)).toEqual([
      expect.objectContaining({ route: 'refuse', reason: 'crossed', session: session.id, from: 'b' }),
    ]);
  });
});
