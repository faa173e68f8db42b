import { createHash, createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Signing, webhookToken } from '../support/signed.js';
import { Operator } from '../support/voxproxy.js';
import { answerFields, digits, type Fields, type House, openHouse, type Paired, webhook } from './house.js';
import { answersIn, RawConnection, rawRequest } from './raw.js';

type Shape = { method?: string; target?: string; version?: string; headers?: string[]; body?: string };

let house: House;
let listener: Awaited<ReturnType<House['operator']['serve']>>;
let session: Paired;
let signing: Signing;
/** A call that is connected when it is signed. */
let body: string;
let fields: Fields;

beforeAll(async () => {
  house = await openHouse({ numbers: 1 });
  session = await house.pair(house.person(), house.person());
  listener = await house.operator.serve();
  signing = house.signing;
  fields = answerFields(session.a.realNumber, session.b.virtualNumber);
  body = JSON.stringify(fields);
});
afterAll(async () => {
  await listener?.stop();
  await house?.close();
});

function text({ method = 'POST', target = '/proxy-call', version = '1.1', headers = [], body = '' }: Shape) {
  const framed = headers.some((header) => /^(content-length|transfer-encoding|host)\b/i.test(header))
    ? []
    : ['Host: localhost', ...(method === 'GET' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`])];
  return [`${method} ${target} HTTP/${version}`, ...framed, ...headers, '', body].join('\r\n');
}

const bearer = (token: string) => `Authorization: Bearer ${token}`;
const token = (claims: Fields = {}, header: Fields = {}, of = body) =>
  webhookToken(signing, of, claims, header);
const now = () => Math.floor(Date.now() / 1000);
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claimsOf = (of = body): Fields =>
  JSON.parse(Buffer.from(parts(token({}, {}, of))[1], 'base64url').toString());
const parts = (of: string) => of.split('.') as [string, string, string];
const hmac = (algorithm: string, secret: string, of: string) =>
  createHmac(algorithm, secret).update(of).digest('base64url');
const post = (authorization: string, shape: Shape = {}): Shape => ({
  headers: [authorization],
  body,
  ...shape,
});
const get = (query: string, authorization: string): Shape => ({
  method: 'GET',
  target: `/proxy-call?${query}`,
  headers: [authorization],
});
const query = () => new URLSearchParams(fields as Record<string, string>);
const signedQuery = (of: Fields = fields, claims: Fields = {}) =>
  bearer(token(claims, {}, JSON.stringify(of)));

/** A token with any header and any signature; the claims are right. */
function forged(header: Fields, signature: (signed: string) => string) {
  const signed = `${encoded({ typ: 'JWT', ...header })}.${encoded(claimsOf())}`;
  return bearer(`${signed}.${signature(signed)}`);
}

const REFUSALS: Record<string, () => Shape> = {
  'no header': () => ({ body }),
  'an empty header': () => post('Authorization:'),
  'the scheme alone': () => post('Authorization: Bearer'),
  'a token without scheme': () => post(`Authorization: ${token()}`),
  'another scheme': () => post(`Authorization: Basic ${token()}`),
  'a scheme in small letters': () => post(`Authorization: bearer ${token()}`),
  'two spaces before the token': () => post(`Authorization: Bearer  ${token()}`),
  'two tokens in one header': () => post(`Authorization: Bearer ${token()}, Bearer ${token()}`),
  'the header twice, both right': () => ({ headers: [bearer(token()), bearer(token())], body }),
  'the header twice, the second wrong': () => ({ headers: [bearer(token()), 'authorization: x'], body }),
  'the header twice, the first wrong': () => ({ headers: ['AUTHORIZATION: x', bearer(token())], body }),
  'the header twice, 2,100 others between them': () => ({
    headers: [bearer(token()), ...Array.from({ length: 2_100 }, () => 'a:'), bearer(token())],
    body,
  }),
  'the token in X-Authorization': () => post(`X-Authorization: Bearer ${token()}`),
  'the token in Proxy-Authorization': () => post(`Proxy-Authorization: Bearer ${token()}`),
  'the token in a cookie': () => post(`Cookie: authorization=Bearer ${token()}`),
  'the token in the query': () => ({ target: `/proxy-call?access_token=${token()}`, body }),
  'the token in a trailer': () => ({
    headers: ['Host: localhost', 'Transfer-Encoding: chunked', 'Trailer: Authorization'],
    body: `${body.length.toString(16)}\r\n${body}\r\n0\r\n${bearer(token())}\r\n\r\n`,
  }),
  'alg none without signature': () => post(forged({ alg: 'none' }, () => '')),
  'alg none with the right signature': () =>
    post(forged({ alg: 'none' }, (signed) => hmac('sha256', signing.secret, signed))),
  'alg missing': () => post(forged({}, (signed) => hmac('sha256', signing.secret, signed))),
  'alg in small letters': () =>
    post(forged({ alg: 'hs256' }, (signed) => hmac('sha256', signing.secret, signed))),
  'alg a list': () => post(forged({ alg: ['HS256'] }, (signed) => hmac('sha256', signing.secret, signed))),
  RS256: () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    return post(
      forged({ alg: 'RS256' }, (signed) =>
        sign('sha256', Buffer.from(signed), privateKey).toString('base64url'),
      ),
    );
  },
  "RS256 of the application's own key": () =>
    post(
      forged({ alg: 'RS256' }, (signed) =>
        sign('sha256', Buffer.from(signed), house.sandbox.env.VONAGE_PRIVATE_KEY).toString('base64url'),
      ),
    ),
  HS512: () => post(forged({ alg: 'HS512' }, (signed) => hmac('sha512', signing.secret, signed))),
  'HS512 that says HS256': () =>
    post(forged({ alg: 'HS256' }, (signed) => hmac('sha512', signing.secret, signed))),
  'HS256 that says HS512': () =>
    post(forged({ alg: 'HS512' }, (signed) => hmac('sha256', signing.secret, signed))),
  'HS256 with the public key as secret': () => {
    const pem = createPublicKey(house.sandbox.env.VONAGE_PRIVATE_KEY).export({ type: 'spki', format: 'pem' });
    return post(forged({ alg: 'HS256' }, (signed) => hmac('sha256', String(pem), signed)));
  },
  'HS256 with a key in its header': () =>
    post(
      forged({ alg: 'HS256', kid: '/dev/null', jwk: { kty: 'oct', k: 'eA' } }, (signed) =>
        hmac('sha256', 'x', signed),
      ),
    ),
  'another secret': () => post(forged({ alg: 'HS256' }, (signed) => hmac('sha256', 'another', signed))),
  'an empty secret': () => post(forged({ alg: 'HS256' }, (signed) => hmac('sha256', '', signed))),
  'the API secret': () =>
    post(forged({ alg: 'HS256' }, (signed) => hmac('sha256', house.sandbox.env.VONAGE_API_SECRET, signed))),
  'no signature': () => post(forged({ alg: 'HS256' }, () => '')),
  'one letter of the signature changed': () => {
    const [header, claims, signature] = parts(token());
    return post(bearer(`${header}.${claims}.${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`));
  },
  'a padded signature': () => post(bearer(`${token()}=`)),
  'a longer signature': () => post(bearer(`${token()}AAAA`)),
  'claims changed after signing': () => {
    const [header, , signature] = parts(token());
    return post(bearer(`${header}.${encoded({ ...claimsOf(), jti: 'x' })}.${signature}`));
  },
  'claims that are no object': () => {
    const signed = `${encoded({ alg: 'HS256' })}.${encoded([claimsOf()])}`;
    return post(bearer(`${signed}.${hmac('sha256', signing.secret, signed)}`));
  },
  'claims that are no JSON': () => {
    const signed = `${encoded({ alg: 'HS256' })}.${Buffer.from('{').toString('base64url')}`;
    return post(bearer(`${signed}.${hmac('sha256', signing.secret, signed)}`));
  },
  'a header that is no JSON': () => {
    const signed = `AAAA.${encoded(claimsOf())}`;
    return post(bearer(`${signed}.${hmac('sha256', signing.secret, signed)}`));
  },
  'issued too long ago': () => post(bearer(token({ iat: now() - 302 }))),
  'issued in the future': () => post(bearer(token({ iat: now() + 65 }))),
  'issued a day ago, as only messages may be': () => post(bearer(token({ iat: now() - 86_400 }))),
  'no iat': () => post(bearer(token({ iat: undefined }))),
  'iat as a text': () => post(bearer(token({ iat: String(now()) }))),
  'iat in milliseconds': () => post(bearer(token({ iat: Date.now() }))),
  'iat null': () => post(bearer(token({ iat: null }))),
  'another issuer': () => post(bearer(token({ iss: 'Nexmo' }))),
  'the issuer in small letters': () => post(bearer(token({ iss: 'vonage' }))),
  'no issuer': () => post(bearer(token({ iss: undefined }))),
  'another api_key': () => post(bearer(token({ api_key: 'abcd1234' }))),
  'no api_key': () => post(bearer(token({ api_key: undefined }))),
  'another application': () =>
    post(bearer(token({ application_id: '78d335fa-323d-0114-9c3d-d6f0d48968cf' }))),
  'an application that is null': () => post(bearer(token({ application_id: null }))),
  'no payload_hash on POST': () => post(bearer(token({ payload_hash: undefined }))),
  'a payload_hash that is null': () => post(bearer(token({ payload_hash: null }))),
  'a payload_hash that is a list': () =>
    post(bearer(token({ payload_hash: [createHash('sha256').update(body).digest('hex')] }))),
  'an empty payload_hash': () => post(bearer(token({ payload_hash: '' }))),
  'the payload_hash of another body': () => post(bearer(token({}, {}, `${body} `))),
  'the payload_hash of the body as parsed': () => ({ headers: [bearer(token())], body: ` ${body}` }),
  'the payload_hash of no body': () => post(bearer(token({}, {}, ''))),
  'no payload_hash on GET': () => get(`${query()}`, signedQuery(fields, { payload_hash: undefined })),
  'the payload_hash of a re-ordered query': () =>
    get(`${query()}`, signedQuery(Object.fromEntries(Object.entries(fields).reverse()))),
  'a query parameter more than was signed': () => get(`${query()}&x=1`, signedQuery()),
  'a query parameter less than was signed': () =>
    get(`${query()}`.replace(/&endpoint_type=\w+/, ''), signedQuery()),
  'a query parameter twice, the first signed': () => get(`${query()}&to=442079460999`, signedQuery()),
  'a query parameter twice, the last signed': () =>
    get(`${query()}&to=442079460999`, signedQuery({ ...fields, to: '442079460999' })),
  'a query parameter twice, spelled in two ways': () => get(`${query()}&%74o=${fields.to}`, signedQuery()),
  'a query signed, sent as a body': () => post(signedQuery(), { body: `${query()}` }),
  'a body signed, sent as a query': () => get(`${query()}`, bearer(token({}, {}, ` ${body}`))),
  'an empty query': () => get('', signedQuery()),
  'a method override': () => ({
    method: 'GET',
    headers: ['Host: localhost', 'X-HTTP-Method-Override: POST', bearer(token()), 'Content-Length: 0'],
  }),
  'a method override in the query': () => get('_method=POST', bearer(token())),
  'another body under a token of before': () =>
    post(bearer(token()), { body: body.replace('phone', 'PHONE') }),
  'two parts': () => post(bearer(parts(token()).slice(0, 2).join('.'))),
  'four parts': () => post(bearer(`${token()}.AAAA`)),
  'a dot at the end': () => post(bearer(`${token()}.`)),
  'dots alone': () => post(bearer('..')),
  'five parts, as an encrypted token': () => post(bearer('a.b.c.d.e')),
  'not base64': () => post(bearer('§§§.***.!!!')),
  'a token of 8 kB': () => post(bearer(`${'A'.repeat(8_000)}.${token()}`)),
  'a right token of 8 kB': () => post(bearer(token({ padding: 'A'.repeat(6_000) }))),
  'the route with an encoded letter': () => ({ target: '/proxy%2Dcall', body }),
  'an absolute target': () => ({ target: 'http://localhost/proxy-call', body }),
  'an upgrade to another protocol': () => ({
    headers: ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'],
    body,
  }),
  'HTTP/1.0': () => ({ version: '1.0', body }),
};

const NOT_FOUND: Record<string, () => Shape> = {
  'a slash in front': () => post(bearer(token()), { target: '//proxy-call' }),
  'a slash behind': () => post(bearer(token()), { target: '/proxy-call/' }),
  capitals: () => post(bearer(token()), { target: '/PROXY-CALL' }),
  'an encoded slash in front': () => post(bearer(token()), { target: '/%2Fproxy-call' }),
  'an encoded slash behind': () => post(bearer(token()), { target: '/proxy-call%2F' }),
  'an encoded slash': () => post(bearer(token()), { target: '/connect-event%2Fx' }),
  'a dot segment': () => post(bearer(token()), { target: '/./proxy-call' }),
  'a way up': () => post(bearer(token()), { target: '/healthz/../proxy-call' }),
  'an encoded way up': () => post(bearer(token()), { target: '/healthz/%2e%2e/proxy-call' }),
  'a parameter in the path': () => post(bearer(token()), { target: '/proxy-call;jsessionid=1' }),
  'an encoded zero': () => post(bearer(token()), { target: '/proxy-call%00' }),
  'a backslash': () => post(bearer(token()), { target: '/\\proxy-call' }),
  'a broken encoding': () => post(bearer(token()), { target: '/%zz' }),
  'the connect event without token': () => post(bearer(token()), { target: '/connect-event' }),
  'the connect event with more behind its token': () =>
    post(bearer(token()), { target: '/connect-event/a/b' }),
  'no such path': () => post(bearer(token()), { target: '/sessions' }),
  'the root of another host': () => ({ method: 'GET', target: 'http://example.com/sessions' }),
  PUT: () => post(bearer(token()), { method: 'PUT' }),
  DELETE: () => post(bearer(token()), { method: 'DELETE' }),
  PATCH: () => post(bearer(token()), { method: 'PATCH' }),
  OPTIONS: () => ({ method: 'OPTIONS', target: '/proxy-call' }),
  'OPTIONS of everything': () => ({ method: 'OPTIONS', target: '*' }),
  TRACE: () => ({ method: 'TRACE', target: '/proxy-call' }),
  PROPFIND: () => ({ method: 'PROPFIND', target: '/proxy-call' }),
  'POST to the root': () => post(bearer(token()), { target: '/' }),
  'GET of the connect event': () => ({ method: 'GET', target: '/connect-event/x' }),
  'GET of a message webhook': () => ({
    method: 'GET',
    target: '/inbound-message',
    headers: [bearer(token())],
  }),
};

const UNPARSED: Record<string, () => [status: number, text: string]> = {
  'a token of 100 kB': () => [431, text(post(bearer(`${'A'.repeat(100_000)}.${token()}`)))],
  '3,000 headers': () => [431, text({ headers: Array.from({ length: 3_000 }, (_, n) => `X-${n}: yes`) })],
  'a garbage method': () => [400, text({ method: 'BREW' })],
  'no request at all': () => [400, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
  'a body longer in one place than in the other': () => [
    400,
    text({
      headers: ['Host: localhost', 'Content-Length: 4', 'Transfer-Encoding: chunked', bearer(token())],
      body: '0\r\n\r\n',
    }),
  ],
  'two lengths': () => [
    400,
    text({
      headers: ['Host: localhost', 'Content-Length: 2', 'Content-Length: 4', bearer(token())],
      body: '{}{}',
    }),
  ],
  'a length with a sign': () => [
    400,
    text({ headers: ['Host: localhost', 'Content-Length: +2'], body: '{}' }),
  ],
  'a length in hexadecimals': () => [
    400,
    text({ headers: ['Host: localhost', 'Content-Length: 0x2'], body: '{}' }),
  ],
  'chunked, but not at last': () => [
    400,
    text({
      headers: ['Host: localhost', 'Transfer-Encoding: chunked, identity', bearer(token())],
      body: '{}',
    }),
  ],
  'a space before the colon': () => [400, text({ headers: [`Authorization : Bearer ${token()}`], body })],
  'a zero in a header': () => [400, text({ headers: ['X-Name: a\0b'], body })],
  'no host': () => [400, text({ headers: ['Content-Length: 0'] })],
  'no such version': () => [400, text({ version: '9.9' })],
};

const answerTo = (request: string) => rawRequest(listener.url, request);

const REFUSAL_HEADERS = ['content-type: application/json; charset=utf-8', 'content-length: 2'];

async function expectValidOne() {
  const valid = await answerTo(text(post(bearer(token()))));
  expect(valid.status).toBe(200);
  expect(JSON.parse(valid.body)[1].endpoint[0].number).toBe(digits(session.b.realNumber));
}

describe('a request that is not proven to be Vonage’s', () => {
  it.each(Object.entries(REFUSALS))('%s: 401, an empty object and nothing else', async (_name, shape) => {
    const answer = await answerTo(text(shape()));
    expect(answer).toEqual({ status: 401, headers: REFUSAL_HEADERS, body: '{}' });
    await expectValidOne();
  });

  it.each(Object.entries(NOT_FOUND))('%s: 404, otherwise the same', async (_name, shape) => {
    const answer = await answerTo(text(shape()));
    expect(answer).toEqual({ status: 404, headers: REFUSAL_HEADERS, body: '{}' });
    await expectValidOne();
  });

  it.each(['/', '/healthz', '/proxy-call'])('HEAD %s: 404, otherwise the same', async (target) => {
    const connection = await RawConnection.to(listener.url);
    const head = text({ method: 'HEAD', target, headers: [bearer(token())] });
    const received = await connection.send(head).until((so) => so.includes('\r\n\r\n'));
    connection.close();
    expect(received).toMatch(/^HTTP\/1\.1 404 /);
    expect(received.toLowerCase()).toContain(REFUSAL_HEADERS.join('\r\n'));
  });

  it.each(Object.entries(UNPARSED))('%s: refused by the parser, without a body', async (_name, made) => {
    const [status, request] = made();
    expect(await answerTo(request)).toMatchObject({ status, body: '' });
    await expectValidOne();
  });

  it('is refused on every route of Vonage’s, by every method that it has', async () => {
    const none = { status: 401, headers: REFUSAL_HEADERS, body: '{}' };
    for (const [method, target] of [
      ['GET', '/proxy-call?to=1'],
      ['POST', '/proxy-call'],
      ['GET', '/event'],
      ['POST', '/event'],
      ['POST', '/connect-event/x'],
      ['POST', '/inbound-message'],
      ['POST', '/message-status'],
    ] as const) {
      expect(await answerTo(text({ method, target })), `${method} ${target}`).toEqual(none);
    }
  });

  it('is refused before its body is read', async () => {
    const connection = await RawConnection.to(listener.url);
    connection.send('POST /proxy-call HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n');
    const received = await connection.until((so) => answersIn(so).length > 0);
    connection.close();
    expect(answersIn(received)[0]).toEqual({ status: 401, headers: REFUSAL_HEADERS, body: '{}' });
  });

  it('is not asked to go on with its body, but one of Vonage’s is', async () => {
    const head = (authorization: string[]) =>
      [
        'POST /proxy-call HTTP/1.1',
        'Host: localhost',
        `Content-Length: ${body.length}`,
        'Expect: 100-continue',
        ...authorization,
        '',
        '',
      ].join('\r\n');
    const forgery = await RawConnection.to(listener.url);
    expect(await forgery.send(head([])).until((so) => answersIn(so).length > 0)).toMatch(/^HTTP\/1\.1 401 /);
    forgery.close();

    const genuine = await RawConnection.to(listener.url);
    await genuine.send(head([bearer(token())])).until((so) => so === 'HTTP/1.1 100 Continue\r\n\r\n');
    const received = await genuine.send(body).until((so) => answersIn(so).length > 0);
    genuine.close();
    expect(answersIn(received)[0]?.status).toBe(200);
  });

  it('is refused with an expectation that nobody knows, as without', async () => {
    const refused = await answerTo(text({ headers: ['Expect: the-unexpected'], body }));
    expect(refused).toEqual({ status: 401, headers: REFUSAL_HEADERS, body: '{}' });
  });

  it('gets nothing from being sent behind a good one, or before it', async () => {
    const good = text(post(bearer(token())));
    const bad = text({ body });
    const connection = await RawConnection.to(listener.url);
    const received = await connection.send(good + bad + good + bad).until((so) => answersIn(so).length === 4);
    connection.close();
    expect(answersIn(received).map(({ status }) => status)).toEqual([200, 401, 200, 401]);
  });

  it('takes no answer from a good one when it is garbage', async () => {
    for (const garbage of ['BREW\r\n\r\n', text({ headers: [`Authorization : Bearer ${token()}`] })]) {
      const connection = await RawConnection.to(listener.url);
      const good = text(post(bearer(token())));
      const received = await connection.send(good + good + garbage).until((_so, ended) => ended);
      connection.close();
      expect(answersIn(received).map(({ status }) => status)).toEqual([200, 200, 400]);
    }
  });
});

describe('a signed request', () => {
  it.each([
    ['within five minutes back', { iat: -298 }],
    ['up to a minute ahead', { iat: 58 }],
    ['without an application', { application_id: undefined }],
  ])('passes %s', async (_name, { iat, ...claims }: Fields) => {
    const changed = typeof iat === 'number' ? { iat: now() + iat } : claims;
    expect((await answerTo(text(post(bearer(token(changed)))))).status).toBe(200);
  });

  it('passes on HTTP/1.0, in chunks, and over a connection that is kept', async () => {
    expect((await answerTo(text(post(bearer(token()), { version: '1.0' })))).status).toBe(200);
    const chunks = `5\r\n${body.slice(0, 5)}\r\n${(body.length - 5).toString(16)}\r\n${body.slice(5)}\r\n0\r\n\r\n`;
    const chunked = {
      headers: ['Host: localhost', 'Transfer-Encoding: chunked', bearer(token())],
      body: chunks,
    };
    expect((await answerTo(text(chunked))).status).toBe(200);
  });

  it('passes with parameters that nobody knows, in any order, and in any letters', async () => {
    for (const more of [
      { 'SipHeader_X-Name': 'Zoë & Söhne + 1', _proto_: '1' },
      { __proto__x: '{"a":1}', constructor: 'x', 'a b': '%41' },
    ]) {
      const { status } = await webhook(listener.answerUrl, signing, { ...more, ...fields }, 'GET');
      expect(status).toBe(200);
    }
  });
});

describe('message webhooks', () => {
  it.each(['/inbound-message', '/message-status'])('%s may be a day old, and not two', async (target) => {
    const message = JSON.stringify({
      message_uuid: 'aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab',
      status: 'delivered',
    });
    const at = (iat: number) =>
      answerTo(text(post(bearer(webhookToken(signing, message, { iat })), { target, body: message })));
    expect((await at(now())).status).toBe(204);
    expect((await at(now() - 24 * 3600)).status).toBe(204);
    expect((await at(now() - 25 * 3600 + 5)).status).toBe(204);
    expect((await at(now() - 25 * 3600 - 5)).status).toBe(401);
    expect((await at(now() + 65)).status).toBe(401);
  });
});

describe('the setting allowUnhashedGet', () => {
  it('lets a GET pass without payload_hash, and nothing else', async () => {
    const operator = new Operator(house.sandbox.env);
    await operator.run(['config', 'set', 'allowUnhashedGet', 'true']);
    const lenient = await operator.serve();
    try {
      const statusOf = async (shape: Shape) => (await rawRequest(lenient.url, text(shape))).status;
      expect(await statusOf(get(`${query()}`, signedQuery(fields, { payload_hash: undefined })))).toBe(200);
      expect(await statusOf(get(`${query()}`, signedQuery()))).toBe(200);
      expect(await statusOf(get(`${query()}`, signedQuery({})))).toBe(401);
      expect(await statusOf(get(`${query()}&to=1`, signedQuery(fields, { payload_hash: undefined })))).toBe(
        401,
      );
      expect(await statusOf(get(`${query()}`, signedQuery(fields, { payload_hash: null })))).toBe(401);
      expect(await statusOf(post(bearer(token({ payload_hash: undefined }))))).toBe(401);
      expect(await statusOf(post(bearer(token({ payload_hash: undefined })), { body: '' }))).toBe(401);
    } finally {
      await lenient.stop();
      operator.clean();
    }
  });
});

describe('a signed webhook of another kind, captured and sent as a call', () => {
  it.each<[string, Fields]>([
    ['an event', { status: 'started', direction: 'inbound', timestamp: '2026-01-01T00:00:00.000Z' }],
    ['a text message', { channel: 'sms', message_uuid: 'aaaa-bbbb', text: 'hello' }],
    ['the state of a text message', { message_uuid: 'aaaa-bbbb', status: 'delivered' }],
    ['pressed keys', { dtmf: { digits: '1', timed_out: false } }],
  ])('is not answered with a number: %s', async (_what, more) => {
    const { status, body: said } = await webhook(listener.answerUrl, signing, { ...fields, ...more });
    expect(status).toBe(200);
    expect(said).toContain('temporarily unavailable');
    expect(said).not.toContain(digits(session.b.realNumber));
  });
});
