import { describe, expect, test } from 'vitest';
import { countParts } from '../../src/sandbox/text-parts.js';
import { CALLER, NUMBER, OTHER, setStage } from './stage.js';

const stage = setStage();

async function send(fields: Record<string, unknown> = {}): Promise<string> {
  const text = { channel: 'sms', message_type: 'text', from: NUMBER, to: CALLER, text: 'Hello.', ...fields };
  const { body } = await stage.control.post('/v1/messages', text, { authorization: stage.control.basic });
  return body.message_uuid;
}

const sent = async (): Promise<Record<string, string>[]> =>
  (await stage.control.get('/sandbox/messages')).body.messages;
const statusOf = async (message_uuid: string) =>
  (await sent()).find((text) => text.message_uuid === message_uuid)?.status;
const reported = (message_uuid: string) =>
  stage.answerer
    .at('/status')
    .map(({ fields }) => fields)
    .filter((fields) => fields.message_uuid === message_uuid);
const arrived = () => stage.answerer.at('/inbound').map(({ fields }) => fields);
const bring = (fields: Record<string, unknown> = {}) =>
  stage.control.post('/sandbox/messages', { from: CALLER, to: NUMBER, text: 'Hello.', ...fields });

describe('a text that the application sends', () => {
  test('is listed with its reference and what became of it', async () => {
    const id = await send({ client_ref: 'session-1' });
    await expect.poll(() => statusOf(id)).toBe('delivered');
    expect((await sent()).at(-1)).toMatchObject({ message_uuid: id, client_ref: 'session-1' });
    const plain = await send();
    expect((await sent()).find((text) => text.message_uuid === plain)).not.toHaveProperty('client_ref');
  });

  test.each([
    ['undeliverable-texts', 'undeliverable', '1260'],
    ['rejected-texts', 'rejected', '1210'],
  ])('with %s does not arrive, and the reason is told', async (quirk, status, code) => {
    await stage.control.fault({ path: 'network', quirk, times: 2 });
    const ids = [await send(), await send()];
    for (const id of ids) {
      await expect.poll(() => reported(id).length).toBe(2);
      expect(reported(id).map((fields) => fields.status)).toEqual(['submitted', status]);
      expect(reported(id)[1]?.error).toEqual({
        type: `https://developer.vonage.com/api-errors/messages#${code}`,
        title: expect.any(String),
        detail: expect.any(String),
        instance: id,
      });
      expect(await statusOf(id)).toBe(status);
    }
    const next = await send();
    await expect.poll(() => statusOf(next)).toBe('delivered');
    await expect.poll(() => reported(next).length).toBe(2);
    expect(reported(next)[1]).not.toHaveProperty('error');
  });

  test('is carried out although its answer is lost', async () => {
    await stage.control.fault({ path: '/v1/messages', drop: true, after: true });
    await expect(send({ text: 'Lost.' })).rejects.toThrow();
    await expect
      .poll(async () => (await sent()).find(({ text }) => text === 'Lost.')?.status)
      .toBe('delivered');
  });
});

describe("a text to one of the account's own numbers", () => {
  test('comes in again where that number belongs', async () => {
    stage.answerer.on('/inbound', { status: 200 });
    const id = await send({ to: OTHER, text: 'Over to you.' });
    await expect.poll(() => arrived().length).toBe(1);
    expect(arrived()[0]).toMatchObject({
      message_uuid: id,
      from: NUMBER,
      to: OTHER,
      text: 'Over to you.',
      channel: 'sms',
    });
    await expect.poll(() => statusOf(id)).toBe('delivered');
  });

  test('does not come in when it is not delivered', async () => {
    await stage.control.fault({ path: 'network', quirk: 'rejected-texts' });
    const id = await send({ to: OTHER });
    await expect.poll(() => reported(id).length).toBe(2);
    expect(arrived()).toEqual([]);
  });

  test('leads to ten others at most', async () => {
    stage.answerer.on('/inbound', ({ fields }) => {
      void send({ from: fields.to, to: fields.from, text: 'Round and round.' });
      return { status: 200 };
    });
    await send({ to: OTHER, text: 'Round and round.' });
    const circle = async () => (await sent()).filter(({ text }) => text === 'Round and round.');
    await expect.poll(async () => (await circle()).at(-1)?.status, { timeout: 5000 }).toBe('undeliverable');
    const seen = await circle();
    expect(arrived().length).toBeLessThanOrEqual(10);
    expect(seen.length).toBe(arrived().length + 1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await circle()).toHaveLength(seen.length);
    expect(reported(String(seen.at(-1)?.message_uuid)).map(({ status }) => status)).toEqual(['submitted']);
  });
});

describe('a text that comes in', () => {
  test('is the same one again under the same id', async () => {
    stage.answerer.on('/inbound', { status: 200 });
    for (const _time of [1, 2]) {
      expect((await bring({ message_uuid: 'same-again' })).body).toEqual({
        message_uuid: 'same-again',
        delivered: 200,
      });
    }
    expect(arrived().map(({ message_uuid }) => message_uuid)).toEqual(['same-again', 'same-again']);
    expect((await bring({ message_uuid: '' })).status).toBe(400);
  });

  test('comes twice at the same moment with duplicate-texts', async () => {
    let waiting = 0;
    stage.answerer.on('/inbound', async () => {
      waiting += 1;
      await expect.poll(() => waiting, { interval: 5 }).toBeGreaterThan(1);
      return { status: 200 };
    });
    await stage.control.fault({ path: 'network', quirk: 'duplicate-texts' });
    const { body } = await bring();
    expect(body.delivered).toBe(200);
    expect(arrived().map(({ message_uuid }) => message_uuid)).toEqual([body.message_uuid, body.message_uuid]);
    await bring();
    expect(arrived()).toHaveLength(3);
  });

  test('may have 1600 characters of any script', async () => {
    stage.answerer.on('/inbound', { status: 200 });
    const text = '🎈'.repeat(1600);
    expect((await bring({ text })).status).toBe(200);
    expect(arrived()[0]).toMatchObject({ text, sms: { num_messages: '48' } });
    expect(stage.answerer.at('/inbound')[0]?.signed).toBe(true);
    expect((await bring({ text: `${text}!` })).status).toBe(400);
  });
});

describe('the parts of a text', () => {
  test.each([
    ['a'.repeat(160), 1],
    ['a'.repeat(161), 2],
    ['a'.repeat(306), 2],
    ['a'.repeat(307), 3],
    ['é@£'.repeat(53), 1],
    ['€'.repeat(80), 1],
    ['€'.repeat(81), 2],
    ['я'.repeat(70), 1],
    ['я'.repeat(71), 2],
    ['я'.repeat(134), 2],
    ['я'.repeat(135), 3],
    ['🎈'.repeat(35), 1],
    ['🎈'.repeat(36), 2],
    [`${'a'.repeat(70)}ê`, 2],
  ])('%s', (text, count) => {
    expect(countParts(text)).toBe(count);
  });
});
