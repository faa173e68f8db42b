import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js';
import { controlOf } from '../sandbox/control.js';
import { Operator, type Result } from '../support/voxproxy.js';
import { answerFields, fetched, signingOf, webhook } from './house.js';
import { rawRequest } from './raw.js';

let sandbox: Sandbox;
let control: ReturnType<typeof controlOf>;
let operator: Operator;

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  control = controlOf(sandbox);
});
afterAll(() => sandbox?.close());
beforeEach(() => {
  operator = new Operator(sandbox.env);
});
afterEach(async () => {
  operator.clean();
  await control.reset();
});

const serving = (...argv: string[]): Promise<Result> => operator.run(['serve', '--port', '0', ...argv]);
const application = async () =>
  (await control.get(`/v2/applications/${sandbox.env.VONAGE_APPLICATION_ID}`)).body;
const put = (body: unknown) =>
  control.json(`/v2/applications/${sandbox.env.VONAGE_APPLICATION_ID}`, {
    method: 'PUT',
    body: JSON.stringify(body),
    headers: { authorization: control.basic },
  });

/** An application that somebody set up with care: GET, timeouts, no messages. */
async function ownWebhooks() {
  const before = await application();
  before.capabilities = {
    voice: {
      webhooks: {
        answer_url: {
          address: 'https://calls.example.com/old/answer',
          http_method: 'GET',
          connect_timeout: 500,
          socket_timeout: 3000,
        },
        event_url: {
          address: 'https://calls.example.com/old/event',
          http_method: 'GET',
          connect_timeout: 400,
          socket_timeout: 9000,
        },
      },
      signed_callbacks: false,
      conversations_ttl: 12,
      leg_persistence_time: 5,
      region: 'eu-west',
    },
    rtc: { webhooks: { event_url: { address: 'https://calls.example.com/rtc', http_method: 'POST' } } },
  };
  expect((await put(before)).status).toBe(200);
  return application();
}

describe('serve does not start', () => {
  const without = (...names: (keyof Sandbox['env'])[]) => {
    for (const name of names) delete operator.env[name];
  };

  it('without a signature secret, and says where it is', async () => {
    without('VONAGE_SIGNATURE_SECRET');
    const { code, document } = await operator.json(['serve', '--port', '0']);
    expect(code).toBe(3);
    expect(document.error.message).toContain('VONAGE_SIGNATURE_SECRET');
    expect(document.error.hint).toMatch(/dashboard.*API settings.*voxproxy config set signatureSecret/);
    without('VONAGE_API_KEY');
    expect((await serving()).code).toBe(3);
  });

  it.each(['VONAGE_API_KEY', 'VONAGE_API_SECRET', 'VONAGE_APPLICATION_ID'] as const)(
    'without %s',
    async (name) => {
      without(name);
      const { code, stderr } = await serving();
      expect(code).toBe(3);
      expect(stderr).toContain(name);
    },
  );

  it('with credentials that Vonage refuses', async () => {
    operator.env.VONAGE_API_SECRET = 'not-the-secret';
    expect((await serving()).code).toBe(3);
  });

  it('for an application that is not there', async () => {
    operator.env.VONAGE_APPLICATION_ID = '78d335fa-323d-0114-9c3d-d6f0d48968cf';
    expect((await serving()).code).toBe(4);
  });

  it('where a port is in use', async () => {
    const taken = createTcpServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    const before = await application();
    const { code, document } = await operator.json(['serve', '--port', String(port)]);
    taken.close();
    expect(code).toBe(5);
    expect(document.error).toMatchObject({ code: 'conflict', message: `Port ${port} is in use.` });
    expect(document.error.hint).toContain('--port');
    expect(await application()).toEqual(before);
  });

  it('on an address that is not this machine’s', async () => {
    expect((await serving('--host', '203.0.113.1')).code).toBe(2);
    expect((await serving('--host', 'no.such.host.invalid')).code).toBe(2);
  });

  it.each([
    ['--port', '65536'],
    ['--port', 'http'],
    ['--port', '-1'],
    ['--port', ''],
    ['--public-url', 'calls.example.com'],
    ['--public-url', 'ftp://calls.example.com'],
    ['--public-url', 'https://calls.example.com/?a=b'],
    ['--public-url', 'https://somebody:secret@calls.example.com'],
    ['--public-url', ''],
    ['--insecure-unsigned', '--public-url', 'https://calls.example.com'],
    ['--insecure-unsigned', '--host', '0.0.0.0'],
    ['--insecure-unsigned', '--host', '::'],
    ['--insecure-unsigned', '--host', '127.0.0.1.example.com'],
    ['--insecure-unsigned', '--host', ''],
  ])('with %s %s %s, which is found before credentials are missed', async (...argv) => {
    without('VONAGE_SIGNATURE_SECRET', 'VONAGE_API_KEY', 'VONAGE_API_SECRET');
    expect((await operator.run(['serve', ...argv.filter((one) => one !== undefined)])).code).toBe(2);
  });

  it('on a damaged store, which it names and leaves alone', async () => {
    await operator.run(['config', 'set', 'lookup', 'offline']);
    const path = join(operator.home, 'store.json');
    writeFileSync(path, '{"version":1,');
    const before = await application();
    const { code, document } = await operator.json(['serve', '--port', '0']);
    expect(code).toBe(7);
    expect(document.error).toMatchObject({ code: 'store', message: expect.stringContaining(path) });
    expect(readFileSync(path, 'utf8')).toBe('{"version":1,');
    expect(await application()).toEqual(before);
  });

  it.each(['', '{', 'null', '[]', '{}', '{"applicationId":1}'])(
    'on a damaged journal of the webhooks: %s',
    async (text) => {
      await operator.run(['config', 'set', 'lookup', 'offline']);
      const path = join(operator.home, 'webhooks.json');
      writeFileSync(path, text);
      const { code, stderr } = await serving();
      expect(code).toBe(3);
      expect(stderr).toContain(path);
      expect(readFileSync(path, 'utf8')).toBe(text);
    },
  );

  it('while Vonage does not let it point the webhooks here, and the port is free again', async () => {
    const port = await freePort();
    await control.fault({
      path: `/v2/applications/${sandbox.env.VONAGE_APPLICATION_ID}`,
      method: 'PUT',
      status: 500,
    });
    expect((await serving('--port', String(port))).code).toBe(7);
    const listener = await operator.serve(['--port', String(port)]);
    await listener.stop();
  });
});

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('serve', () => {
  it('says where it is in one line, and answers there', async () => {
    const port = await freePort();
    const listener = await operator.serve(['--port', String(port)]);
    const own = `http://127.0.0.1:${port}`;
    expect(listener).toMatchObject({ url: own, answerUrl: `${own}/proxy-call`, eventUrl: `${own}/event` });
    const { code, stdout } = await listener.stop();
    expect([code, stdout.trim().split('\n')]).toEqual([
      0,
      [JSON.stringify({ url: own, answerUrl: `${own}/proxy-call`, eventUrl: `${own}/event` })],
    ]);
  });

  it('has three plain routes for anybody, which tell nothing', async () => {
    const listener = await operator.serve();
    const root = await fetched(listener.url);
    expect([root.status, root.body, root.headers['content-type']]).toEqual([
      200,
      'voxproxy is running\n',
      'text/plain; charset=utf-8',
    ]);
    for (const path of ['/healthz', '/readyz', '/healthz?verbose=1'])
      expect(await fetched(listener.url + path)).toMatchObject({ status: 200, body: '{"status":"ok"}' });
    for (const path of ['/metrics', '/sessions', '/numbers', '/favicon.ico', '/.env', '/store.json'])
      expect(await fetched(listener.url + path)).toMatchObject({ status: 404, body: '{}' });
    await listener.stop();
  });

  it.each(['localhost', '::1', '0.0.0.0'])('listens on %s', async (host) => {
    const listener = await operator.serve(['--host', host]);
    expect((await fetched(`${listener.url}/healthz`)).status).toBe(200);
    expect((await listener.stop()).code).toBe(0);
  });

  it('takes the port from the environment, and the flag before it', async () => {
    const [port, other] = [await freePort(), await freePort()];
    const env = { PORT: String(port) };
    const ending = new AbortController();
    let line = '';
    const ended = operator.run(['serve', '--json'], {
      env,
      signal: ending.signal,
      onOutput: (text) => {
        line += text;
      },
    });
    await expect.poll(() => line).toContain(`"http://127.0.0.1:${port}"`);
    ending.abort();
    expect((await ended).code).toBe(0);
    const listener = await operator.serve(['--port', String(other)], { env });
    expect(new URL(listener.url).port).toBe(String(other));
    await listener.stop();
  });

  it('ends with exit code 0 when it is told to before it has begun', async () => {
    const { code } = await operator.run(['serve', '--port', '0'], { signal: AbortSignal.abort() });
    expect(code).toBe(0);
  });

  it('asks the sandbox for its own application’s word alone', async () => {
    const listener = await operator.serve();
    const { status } = await webhook(
      listener.answerUrl,
      { ...signingOf(sandbox.env), apiKey: 'x' },
      answerFields('1', '2'),
    );
    expect(status).toBe(401);
    await listener.stop();
  });
});

describe('serve --insecure-unsigned', () => {
  const question = `/proxy-call?${new URLSearchParams({ from: '447400123456', to: '442079460000' })}`;
  const ask = (url: string, ...headers: string[]) =>
    rawRequest(url, [`GET ${question} HTTP/1.1`, ...headers, '', ''].join('\r\n'));

  it('warns at every start, and needs no credentials', async () => {
    operator = new Operator();
    for (const _start of [1, 2]) {
      const listener = await operator.serve(['--insecure-unsigned']);
      expect((await fetched(listener.url + question)).status).toBe(200);
      expect((await listener.stop()).stderr).toMatch(/⚠ Unsigned webhooks are accepted/);
    }
  });

  it('is pointed to by the sandbox all the same', async () => {
    const listener = await operator.serve(['--insecure-unsigned']);
    expect((await application()).capabilities.voice.webhooks.answer_url.address).toBe(listener.answerUrl);
    await listener.stop();
  });

  it('answers this machine’s own names', async () => {
    const listener = await operator.serve(['--insecure-unsigned']);
    const { port } = new URL(listener.url);
    for (const host of [
      'localhost',
      `localhost:${port}`,
      `127.0.0.1:${port}`,
      '127.1.2.3',
      `[::1]:${port}`,
      'LOCALHOST',
    ])
      expect((await ask(listener.url, `Host: ${host}`)).status, host).toBe(200);
    await listener.stop();
  });

  it.each([
    ['Host: example.ngrok.app'],
    ['Host: localhost.example.com'],
    ['Host: example.com:80'],
    ['Host: 10.0.0.1'],
    ['Host: 127.0.0.1.nip.io'],
    ['Host: 0.0.0.0'],
    ['Host:'],
    ['Host: localhost', 'Host: example.com'],
    ['Host: example.com', 'Host: localhost'],
    ['Host: localhost', 'Forwarded: for=192.0.2.1'],
    ['Host: localhost', 'X-Forwarded-For: 192.0.2.1'],
    ['Host: localhost', 'x-forwarded-host: example.com'],
    ['Host: localhost', 'X-FORWARDED-PROTO: https'],
    ['Host: localhost', 'X-Forwarded-For:'],
  ])('refuses what came through somebody else: %s %s', async (...headers) => {
    const listener = await operator.serve(['--insecure-unsigned']);
    const { status, body } = await ask(listener.url, ...headers.filter((header) => header !== undefined));
    expect([status, body]).toEqual([401, '{}']);
    const { stderr } = await listener.stop();
    expect(stderr).toContain('"msg":"request refused"');
  });

  it('looks at every header, however many there are', async () => {
    const listener = await operator.serve(['--insecure-unsigned']);
    const many = Array.from({ length: 2_100 }, () => 'a:');
    expect((await ask(listener.url, 'Host: localhost', ...many)).status).toBe(200);
    expect((await ask(listener.url, 'Host: localhost', ...many, 'X-Forwarded-For: 192.0.2.1')).status).toBe(
      401,
    );
    await listener.stop();
  });

  it('refuses the same on the routes that are open otherwise', async () => {
    const listener = await operator.serve(['--insecure-unsigned']);
    for (const path of ['/', '/healthz', '/readyz', '/connect-event/x', '/nothing']) {
      const { status } = await rawRequest(listener.url, `GET ${path} HTTP/1.1\r\nHost: example.com\r\n\r\n`);
      expect(status, path).toBe(401);
    }
    await listener.stop();
  });
});

describe('the application’s webhooks', () => {
  it('are pointed here by POST and signed while it serves, and are afterwards as they were', async () => {
    const before = await ownWebhooks();
    const listener = await operator.serve();
    const { voice, messages, rtc } = (await application()).capabilities;
    expect(voice).toEqual({
      ...before.capabilities.voice,
      signed_callbacks: true,
      webhooks: {
        answer_url: {
          address: `${listener.url}/proxy-call`,
          http_method: 'POST',
          connect_timeout: 500,
          socket_timeout: 3000,
        },
        fallback_answer_url: expect.objectContaining({
          address: `${listener.url}/proxy-call`,
          http_method: 'POST',
        }),
        event_url: {
          address: `${listener.url}/event`,
          http_method: 'POST',
          connect_timeout: 400,
          socket_timeout: 9000,
        },
      },
    });
    expect(messages.webhooks).toEqual({
      inbound_url: { address: `${listener.url}/inbound-message`, http_method: 'POST' },
      status_url: { address: `${listener.url}/message-status`, http_method: 'POST' },
    });
    expect(rtc).toEqual(before.capabilities.rtc);
    expect((await listener.stop()).code).toBe(0);
    expect(await application()).toEqual(before);
  });

  it('are pointed to one of several that start at the same moment, and all of them serve', async () => {
    const before = await application();
    const listeners = await Promise.all([1, 2, 3].map(() => operator.serve()));
    const { address } = (await application()).capabilities.voice.webhooks.answer_url;
    expect(listeners.map(({ url }) => `${url}/proxy-call`)).toContain(address);
    for (const { url } of listeners) expect((await fetch(`${url}/readyz`)).status).toBe(200);
    for (const listener of listeners) expect((await listener.stop()).code).toBe(0);
    expect(await application()).toEqual(before);
  });

  it('are put back by the next start when this one was killed', async () => {
    const before = await ownWebhooks();
    const journal = join(operator.home, 'webhooks.json');
    const killed = await operator.serve();
    const [pointed, left] = [await application(), readFileSync(journal, 'utf8')];
    await killed.stop();
    writeFileSync(journal, left);
    await put(pointed);

    const next = await operator.serve();
    expect((await application()).capabilities.voice.webhooks.answer_url.address).toBe(next.answerUrl);
    await next.stop();
    expect(await application()).toEqual(before);
  });

  it('stay where somebody else has pointed them since', async () => {
    await ownWebhooks();
    const listener = await operator.serve();
    const elsewhere = await application();
    elsewhere.capabilities.voice.webhooks.answer_url.address = 'https://new.example.com/answer';
    await put(elsewhere);
    const changed = await application();
    expect((await listener.stop()).code).toBe(0);
    expect(await application()).toEqual(changed);
    const next = await operator.serve();
    await next.stop();
    expect(await application()).toEqual(changed);
  });

  it('stay with the listener that took them over', async () => {
    const before = await ownWebhooks();
    const first = await operator.serve();
    const second = await operator.serve();
    await first.stop();
    expect((await application()).capabilities.voice.webhooks.answer_url.address).toBe(second.answerUrl);
    await second.stop();
    expect(await application()).toEqual(before);
  });

  it('go back to the listener that they were taken from, as long as it runs', async () => {
    const before = await ownWebhooks();
    const pointedTo = async () => (await application()).capabilities.voice.webhooks.answer_url.address;
    const first = await operator.serve();
    const second = await operator.serve();
    const third = await operator.serve();
    await second.stop();
    expect(await pointedTo()).toBe(third.answerUrl);
    await third.stop();
    expect(await pointedTo()).toBe(first.answerUrl);

    const killed = await operator.serve();
    const journal = join(operator.home, 'webhooks.json');
    const [pointed, left] = [await application(), readFileSync(journal, 'utf8')];
    await killed.stop();
    writeFileSync(journal, left);
    await put(pointed);
    const next = await operator.serve();
    expect(await pointedTo()).toBe(next.answerUrl);
    await next.stop();
    expect(await pointedTo()).toBe(first.answerUrl);
    await first.stop();
    expect(await application()).toEqual(before);
  });

  it('are put back later when Vonage cannot be reached at the end', async () => {
    const before = await ownWebhooks();
    const path = `/v2/applications/${sandbox.env.VONAGE_APPLICATION_ID}`;
    const listener = await operator.serve();
    await control.fault({ path, method: 'PUT', status: 503 });
    const { code, stderr } = await listener.stop();
    expect(code).toBe(0);
    expect(stderr).toContain('could not be restored; the next serve tries again');
    expect(await application()).not.toEqual(before);
    await (await operator.serve()).stop();
    expect(await application()).toEqual(before);
  });

  it('go to --public-url, path and all', async () => {
    const before = await ownWebhooks();
    const listener = await operator.serve(['--public-url', 'https://calls.example.com/voice/']);
    expect(listener.answerUrl).toBe('https://calls.example.com/voice/proxy-call');
    expect(listener.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await application()).capabilities.voice.webhooks.event_url.address).toBe(
      'https://calls.example.com/voice/event',
    );
    await listener.stop();
    expect(await application()).toEqual(before);
  });
});

describe('where Vonage is not on this machine, the base of every URL', () => {
  let away: Server;

  /** The sandbox under a name that is not loopback's. */
  beforeAll(async () => {
    away = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { authorization = '', 'content-type': type = '' } = request.headers;
      const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) };
      const init = {
        method: request.method ?? '',
        headers: { authorization, 'content-type': type },
        ...body,
      };
      const answer = await fetch(sandbox.url + request.url, init);
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      response.end(Buffer.from(await answer.arrayBuffer()));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => away.once('listening', resolve));
  });
  afterAll(() => {
    away?.close();
    away?.closeAllConnections();
  });
  beforeEach(() => {
    const host = `http://0.0.0.0:${(away.address() as AddressInfo).port}`;
    Object.assign(operator.env, { VONAGE_API_HOST: host, VONAGE_REST_HOST: host });
  });

  const UNREACHABLE = /⚠ Vonage cannot reach this listener: give --public-url/;

  it('is its own address when nobody knows better, with a warning', async () => {
    const before = await application();
    const listener = await operator.serve();
    expect(listener.answerUrl).toBe(`${listener.url}/proxy-call`);
    expect(await application()).toEqual(before);
    expect((await listener.stop()).stderr).toMatch(UNREACHABLE);
  });

  it('is the origin of the application’s answer URL', async () => {
    const before = await ownWebhooks();
    const listener = await operator.serve();
    expect(listener.answerUrl).toBe('https://calls.example.com/proxy-call');
    expect(listener.eventUrl).toBe('https://calls.example.com/event');
    expect(await application()).toEqual(before);
    expect((await listener.stop()).stderr).toBe('');
    expect(await application()).toEqual(before);
  });

  it('is the setting publicUrl before that', async () => {
    await ownWebhooks();
    await operator.run(['config', 'set', 'publicUrl', 'https://saved.example.com/here']);
    const listener = await operator.serve();
    expect(listener.answerUrl).toBe('https://saved.example.com/here/proxy-call');
    expect((await listener.stop()).stderr).toBe('');
  });

  it('is --public-url before all, and the webhooks are pointed there for as long', async () => {
    const before = await ownWebhooks();
    await operator.run(['config', 'set', 'publicUrl', 'https://saved.example.com']);
    const listener = await operator.serve(['--public-url', 'https://flag.example.com']);
    expect(listener.answerUrl).toBe('https://flag.example.com/proxy-call');
    expect((await application()).capabilities.voice.webhooks.answer_url.address).toBe(listener.answerUrl);
    await listener.stop();
    expect(await application()).toEqual(before);
  });

  it('is its own address when Vonage cannot say, and it serves all the same', async () => {
    await control.fault({ path: `/v2/applications/${sandbox.env.VONAGE_APPLICATION_ID}`, status: 500 });
    const listener = await operator.serve();
    expect(listener.answerUrl).toBe(`${listener.url}/proxy-call`);
    const { stderr } = await listener.stop();
    expect(stderr).toMatch(UNREACHABLE);
    expect(stderr).toContain('answer URL could not be read');
  });

  it('is known to a call that comes in while Vonage is still being asked', async () => {
    await ownWebhooks();
    await operator.run(['config', 'set', 'publicUrl', 'https://saved.example.com']);
    const port = await freePort();
    const provisioned = await operator.run(['numbers', 'provision', 'GB', '--count', '1', '--yes']);
    expect(provisioned.code).toBe(0);
    const pair = ['pair', '+447400123456', '+447400654321', '--no-sms', '--lookup', 'offline'];
    const { b } = (await operator.json(pair)).document.session;
    await control.fault({ path: `/v2/applications/${sandbox.env.VONAGE_APPLICATION_ID}`, delayMs: 700 });
    const starting = operator.serve(['--port', String(port), '--public-url', 'https://flag.example.com']);
    const fields = answerFields('+447400123456', b.virtualNumber);
    const url = `http://127.0.0.1:${port}/proxy-call`;
    const early = await expect
      .poll(() => webhook(url, signingOf(sandbox.env), fields).catch(() => null), { interval: 20 })
      .not.toBeNull()
      .then(() => webhook(url, signingOf(sandbox.env), fields));
    expect(early.ncco[1].eventUrl[0]).toMatch(/^https:\/\/flag\.example\.com\/connect-event\//);
    await (await starting).stop();
  });

  it('puts back what a killed listener left, without being pointed itself', async () => {
    const before = await ownWebhooks();
    const journal = join(operator.home, 'webhooks.json');
    const killed = await operator.serve(['--public-url', 'https://gone.example.com']);
    const [pointed, left] = [await application(), readFileSync(journal, 'utf8')];
    await killed.stop();
    writeFileSync(journal, left);
    await put(pointed);
    const listener = await operator.serve();
    expect(listener.answerUrl).toBe('https://calls.example.com/proxy-call');
    expect(await application()).toEqual(before);
    await listener.stop();
  });
});
