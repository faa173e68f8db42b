import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { known } from '../support/privacy.js';
import { signedGet } from '../support/signed.js';
import {
  answerFields,
  digits,
  type Fields,
  type House,
  type Listener,
  openHouse,
  type Paired,
  SENTENCES,
  spoken,
  webhook,
} from './house.js';
import { answersIn, RawConnection } from './raw.js';

const { connecting: CONNECTING, busy: BUSY } = SENTENCES;
const [UNKNOWN, GOODBYE] = [[spoken(SENTENCES.unknown)], [spoken(SENTENCES.goodbye)]];
const OPERATOR = known('+442071838750');
const MINUTE = 60_000;

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
afterEach(() => {
  vi.useRealTimers();
});

const pair = (...flags: string[]) => house.pair(house.person(), house.person(), ...flags);
const ask = async (fields: Fields) => (await webhook(listener.answerUrl, house.signing, fields)).ncco;
const call = (from: string, to = house.pool[0] as string) => ask(answerFields(from, to));
const isConnected = (ncco: Fields[]) => ncco[1]?.action === 'connect';

/** Calls as often as a stranger may, and once more. */
async function wearOut(stranger: string): Promise<void> {
  for (let time = 0; time < 5; time++) expect(await call(stranger)).toEqual(UNKNOWN);
  expect(await call(stranger)).toEqual(GOODBYE);
}

describe('a stranger', () => {
  it('hears one sentence, and nobody’s phone rings', async () => {
    const report = await house.control.call({ from: house.person(), to: house.pool[0] });
    expect(report).toMatchObject({ ncco: UNKNOWN, caller: { hears: [SENTENCES.unknown] }, callee: null });
  });

  it('who goes on calling is sent away at once', async () => {
    const stranger = house.person();
    await wearOut(stranger);
    for (const number of house.pool) expect(await call(stranger, number)).toEqual(GOODBYE);
    expect(listener.log('call').at(-1)).toMatchObject({ route: 'refuse', reason: 'repeated', session: null });
  });

  it('is not taken for another one', async () => {
    await wearOut(house.person());
    expect(await call(house.person())).toEqual(UNKNOWN);
  });

  it('is heard again when ten minutes have gone by', async () => {
    const stranger = house.person();
    await wearOut(stranger);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 9 * MINUTE });
    expect(await call(stranger)).toEqual(GOODBYE);
    vi.setSystemTime(Date.now() + MINUTE + 1_000);
    expect(await call(stranger)).toEqual(UNKNOWN);
  });

  it('is counted once for a call that Vonage asks about again, and answered the same', async () => {
    const stranger = house.person();
    const first = answerFields(stranger, house.pool[0] as string);
    for (let time = 0; time < 9; time++) expect(await ask(first)).toEqual(UNKNOWN);
    for (let time = 0; time < 4; time++) expect(await call(stranger)).toEqual(UNKNOWN);
    const sixth = answerFields(stranger, house.pool[0] as string);
    expect(await ask(sixth)).toEqual(GOODBYE);
    expect(await ask(sixth)).toEqual(GOODBYE);
    expect(await ask(first)).toEqual(UNKNOWN);
  });

  it('is counted once for a call that Vonage asks about several times at the same moment', async () => {
    const stranger = house.person();
    const first = answerFields(stranger, house.pool[0] as string);
    const { query, init } = signedGet(house.signing, first as Record<string, string>);
    const once = `GET /proxy-call${query} HTTP/1.1\r\nHost: x\r\nAuthorization: ${init.headers.authorization}\r\n\r\n`;
    const connection = await RawConnection.to(listener.url);
    const received = await connection.send(once.repeat(20)).until((so) => answersIn(so).length === 20);
    connection.close();
    for (const { body } of answersIn(received)) expect(JSON.parse(body)).toEqual(UNKNOWN);
    for (let time = 0; time < 4; time++) expect(await call(stranger)).toEqual(UNKNOWN);
    expect(await call(stranger)).toEqual(GOODBYE);
  });

  it('who becomes a participant is connected, however often they called before', async () => {
    const stranger = house.person();
    await wearOut(stranger);
    const { b } = await house.pair(stranger, house.person());
    expect(isConnected(await call(stranger, b.virtualNumber))).toBe(true);
  });

  it('is none who is a participant, however often they call', async () => {
    const { a, b } = await pair();
    for (let time = 0; time < 8; time++) {
      expect(isConnected(await call(a.realNumber, b.virtualNumber))).toBe(true);
    }
  });
});

describe('somebody who is blocked', () => {
  const block = (number: string) => house.told(['numbers', 'block', number]);
  const unblock = (number: string) => house.told(['numbers', 'unblock', number]);

  it('hears what strangers hear, in all their sessions, until they are unblocked', async () => {
    const blocked = house.person();
    const sessions = [await house.pair(blocked, house.person()), await house.pair(house.person(), blocked)];
    const calls = sessions.map(({ a, b }) => (a.realNumber === blocked ? b.virtualNumber : a.virtualNumber));
    await block(blocked);
    for (const number of calls) expect(await call(blocked, number)).toEqual(UNKNOWN);
    await unblock(blocked);
    for (const number of calls) expect(isConnected(await call(blocked, number))).toBe(true);
  });

  it('is still reached by others', async () => {
    const { a, b } = await pair();
    await block(a.realNumber);
    expect(isConnected(await call(b.realNumber, a.virtualNumber))).toBe(true);
  });

  it('is refused as a stranger and in a session that has ended, too', async () => {
    const stranger = house.person();
    await block(stranger);
    for (const number of house.pool) expect(await call(stranger, number)).toEqual(UNKNOWN);
    const { id, a, b } = await pair();
    await house.told(['unpair', id]);
    await block(a.realNumber);
    expect(await call(a.realNumber, b.virtualNumber)).toEqual(UNKNOWN);
  });

  it('is refused in a call that Vonage asks about again', async () => {
    const { a, b } = await pair();
    const fields = answerFields(a.realNumber, b.virtualNumber);
    expect(isConnected(await ask(fields))).toBe(true);
    await block(a.realNumber);
    expect(await ask(fields)).toEqual(UNKNOWN);
  });

  it('is blocked before they ever were in a session', async () => {
    const someone = house.person();
    await block(someone);
    const { b } = await house.pair(someone, house.person());
    expect(await call(someone, b.virtualNumber)).toEqual(UNKNOWN);
  });
});

describe('where strangers are put through to an operator', () => {
  beforeAll(async () => {
    await listener.stop();
    await house.setting('operatorNumber', OPERATOR);
    await house.setting('maxDuration', '10m');
    await house.setting('screen', 'true');
    listener = await house.listen();
  });

  const forwarded = (dialled: string) => [
    spoken(CONNECTING),
    {
      action: 'connect',
      from: digits(dialled),
      timeout: 30,
      limit: 600,
      eventType: 'synchronous',
      eventUrl: [expect.stringContaining(`${listener.url}/connect-event/`)],
      eventMethod: 'POST',
      endpoint: [{ type: 'phone', number: digits(OPERATOR) }],
    },
  ];

  it('the operator sees the number that was dialled, and not the caller’s', async () => {
    for (const dialled of house.pool) {
      const stranger = house.person();
      const ncco = await call(stranger, dialled);
      expect(ncco).toEqual(forwarded(dialled));
      expect(JSON.stringify(ncco)).not.toContain(digits(stranger));
      const report = await house.control.call({ from: house.person(), to: dialled });
      expect(report).toMatchObject({
        caller: { hears: [CONNECTING] },
        callee: { number: OPERATOR, callerId: dialled, hears: [], joined: true },
      });
    }
  });

  it.each(['busy', 'unanswered', 'rejected', 'failed', 'timeout'])(
    'an operator who is %s is not available',
    async (outcome) => {
      const report = await house.control.call({ from: house.person(), to: house.pool[0], outcome });
      expect(report.caller.hears).toEqual([CONNECTING, BUSY]);
    },
  );

  it('is forwarded in the same words when Vonage asks again', async () => {
    const fields = answerFields(house.person(), house.pool[0] as string);
    expect(await ask(fields)).toEqual(await ask(fields));
  });

  it('a stranger who goes on calling is not', async () => {
    const stranger = house.person();
    for (let time = 0; time < 5; time++) expect(isConnected(await call(stranger))).toBe(true);
    expect(await call(stranger)).toEqual(GOODBYE);
  });

  it('one of our own numbers is not: the call would come back', async () => {
    const [one, other] = house.pool as [string, string];
    expect(await call(one, other)).toEqual(UNKNOWN);
    expect(await call(one, one)).toEqual(UNKNOWN);
  });

  it('a caller who shows no number is not', async () => {
    for (const from of ['anonymous', undefined, '']) {
      const fields = answerFields('', house.pool[0] as string, { from });
      expect(await ask(fields)).toEqual([spoken(SENTENCES.withheld)]);
    }
  });

  it('whoever is blocked is not', async () => {
    const blocked = house.person();
    await house.told(['numbers', 'block', blocked]);
    expect(await call(blocked)).toEqual(UNKNOWN);
  });

  it('participants are not, whether their session lives or has ended', async () => {
    const session: Paired = await pair('--no-screen');
    const { a, b } = session;
    expect((await call(a.realNumber, b.virtualNumber))[1].endpoint[0].number).toBe(digits(b.realNumber));
    await house.told(['unpair', session.id]);
    expect(await call(a.realNumber, b.virtualNumber)).toEqual([spoken(SENTENCES.ended)]);
  });

  it('nothing but the pool is forwarded', async () => {
    expect(await call(house.person(), '+442079469999')).toEqual([spoken(SENTENCES.notInPool)]);
  });

  it('the log names neither the caller nor the operator', () => {
    const forwards = listener.log('call').filter(({ route }) => route === 'forward');
    expect(forwards.length).toBeGreaterThan(5);
    for (const line of forwards) expect(line).toMatchObject({ session: null, from: null });
    expect(listener.said()).not.toContain(digits(OPERATOR).slice(-7));
  });

  it('the listener does not start where the operator’s number is one of ours', async () => {
    await house.setting('operatorNumber', house.pool[0]);
    const { code, document } = await house.operator.json(['serve', '--port', '0']);
    expect(code).toBe(3);
    expect(document.error.message).toContain('operatorNumber');
    expect(document.error.hint).toContain('voxproxy config unset operatorNumber');
  });
});
