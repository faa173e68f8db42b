import { renameSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  answerFields,
  digits,
  type Fields,
  fetched,
  type House,
  newUuid,
  openHouse,
  type Paired,
  webhook,
} from './house.js';

let house: House;
let session: Paired;

beforeAll(async () => {
  house = await openHouse({ numbers: 1 });
  session = await house.pair(house.person(), house.person());
});
afterAll(() => house?.close());

type Line = Fields & { level: string; time: string; msg: string };

/** What somebody might write into a webhook who wants to write into our log. */
const INJECTIONS: Record<string, () => string> = {
  'a line of its own': () => `x\n{"level":"info","msg":"call","route":"connect"}\n`,
  'a carriage return': () => 'x\r⚠ everything is fine',
  'terminal escapes': () => '\x1b[2J\x1b]0;owned\x07\x1b[31mred',
  'an eight-bit escape': () => '\x9b31m\x85',
  'a line separator and turned letters': () => '\u2028\u202egnp.exe\u2066',
  'half a letter': () => '\ud800',
  'a very long text': () => 'x'.repeat(300_000),
};

describe('the log', () => {
  let listener: Awaited<ReturnType<House['operator']['serve']>>;
  let written = '';
  const lines = (): Line[] =>
    written
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));

  beforeAll(async () => {
    listener = await house.operator.serve([], {
      onError: (text) => {
        written += text;
      },
    });
  });
  afterAll(() => listener?.stop());
  beforeEach(() => {
    written = '';
  });

  const send = async (url: string, fields: Fields) => {
    const answer = await webhook(url, house.signing, fields);
    // Nobody waits for the log: its lines are written when the turn of the answer is over.
    await new Promise((resolve) => setImmediate(resolve));
    return answer;
  };

  it('tells of a call once, by its session and without its numbers', async () => {
    const fields = answerFields(session.a.realNumber, session.b.virtualNumber);
    for (let time = 0; time < 3; time++) await send(listener.answerUrl, fields);
    expect(lines()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        call: fields.uuid,
        session: session.id,
        route: 'connect',
        from: 'a',
        msg: 'call',
      },
    ]);
  });

  it('tells why a call was refused', async () => {
    await send(listener.answerUrl, answerFields('anonymous', session.b.virtualNumber));
    await send(listener.answerUrl, answerFields(house.person(), session.b.virtualNumber));
    await send(listener.answerUrl, answerFields(session.a.realNumber, '+442079469999'));
    await send(listener.answerUrl, {});
    expect(lines()).toEqual([
      expect.objectContaining({
        level: 'info',
        msg: 'call',
        route: 'refuse',
        reason: 'withheld',
        session: null,
      }),
      expect.objectContaining({
        level: 'info',
        msg: 'call',
        route: 'refuse',
        reason: 'unknown',
        session: null,
      }),
      expect.objectContaining({ level: 'error', msg: expect.stringContaining('not in the pool') }),
      expect.objectContaining({ level: 'info', msg: 'call', reason: 'not-in-pool' }),
      expect.objectContaining({ level: 'error', msg: 'answer webhook could not be read' }),
    ]);
  });

  it('tells of a store that cannot be read, by its file', async () => {
    const aside = `${house.storePath}.aside`;
    renameSync(house.storePath, aside);
    const fields = answerFields(session.a.realNumber, session.b.virtualNumber);
    await send(listener.answerUrl, fields);
    renameSync(aside, house.storePath);
    await send(listener.answerUrl, fields);
    const [failed, call] = lines();
    expect(failed).toMatchObject({ level: 'error', msg: 'call could not be routed', call: fields.uuid });
    expect(failed?.error).toContain(house.storePath);
    expect(call).toMatchObject({ level: 'info', msg: 'call', call: fields.uuid, route: 'connect' });
    expect(lines()).toHaveLength(2);
  });

  it('tells what became of a call', async () => {
    const fields = answerFields(session.a.realNumber, session.b.virtualNumber);
    await send(listener.answerUrl, fields);
    const { conversation_uuid, uuid } = fields;
    await send(listener.eventUrl, { uuid, conversation_uuid, status: 'completed', direction: 'inbound' });
    expect(lines()[1]).toMatchObject({
      msg: 'event',
      call: uuid,
      session: session.id,
      status: 'completed',
      direction: 'inbound',
    });
  });

  it('tells of each message and status once', async () => {
    const message_uuid = newUuid();
    const status = `${listener.url}/message-status`;
    for (const sent of ['submitted', 'delivered', 'submitted', 'rejected', 'rejected'])
      await send(status, { message_uuid, status: sent, to: digits(session.a.realNumber) });
    const text = { channel: 'sms', message_uuid, from: '447400999999', to: digits(session.b.virtualNumber) };
    for (const _time of [1, 2]) await send(`${listener.url}/inbound-message`, { ...text, text: 'Hi' });
    await send(`${listener.url}/inbound-message`, { message_uuid, text: 'Hi' });
    expect(lines().map(({ level, msg, message, status: said }) => [level, msg, message, said])).toEqual([
      ['info', 'text message', message_uuid, 'submitted'],
      ['info', 'text message', message_uuid, 'delivered'],
      ['warn', 'text message', message_uuid, 'rejected'],
      ['info', 'text not passed on', message_uuid, undefined],
      ['warn', 'inbound message could not be read, and is not passed on', undefined, undefined],
    ]);
  });

  it('tells why a request was refused, and nothing of what it carried', async () => {
    const secret = 'c2VjcmV0LXNlY3JldC1zZWNyZXQ';
    const headers = { authorization: `Bearer ${secret}.${secret}.${secret}` };
    const body = JSON.stringify(answerFields(session.a.realNumber, session.b.virtualNumber));
    await fetched(`${listener.answerUrl}?from=${digits(session.a.realNumber)}`, {
      method: 'POST',
      headers,
      body,
    });
    await fetched(`${listener.answerUrl}?from=${digits(session.a.realNumber)}`);
    await fetched(`${listener.url}/connect-event/${secret}`, { method: 'POST', body });
    expect(lines().map(({ level, msg, cause, method, route }) => [level, msg, cause, method, route])).toEqual(
      [
        ['warn', 'webhook refused', 'wrong signature', 'POST', '/proxy-call'],
        ['warn', 'webhook refused', 'no token', 'GET', '/proxy-call'],
        ['warn', 'webhook refused', 'no token', 'POST', '/connect-event/:token'],
      ],
    );
    expect(written).not.toContain(secret);
  });

  it.each(Object.entries(INJECTIONS))('cannot be forged: %s', async (_name, text) => {
    const evil = text();
    await send(
      listener.answerUrl,
      answerFields(session.a.realNumber, session.b.virtualNumber, { uuid: evil }),
    );
    await send(listener.answerUrl, answerFields(evil, session.b.virtualNumber, { from: evil }));
    await send(listener.answerUrl, answerFields(session.a.realNumber, evil, { to: evil }));
    await send(listener.eventUrl, { uuid: evil, conversation_uuid: evil, status: evil, direction: evil });
    await send(`${listener.url}/message-status`, {
      message_uuid: newUuid(),
      status: evil,
      client_ref: `${evil}/${evil}/${evil}`,
    });
    const from = digits(session.a.realNumber);
    const sms = { channel: 'sms', message_uuid: newUuid(), from, to: digits(session.b.virtualNumber) };
    for (const others of [{ message_uuid: evil }, {}, { message_uuid: newUuid(), from: evil }])
      await send(`${listener.url}/inbound-message`, { ...sms, text: evil, ...others });
    const statuses = lines().filter(({ msg }) => msg === 'text message');
    expect(statuses.length).toBeGreaterThan(0);
    expect(lines()).toHaveLength(7 + statuses.length);
    for (const line of written.split('\n')) {
      expect(line.length).toBeLessThan(300);
      expect(line).toMatch(/^[\x20-\x7e]*$/);
    }
  });

  it('has no number where a word should be', async () => {
    const number = digits(session.a.realNumber);
    for (const status of [number, `+${number}`, `${number} busy`, `busy-${number}`])
      await send(listener.eventUrl, { uuid: newUuid(), status, direction: number });
    expect(written).not.toContain(number.slice(-7));
    expect(lines().filter(({ msg }) => msg === 'event')).toHaveLength(4);
  });
});

describe('the log that somebody reads along', () => {
  it('has a line for each thing, fit for a terminal', async () => {
    const ending = new AbortController();
    let written = '';
    let shown = '';
    const ended = house.operator.run(['serve', '--port', '0'], {
      signal: ending.signal,
      terminal: { columns: 100 },
      onOutput: (text) => {
        shown += text;
      },
      onError: (text) => {
        written += text;
      },
    });
    await expect.poll(() => shown).toContain('Ctrl-C ends it.');
    const url = /listens on (http:\S+)/.exec(shown)?.[1] ?? '';
    for (const text of Object.values(INJECTIONS)) {
      const fields = { uuid: text(), status: text(), direction: text(), conversation_uuid: text() };
      await webhook(`${url}/event`, house.signing, fields);
    }
    const fields = answerFields(session.a.realNumber, session.b.virtualNumber);
    await webhook(`${url}/proxy-call`, house.signing, fields);
    await webhook(`${url}/proxy-call`, house.signing, answerFields(session.a.realNumber, '+442079469999'));
    ending.abort();
    expect((await ended).code).toBe(0);
    const lines = written.trimEnd().split('\n');
    expect(lines).toHaveLength(Object.keys(INJECTIONS).length + 4);
    for (const line of lines) expect(line).toMatch(/^\d\d:\d\d:\d\d [ ⚠✖] [\x20-\x7e·•]{4,200}$/);
    expect(lines).toContainEqual(
      expect.stringMatching(`  call · session ${session.id} · route connect · from a$`),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(/✖ a number that is not in the pool is linked .* dialled \+44•••••9999$/),
    );
  });
});
