import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js';
import { controlOf } from '../sandbox/control.js';
import { FakeNgrok, type Forwarding } from '../support/fake-ngrok.js';
import { Operator } from '../support/voxproxy.js';
import { answerFields, signingOf, webhook } from './house.js';

let sandbox: Sandbox;
let control: ReturnType<typeof controlOf>;
let operator: Operator;
let port: number;
const agents: FakeNgrok[] = [];

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  control = controlOf(sandbox);
});
afterAll(() => sandbox?.close());
beforeEach(async () => {
  operator = new Operator(sandbox.env);
  port = await freePort();
});
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.stop();
  operator.clean();
  await control.reset();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port: free } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return free;
}

async function ngrok(forwards: Forwarding[], shape: FakeNgrok['shape'] = 'tunnels'): Promise<FakeNgrok> {
  const agent = new FakeNgrok(shape);
  agents.push(agent);
  agent.forwards = forwards;
  return agent.start();
}

const at = (agent: FakeNgrok, wanted = port) => ['--port', String(wanted), '--ngrok', agent.api];
const path = () => `/v2/applications/${sandbox.env.VONAGE_APPLICATION_ID}`;
const application = async () => (await control.get(path())).body;
const answerUrl = async () => (await application()).capabilities.voice?.webhooks?.answer_url?.address;
const journal = () => join(operator.home, 'webhooks.json');
const fails = async (...argv: string[]) => {
  const { code, document } = await operator.json(['serve', ...argv]);
  const { message, hint } = document.error;
  return { code, message, hint };
};
const put = async (changed: unknown) => {
  const headers = { authorization: control.basic };
  const { status } = await control.json(path(), { method: 'PUT', body: JSON.stringify(changed), headers });
  expect(status).toBe(200);
};
const pointTo = async (address: string) => {
  const changed = await application();
  changed.capabilities.voice.webhooks.answer_url.address = address;
  await put(changed);
};

describe('serve --ngrok finds the tunnel to its port', () => {
  const serves = async (agent: FakeNgrok, url = 'https://calls.ngrok.app') => {
    const listener = await operator.serve(at(agent));
    await listener.stop();
    expect(listener).toMatchObject({
      url: `http://127.0.0.1:${port}`,
      answerUrl: `${url}/proxy-call`,
      eventUrl: `${url}/event`,
    });
  };

  /** Agents of both kinds take turns. */
  let spellings = 0;

  it.each([
    (to: number) => `http://localhost:${to}`,
    (to: number) => `localhost:${to}`,
    (to: number) => `${to}`,
    (to: number) => to,
    (to: number) => `:${to}`,
    (to: number) => `127.0.0.1:${to}`,
    (to: number) => `http://0.0.0.0:${to}/`,
    (to: number) => `[::1]:${to}`,
    (to: number) => `http://[::]:${to}`,
    (to: number) => `http://LOCALHOST:${to}`,
    (to: number) => `http://${hostname()}:${to}`,
    (to: number) => `http://host.docker.internal:${to}`,
  ])('written in way %#', async (written) => {
    const shape = spellings++ % 2 === 0 ? 'tunnels' : 'endpoints';
    await serves(await ngrok([{ url: 'https://calls.ngrok.app', to: written(port) }], shape));
  });

  it('among others, which go elsewhere, carry no calls or cannot be reached by Vonage', async () => {
    const agent = await ngrok(
      [
        { url: 'https://a.ngrok.app', to: 'http://localhost:1' },
        { url: 'tcp://0.tcp.ngrok.io:12345', to: `localhost:${port}` },
        { url: 'tls://b.ngrok.app', to: `localhost:${port}` },
        { url: 'http://c.ngrok.app', to: `localhost:${port}` },
        { url: 'https://d.internal', to: `localhost:${port}` },
        { url: 'https://*.e.example', to: `localhost:${port}` },
        { url: 'https://f.ngrok.app', to: `https://localhost:${port}` },
        { url: 'https://g.ngrok.app', to: `http://192.0.2.7:${port}` },
        { url: 'https://h.ngrok.app:443', to: `http://localhost:${port}` },
      ],
      'both',
    );
    await serves(agent, 'https://h.ngrok.app');
  });

  it('where its API is, however the address is written', async () => {
    const agent = await ngrok([{ url: 'https://calls.ngrok.app', to: port }]);
    for (const tail of ['/', '/api', '/api/tunnels']) {
      const listener = await operator.serve(['--port', String(port), '--ngrok', agent.api + tail]);
      expect(listener.answerUrl).toBe('https://calls.ngrok.app/proxy-call');
      await listener.stop();
    }
  });

  it('at the places where agents are found usually', async () => {
    const agent = new FakeNgrok();
    agents.push(agent);
    agent.forwards = [{ url: 'https://calls.ngrok.app', to: port }];
    for (let usual = 4040; usual <= 4045; usual++) {
      const started = await agent.start(usual).catch(() => null);
      if (started !== null) break;
    }
    const listener = await operator.serve(['--port', String(port), '--ngrok']);
    expect(listener.answerUrl).toBe('https://calls.ngrok.app/proxy-call');
    await listener.stop();
  });

  it('and takes the port from the environment', async () => {
    const agent = await ngrok([{ url: 'https://calls.ngrok.app', to: port }]);
    const ending = new AbortController();
    const { code, stdout } = await operator.run(['serve', '--json', '--ngrok', agent.api], {
      env: { PORT: String(port) },
      signal: ending.signal,
      onOutput: () => ending.abort(),
    });
    expect([code, JSON.parse(stdout).answerUrl]).toEqual([0, 'https://calls.ngrok.app/proxy-call']);
  });
});

describe('serve --ngrok does not start', () => {
  it('while no ngrok runs, and says how to start one', async () => {
    const agent = await ngrok([]);
    await agent.stop();
    const { code, message, hint } = await fails(...at(agent));
    expect([code, message]).toEqual([7, 'No ngrok answers at the address that --ngrok names.']);
    expect(hint).toContain(`ngrok http ${port}`);
  });

  it('where something answers that is no ngrok', async () => {
    const page = createHttpServer((_request, response) => response.end('<html>hello</html>'));
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
    const api = `http://127.0.0.1:${(page.address() as AddressInfo).port}`;
    expect((await fails('--port', String(port), '--ngrok', api)).code).toBe(7);
    page.close();
  });

  it('where an answer never ends, and keeps none of it', async () => {
    let sent = 0;
    const flood = createHttpServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const piece = Buffer.alloc(1 << 20, ' ');
      const pour = () => {
        sent += piece.length;
        if (!response.destroyed) response.write(piece, () => setImmediate(pour));
      };
      pour();
    });
    await new Promise<void>((resolve) => flood.listen(0, '127.0.0.1', resolve));
    const api = `http://127.0.0.1:${(flood.address() as AddressInfo).port}`;
    expect((await fails('--port', String(port), '--ngrok', api)).code).toBe(7);
    expect(sent).toBeLessThan(100 << 20);
    flood.closeAllConnections();
    flood.close();
  });

  it('where ngrok forwards other ports, and says which and what to type', async () => {
    const agent = await ngrok([
      { url: 'https://a.ngrok.app', to: 'http://localhost:8080' },
      { url: 'https://b.ngrok.app', to: '22' },
    ]);
    const { code, message, hint } = await fails(...at(agent));
    expect([code, message]).toEqual([
      3,
      `ngrok does not forward to port ${port}: it forwards to ports 22, 8080.`,
    ]);
    expect(hint).toContain(`ngrok http ${port}`);
    expect(message + hint).not.toContain('ngrok.app');
  });

  it('where ngrok forwards nothing', async () => {
    const { code, message } = await fails(...at(await ngrok([])));
    expect([code, message]).toEqual([
      3,
      `ngrok does not forward to port ${port}: it forwards nothing over HTTP.`,
    ]);
  });

  it('where numbers would travel in the clear', async () => {
    const agent = await ngrok([{ url: 'http://a.ngrok.app', to: port }]);
    const { code, message } = await fails(...at(agent));
    expect([code, message]).toEqual([3, expect.stringContaining('in the clear')]);
  });

  it('where ngrok expects TLS of it', async () => {
    const agent = await ngrok([{ url: 'https://a.ngrok.app', to: `https://localhost:${port}` }]);
    const { code, message } = await fails(...at(agent));
    expect([code, message]).toEqual([3, expect.stringContaining('plain http')]);
  });

  it.each([
    ['--ngrok', '--port', '0'],
    ['--ngrok', '--public-url', 'https://calls.example.com'],
    ['--ngrok', '--insecure-unsigned'],
    ['--ngrok', 'ngrok.app'],
    ['--ngrok', '4040'],
    ['--ngrok='],
    ['--ngrok', 'ftp://127.0.0.1:4040'],
  ])('with %s %s %s, which is found before credentials are missed', async (...argv) => {
    for (const name of ['VONAGE_SIGNATURE_SECRET', 'VONAGE_API_KEY', 'VONAGE_API_SECRET'])
      delete operator.env[name];
    const { code, message, hint } = await fails(...argv.filter((one) => one !== undefined));
    expect(code).toBe(2);
    expect(message + hint).not.toMatch(/ngrok\.app|ftp/);
  });

  it('for the port 0 of the environment', async () => {
    const { code } = await operator.run(['serve', '--ngrok'], { env: { PORT: '0' } });
    expect(code).toBe(2);
  });
});

describe('the application’s webhooks', () => {
  it('go through ngrok while it serves, and are afterwards as they were', async () => {
    const before = await application();
    const agent = await ngrok([{ url: 'https://calls.ngrok.app', to: port }]);
    const listener = await operator.serve(at(agent));
    const { voice, messages } = (await application()).capabilities;
    const addresses = Object.values({ ...voice.webhooks, ...messages.webhooks }).map(
      (one) => (one as { address: string }).address,
    );
    expect(addresses).toHaveLength(5);
    for (const address of addresses) expect(address).toMatch(/^https:\/\/calls\.ngrok\.app\//);
    expect((await listener.stop()).code).toBe(0);
    expect(await application()).toEqual(before);
  });

  it('are put back by the next start when this one was killed after its address had changed', async () => {
    const before = await application();
    const agent = await ngrok([{ url: 'https://one.ngrok.app', to: port }]);
    const killed = await operator.serve(at(agent));
    agent.forwards = [{ url: 'https://two.ngrok.app', to: port }];
    await expect.poll(answerUrl, { timeout: 10_000 }).toBe('https://two.ngrok.app/proxy-call');
    const [pointed, left] = [await application(), readFileSync(journal(), 'utf8')];
    await killed.stop();
    writeFileSync(journal(), left);
    await put(pointed);
    expect(await answerUrl()).toBe('https://two.ngrok.app/proxy-call');
    await (await operator.serve()).stop();
    expect(await application()).toEqual(before);
  });

  it('are kept by the listener that was told to point them, as long as it runs', async () => {
    const before = await application();
    const agent = await ngrok([{ url: 'https://calls.ngrok.app', to: port }]);
    const first = await operator.serve(at(agent));
    for (const argv of [
      ['--port', '0', '--public-url', 'https://b.example.com'],
      ['--port', '0'],
    ]) {
      const { code, message } = await fails(...argv);
      expect([code, message]).toEqual([5, expect.stringContaining(`${first.url} (process ${process.pid})`)]);
    }
    const { code, message } = await fails(...at(agent));
    expect([code, message]).toEqual([5, expect.stringMatching(/^Port \d+ is in use, by the listener/)]);
    expect(await answerUrl()).toBe(first.answerUrl);
    await first.stop();
    expect(await application()).toEqual(before);
  });
});

describe('serve --ngrok follows', { timeout: 30_000 }, () => {
  it('a public URL that changes, while Vonage fails and ngrok comes and goes', async () => {
    const before = await application();
    const provisioned = await operator.run(['numbers', 'provision', 'GB', '--count', '2', '--yes']);
    expect(provisioned.code).toBe(0);
    const pair = ['pair', '+447400123456', '+447400654321', '--no-sms', '--lookup', 'offline'];
    const { b } = (await operator.json(pair)).document.session;
    const rented = await application();
    const agent = await ngrok([{ url: 'https://one.ngrok.app', to: port }]);
    let said = '';
    let told = '';
    const ending = new AbortController();
    const ended = operator.run(['serve', '--json', ...at(agent)], {
      signal: ending.signal,
      onOutput: (text) => {
        told += text;
      },
      onError: (text) => {
        said += text;
      },
    });
    const lines = () => told.split('\n').filter((line) => line !== '');
    const soon = { timeout: 10_000 };
    await expect.poll(lines).toHaveLength(1);

    await control.fault({ path: path(), method: 'PUT', status: 503, times: 1 });
    agent.forwards = [{ url: 'https://two.ngrok.app', to: port }];
    await expect.poll(() => said, soon).toContain('could not be told the new public URL');
    // Calls that come over the old way all the same are led on under the new one.
    const call = answerFields('+447400123456', b.virtualNumber);
    const { ncco } = await webhook(`http://127.0.0.1:${port}/proxy-call`, signingOf(sandbox.env), call);
    expect(ncco[1].eventUrl[0]).toMatch(/^https:\/\/two\.ngrok\.app\/connect-event\//);
    await expect.poll(lines, soon).toHaveLength(2);
    expect(JSON.parse(lines()[1] ?? '')).toEqual({
      url: `http://127.0.0.1:${port}`,
      answerUrl: 'https://two.ngrok.app/proxy-call',
      eventUrl: 'https://two.ngrok.app/event',
    });
    expect(await answerUrl()).toBe('https://two.ngrok.app/proxy-call');
    const [note] = JSON.parse(readFileSync(join(operator.home, 'listener.json'), 'utf8'));
    expect(note.base).toBe('https://two.ngrok.app');

    await agent.stop();
    await expect.poll(() => said, soon).toContain('ngrok is gone');
    await agent.start();
    await expect.poll(() => said, soon).toContain('ngrok forwards to this listener again');
    expect(said.match(/ngrok is gone/g)).toHaveLength(1);

    ending.abort();
    expect((await ended).code).toBe(0);
    expect(lines()).toHaveLength(2);
    expect(await application()).toEqual(rented);
    expect(rented.capabilities).toEqual(before.capabilities);
  });

  it('and leaves webhooks alone that somebody else has pointed meanwhile', async () => {
    const agent = await ngrok([{ url: 'https://one.ngrok.app', to: port }]);
    let said = '';
    const listener = await operator.serve(at(agent), {
      onError: (text) => {
        said += text;
      },
    });
    await pointTo('https://theirs.example.com/answer');
    agent.forwards = [{ url: 'https://two.ngrok.app', to: port }];
    await expect.poll(() => said, { timeout: 10_000 }).toContain('somebody else has pointed them');
    await listener.stop();
    expect(await answerUrl()).toBe('https://theirs.example.com/answer');
  });
});

describe('where Vonage is not on this machine, a second listener of the same home', () => {
  let away: Server;

  /** The sandbox under a name that is not loopback's. */
  beforeAll(async () => {
    away = createHttpServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { authorization = '', 'content-type': type = '' } = request.headers;
      const answer = await fetch(sandbox.url + request.url, {
        method: request.method ?? '',
        headers: { authorization, 'content-type': type },
        ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
      });
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

  it('serves beside the first without pointing, and leaves its webhooks with it', async () => {
    const before = await application();
    const first = await operator.serve(['--public-url', 'https://first.example.com']);
    const second = await operator.serve();
    expect(second.answerUrl).toBe(first.answerUrl);
    expect(await answerUrl()).toBe(first.answerUrl);
    await second.stop();
    expect(await answerUrl()).toBe(first.answerUrl);
    await first.stop();
    expect(await application()).toEqual(before);
  });

  it('may not point them to itself, and changes nothing', async () => {
    const first = await operator.serve(['--public-url', 'https://first.example.com']);
    const { code, message, hint } = await fails('--port', '0', '--public-url', 'https://second.example.com');
    expect([code, message]).toEqual([5, expect.stringContaining(first.url)]);
    expect(hint).toContain('without --public-url');
    expect(await answerUrl()).toBe(first.answerUrl);
    await first.stop();
  });
});
