import { renameSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallReport } from '../../src/sandbox/call.js';
import {
  answerFields,
  digits,
  type Fields,
  type House,
  type Listener,
  openHouse,
  type Paired,
  SENTENCES,
  TEXTS,
  webhook,
} from '../listener/house.js';
import { known } from '../support/privacy.js';

const {
  connecting: CONNECTING,
  busy: BUSY,
  ended: ENDED,
  unknown: UNKNOWN,
  withheld: WITHHELD,
  notInPool: NOT_IN_POOL,
  unavailable: UNAVAILABLE,
  crossed: CROSSED,
  direction: DIRECTION,
  goodbye: GOODBYE,
  whisper: WHISPER,
} = SENTENCES;
const OPERATOR = known('+442071838750');
/** Linked to the application, and not in the pool. */
const LINKED_WRONGLY = '+442079460042';

let house: House;
let listener: Listener;

beforeAll(async () => {
  house = await openHouse();
  await house.control.rent('GB', digits(LINKED_WRONGLY));
  listener = await house.listen();
});
afterAll(async () => {
  await listener?.stop();
  await house?.close();
});

const pair = (...flags: string[]) => house.pair(house.person(), house.person(), ...flags);
const there = ({ a, b }: Paired) => ({ from: a.realNumber, to: b.virtualNumber });
const back = ({ a, b }: Paired) => ({ from: b.realNumber, to: a.virtualNumber });

/** Calls; `a` of a new pair unless told otherwise. */
async function call(fields: Fields = {}, ...flags: string[]): Promise<CallReport> {
  return house.control.call({ ...there(await pair(...flags)), ...fields });
}

async function callAfter(
  happens: (session: Paired) => Promise<unknown> | unknown,
  ...flags: string[]
): Promise<CallReport> {
  const session = await pair(...flags);
  await happens(session);
  return house.control.call(there(session));
}

/** A call while the store file is not what it should be. */
async function callWith(spoil: (path: string) => void): Promise<CallReport> {
  const session = await pair();
  const aside = `${house.storePath}.aside`;
  renameSync(house.storePath, aside);
  spoil(house.storePath);
  try {
    return await house.control.call(there(session));
  } finally {
    renameSync(aside, house.storePath);
  }
}

const damaged = (text: string) => (path: string) => writeFileSync(path, text, { mode: 0o600 });
const number = () => house.pool[0] as string;

type Row = [given: string, call: () => Promise<CallReport>, hears: string[], joined?: boolean];

const CONNECTED: Row[] = [
  ['a live session owns the leg', () => call(), [CONNECTING], true],
  ['the other side calls back', async () => house.control.call(back(await pair())), [CONNECTING], true],
  ['the callee hangs up first', () => call({ endedBy: 'callee' }), [CONNECTING], true],
  ['the call may only be short', () => call({}, '--max-duration', '10s'), [CONNECTING], true],
  [
    'the callee takes the call by pressing 1',
    () => call({ calleeKeys: '1' }, '--screen'),
    [CONNECTING],
    true,
  ],
  ['a person answers where machines are detected', () => call({}, '--machine-detection'), [CONNECTING], true],
  [
    'the session is paired again after its end',
    async () => {
      const session = await pair();
      await house.told(['unpair', session.id]);
      return house.control.call(there(await house.pair(session.a.realNumber, session.b.realNumber)));
    },
    [CONNECTING],
    true,
  ],
];

const NOT_TAKEN: Row[] = [
  ...['busy', 'rejected', 'unanswered', 'failed', 'timeout'].map(
    (outcome): Row => [`the callee: ${outcome}`, () => call({ outcome }), [CONNECTING, BUSY]],
  ),
  ['the caller gives up', () => call({ outcome: 'cancelled' }), [CONNECTING]],
  ['the callee presses nothing', () => call({}, '--screen'), [CONNECTING, BUSY]],
  ['a voicemail presses nothing', () => call({ outcome: 'machine' }, '--screen'), [CONNECTING, BUSY]],
  ['a voicemail is detected', () => call({ outcome: 'machine' }, '--machine-detection'), [CONNECTING, BUSY]],
];

const REFUSED: Row[] = [
  ['the session was closed', () => callAfter(({ id }) => house.told(['unpair', id])), [ENDED]],
  [
    'the session expired',
    () => callAfter(({ id }) => house.rewrite(id, { createdAt: 1, ttl: 60, expiresAt: Date.now() - 1 })),
    [ENDED],
  ],
  [
    'its quarantine is over',
    () => callAfter(({ id }) => house.rewrite(id, { createdAt: 1, closedAt: 2 })),
    [UNKNOWN],
  ],
  [
    'the person was erased',
    () => callAfter(({ a }) => house.told(['sessions', 'erase', a.realNumber, '--yes'])),
    [ENDED],
  ],
  ['a normal number owns no leg', () => call({ from: house.person() }), [UNKNOWN]],
  [
    'a participant dials a number that leads them nowhere',
    async () => {
      const { a, b } = await pair();
      expect(a.virtualNumber).not.toBe(b.virtualNumber);
      return house.control.call({ from: a.realNumber, to: a.virtualNumber });
    },
    [UNKNOWN],
  ],
  ...['', 'anonymous', 'unknown', 'restricted', 'private', '447700', '4477009000000001', '266696687'].map(
    (from): Row => [`the caller is ${from || 'empty'}`, () => call({ from }), [WITHHELD]],
  ),
  ['the caller is absent', async () => house.control.call({ to: number() }), [WITHHELD]],
  [
    'an app calls',
    async () => house.control.call({ to: number(), from_user: 'jane', endpoint_type: 'app' }),
    [WITHHELD],
  ],
  ['a SIP phone calls', () => call({ endpoint_type: 'sip' }), [WITHHELD]],
  ['the number is linked wrongly', () => call({ to: LINKED_WRONGLY }), [NOT_IN_POOL]],
  ['the store has vanished', () => callWith(() => {}), [UNAVAILABLE]],
  ['the store is damaged', () => callWith(damaged('{"version":2,"ses')), [UNAVAILABLE]],
  ['the store is empty', () => callWith(damaged('')), [UNAVAILABLE]],
  ['the store is of a newer version', () => callWith(damaged('{"version":99}')), [UNAVAILABLE]],
  [
    'the caller is blocked',
    () => callAfter(({ a }) => house.told(['numbers', 'block', a.realNumber])),
    [UNKNOWN],
  ],
  ['only the other one may call', () => call({}, '--direction', 'b-to-a'), [DIRECTION]],
  [
    'a stranger calls for the sixth time',
    async () => {
      const from = house.person();
      for (let time = 0; time < 5; time++) await house.control.call({ from, to: number() });
      return house.control.call({ from, to: number() });
    },
    [GOODBYE],
  ],
];

describe('what a caller hears', () => {
  it.each([...CONNECTED, ...NOT_TAKEN, ...REFUSED])(
    'when %s',
    async (_given, make, hears, joined = false) => {
      const report = await make();
      expect(report.error).toBeUndefined();
      expect(report.caller.hears).toEqual(hears);
      expect(report.callee?.joined ?? false).toBe(joined);
      // Whoever is rung sees one of our numbers.
      if (report.callee) expect(house.pool).toContain(report.callee.callerId);
      expect(report.callee === null).toBe(hears[0] !== CONNECTING);
      for (const { status } of report.webhooks) expect(status).toBe(200);
      for (const { delivered } of report.events) expect([200, 204]).toContain(delivered);
    },
  );

  it('when both call each other at once', async () => {
    const session = await pair();
    const first = await house.control.call({ ...there(session), meanwhile: back(session) });
    expect(first).toMatchObject({ caller: { hears: [CONNECTING] }, callee: { joined: true } });
    expect(first.meanwhile).toMatchObject({ caller: { hears: [CROSSED] }, callee: null });
  });

  it('when Vonage asks twice: the same, counted once', async () => {
    const session = await pair();
    const { from, to } = there(session);
    const fields = answerFields(from, to);
    const asked = () => webhook(listener.answerUrl, house.signing, fields);
    expect(await asked()).toEqual(await asked());
    await expect.poll(async () => (await house.told(['calls', session.id])).calls).toHaveLength(1);
  });

  it('when the session is closed while a call is up: nothing, and the next call is refused', async () => {
    const session = await pair();
    const { from, to } = there(session);
    const fields = answerFields(from, to);
    const { ncco } = await webhook(listener.answerUrl, house.signing, fields);
    const tell = (url: string, status: string, direction: string) =>
      webhook(url, house.signing, {
        uuid: fields.uuid,
        conversation_uuid: fields.conversation_uuid,
        status,
        direction,
      });
    await tell(listener.eventUrl, 'answered', 'inbound');
    await tell(ncco[1].eventUrl[0], 'answered', 'outbound');
    await house.told(['unpair', session.id]);
    expect(await tell(ncco[1].eventUrl[0], 'completed', 'outbound')).toMatchObject({ status: 204, body: '' });
    expect(await tell(listener.eventUrl, 'completed', 'inbound')).toMatchObject({ status: 204, body: '' });
    expect((await house.control.call({ from, to })).caller.hears).toEqual([ENDED]);
  });

  it('when it is about a wrongly linked number, and an unreadable store, the operator finds it in the log', () => {
    const errors = listener.log().filter(({ level }) => level === 'error');
    const messages = new Set(errors.map(({ msg }) => msg));
    expect(messages).toContain('a number that is not in the pool is linked to the application');
    expect(messages).toContain('call could not be routed');
  });
});

describe('what a callee sees and hears', () => {
  it('is the number that leads back to the caller, both ways', async () => {
    const session = await pair();
    const one = await house.control.call(there(session));
    expect(one.callee).toMatchObject({ number: session.b.realNumber, callerId: session.a.virtualNumber });
    const other = await house.control.call({ from: session.b.realNumber, to: one.callee?.callerId });
    expect(other.callee).toMatchObject({ number: session.a.realNumber, callerId: session.b.virtualNumber });
  });

  it('is a question where calls are screened', async () => {
    const asked = await call({ calleeKeys: '1' }, '--screen');
    expect(asked.callee?.hears).toEqual([WHISPER]);
  });
});

type TextRow = [
  given: string,
  flags: string[],
  happens: (session: Paired) => Promise<unknown> | unknown,
  text: string,
  callee: string[],
  sender: string[],
];

const fault = (fields: Fields) => () => house.control.fault(fields);

const MESSAGES: TextRow[] = [
  ['a live session owns the leg', [], () => {}, 'Hello?', ['Hello?'], []],
  ['numbers are hidden', ['--mask-numbers-in-text'], () => {}, 'Call 07400 999 888!', ['Call •••••!'], []],
  ['it says STOP', [], () => {}, 'STOP', [], [TEXTS.stopped]],
  ['it says HELP', [], () => {}, 'HELP', [], [TEXTS.help]],
  ['the session was closed', [], ({ id }) => house.told(['unpair', id]), 'Hello?', [], [TEXTS.undelivered]],
  ['only the other one may', ['--direction', 'b-to-a'], () => {}, 'Hello?', [], [TEXTS.undelivered]],
  ['the sender is blocked', [], ({ a }) => house.told(['numbers', 'block', a.realNumber]), 'Hello?', [], []],
  [
    'the other one asked for no texts',
    [],
    ({ a, b }) => house.text(b.realNumber, a.virtualNumber, 'STOP'),
    'Hello?',
    [TEXTS.stopped],
    [TEXTS.undelivered],
  ],
  [
    'Vonage refuses it',
    [],
    fault({ path: '/v1/messages', status: 422, times: 1 }),
    'Hello?',
    [],
    [TEXTS.undelivered],
  ],
  [
    'it cannot be delivered',
    [],
    fault({ path: 'network', quirk: 'undeliverable-texts', times: 1 }),
    'Hello?',
    ['Hello?'],
    [TEXTS.undelivered],
  ],
  [
    'Vonage brings it twice',
    [],
    fault({ path: 'network', quirk: 'duplicate-texts', times: 1 }),
    'Hello?',
    ['Hello?'],
    [],
  ],
];

describe('what becomes of a text', () => {
  it.each(MESSAGES)('when %s', async (_given, flags, happens, text, others, own) => {
    const session = await pair(...flags);
    await happens(session);
    expect(await house.text(session.a.realNumber, session.b.virtualNumber, text)).toBe(204);
    await house.control.clearFaults();
    const { a, b } = session;
    await expect
      .poll(() => house.inboxOf(a.realNumber))
      .toEqual(own.map((said) => ({ from: b.virtualNumber, text: said })));
    expect(await house.inboxOf(b.realNumber)).toEqual(
      others.map((said) => ({ from: a.virtualNumber, text: said })),
    );
  });

  it('when a stranger sends it: nothing, and nobody is answered', async () => {
    const sent = async () => (await house.control.json('/sandbox/messages')).body.messages.length;
    const before = await sent();
    for (const text of ['Hello?', 'STOP', 'HELP'])
      expect(await house.text(house.person(), number(), text)).toBe(204);
    expect(await sent()).toBe(before);
  });
});

describe('where strangers are put through', () => {
  beforeAll(async () => {
    await listener.stop();
    await house.setting('operatorNumber', OPERATOR);
    listener = await house.listen();
  });

  it.each<[string, Fields, string[]]>([
    ['answers', {}, [CONNECTING]],
    ['is busy', { outcome: 'busy' }, [CONNECTING, BUSY]],
  ])('the operator %s, and sees the number that was dialled', async (_what, fields, hears) => {
    const report = await house.control.call({ from: house.person(), to: number(), ...fields });
    expect(report.caller.hears).toEqual(hears);
    expect(report.callee).toMatchObject({ number: OPERATOR, callerId: number() });
  });
});
