import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signedGet, webhookToken } from '../support/signed.js';
import {
  answerFields,
  digits,
  type Fields,
  fetched,
  type House,
  openHouse,
  type Paired,
  SENTENCES,
  spoken,
} from './house.js';
import { rawRequest } from './raw.js';

let house: House;
let listener: Awaited<ReturnType<House['operator']['serve']>>;
let session: Paired;

beforeAll(async () => {
  house = await openHouse({ numbers: 1 });
  session = await house.pair(house.person(), house.person());
  listener = await house.operator.serve();
});
afterAll(async () => {
  await listener?.stop();
  await house?.close();
});

const fields = (others: Fields = {}) => answerFields(session.a.realNumber, session.b.virtualNumber, others);
const json = (others: Fields = {}) => JSON.stringify(fields(others));

async function sent(body: string | Buffer, type: string | null = 'application/json') {
  const authorization = `Bearer ${webhookToken(house.signing, body)}`;
  // Bytes have no content type of their own, so that fetch adds none.
  const init = {
    method: 'POST',
    headers: { authorization, ...(type === null ? {} : { 'content-type': type }) },
  };
  return fetched(listener.answerUrl, { ...init, body: Buffer.from(body) });
}

const APOLOGY = [spoken(SENTENCES.unavailable)];

describe('a signed request that makes no sense hears an apology', () => {
  const bodies: Record<string, () => string | Buffer> = {
    empty: () => '',
    'not JSON': () => '{"to":',
    'a form': () => `${new URLSearchParams(fields() as Record<string, string>)}`,
    'a list': () => `[${json()}]`,
    'a text': () => '"to"',
    'a number': () => '442079460000',
    null: () => 'null',
    'an empty object': () => '{}',
    'no dialled number': () => json({ to: undefined }),
    'an empty dialled number': () => json({ to: '' }),
    'a dialled number that is none': () => json({ to: 'voicemail' }),
    'a dialled number as a list': () => json({ to: [digits(session.b.virtualNumber)] }),
    'a dialled number as a number': () => json({ to: Number(digits(session.b.virtualNumber)) }),
    'a caller as a list': () => json({ from: [digits(session.a.realNumber)] }),
    'a caller as an object': () => json({ from: { number: digits(session.a.realNumber) } }),
    'a caller as a number': () => json({ from: Number(digits(session.a.realNumber)) }),
    'an id as a list': () => json({ uuid: ['a'] }),
    'a conversation as an object': () => json({ conversation_uuid: {} }),
    '1 MB of spaces': () => Buffer.alloc(1024 * 1024, ' '),
    '1 MB of zeros': () => Buffer.alloc(1024 * 1024),
    '1 MB of brackets': () => '['.repeat(1024 * 1024),
    'bytes that are no text': () => Buffer.from([0xff, 0xfe, 0x00, 0xd8]),
  };

  it.each(Object.entries(bodies))('body: %s', async (_name, body) => {
    const { status, ncco } = await sent(body());
    expect([status, ncco]).toEqual([200, APOLOGY]);
  });

  it.each([
    [{}],
    [{ from: '447700900123' }],
    [{ to: '' }],
    [{ to: 'x'.repeat(4_000) }],
    [{ 'to[]': '442079460000' }],
    [{ to: '["442079460000"]' }],
  ])('query: %o', async (parameters: Record<string, string>) => {
    const { query, init } = signedGet(house.signing, parameters);
    const { status, ncco } = await fetched(`${listener.answerUrl}${query}`, init);
    expect([status, ncco]).toEqual([200, APOLOGY]);
  });
});

describe('a signed request that makes sense is answered', () => {
  it.each([
    'application/json; charset=utf-8',
    'application/vnd.api+json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml',
    'multipart/form-data',
    'nonsense',
    ';;;',
    '/',
    null,
  ])('whatever its content type says: %s', async (type) => {
    const { status, ncco } = await sent(json(), type);
    expect(status).toBe(200);
    expect(ncco[1].endpoint[0].number).toBe(digits(session.b.realNumber));
  });

  it('with an empty content type', async () => {
    const body = json();
    const token = webhookToken(house.signing, body);
    const head = `POST /proxy-call HTTP/1.1\r\nHost: x\r\nContent-Type:\r\nContent-Length: ${body.length}\r\n`;
    const answer = await rawRequest(listener.url, `${head}Authorization: Bearer ${token}\r\n\r\n${body}`);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toHaveLength(2);
  });

  it.each<[string, Fields]>([
    [
      'fields that nobody knows',
      { custom_data: { deep: [[[]]] }, __proto__: 1, constructor: null, headers: {} },
    ],
    ['1 MB of them', { padding: 'x'.repeat(1024 * 1024) }],
    ['no ids', { uuid: undefined, conversation_uuid: undefined }],
    ['ids of 100 kB', { uuid: 'u'.repeat(100_000), conversation_uuid: 'c'.repeat(100_000) }],
    ['ids of odd letters', { uuid: '\u0000\u2028"\\'.repeat(32), conversation_uuid: '../../etc' }],
    ['the caller’s user null', { from_user: null }],
  ])('with %s', async (_name, others) => {
    const { status, ncco } = await sent(json(others));
    expect(status).toBe(200);
    expect(ncco[1].endpoint[0].number).toBe(digits(session.b.realNumber));
    const eventUrl: string = ncco[1].eventUrl[0];
    expect(eventUrl.length).toBeLessThan(2_048);
    expect((await fetched(eventUrl, { method: 'POST', body: '{"status":"busy"}' })).ncco).toEqual([
      spoken(SENTENCES.busy),
    ]);
  });

  it('ignores what stands in the query of a POST, and in the body of a GET', async () => {
    const body = json({ from: undefined });
    const authorization = `Bearer ${webhookToken(house.signing, body)}`;
    const query = new URLSearchParams(fields() as Record<string, string>);
    const post = await fetched(`${listener.answerUrl}?${query}`, {
      method: 'POST',
      headers: { authorization },
      body,
    });
    expect(post.ncco).toEqual([spoken(SENTENCES.withheld)]);

    const hidden = fields({ from: 'anonymous' }) as Record<string, string>;
    const signed = signedGet(house.signing, hidden);
    const inBody = json();
    const get = await rawRequest(
      listener.url,
      `GET /proxy-call${signed.query} HTTP/1.1\r\nHost: x\r\nAuthorization: ${signed.init.headers.authorization}\r\nContent-Length: ${inBody.length}\r\n\r\n${inBody}`,
    );
    expect(JSON.parse(get.body)).toEqual([spoken(SENTENCES.withheld)]);
  });
});

describe('a request that is larger than any of Vonage’s', () => {
  it('is refused like any other that is not proven, without words of the framework', async () => {
    const large = Buffer.alloc(3 * 1024 * 1024, ' ');
    const authorization = `Bearer ${webhookToken(house.signing, large)}`;
    const head = `POST /proxy-call HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nContent-Length: ${large.length}\r\n\r\n`;
    expect(await rawRequest(listener.url, head)).toMatchObject({ status: 401, body: '{}' });
    const chunked = `POST /proxy-call HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nTransfer-Encoding: chunked\r\n\r\n${large.length.toString(16)}\r\n`;
    expect(await rawRequest(listener.url, Buffer.concat([Buffer.from(chunked), large]))).toMatchObject({
      status: 401,
      body: '{}',
    });
  });

  it('is refused when its body ends too early', async () => {
    const body = json();
    const authorization = `Bearer ${webhookToken(house.signing, body)}`;
    const chunked = `POST /proxy-call HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`;
    const answer = await rawRequest(listener.url, chunked);
    expect([400, 401]).toContain(answer.status);
    expect(['', '{}']).toContain(answer.body);
  });
});
