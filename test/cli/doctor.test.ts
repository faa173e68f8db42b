import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { person } from '../support/privacy.js';
import { london, Rehearsal } from '../support/rehearsal.js';
import { type Document, Operator, type RunOptions } from '../support/voxproxy.js';

const [ANNA, BEN] = [person(801), person(802)];
const [FIRST, SECOND] = london(810, 2) as [string, string];

let rehearsal: Rehearsal;
let operator: Operator;
let ending: (() => unknown)[] = [];

beforeAll(async () => {
  rehearsal = await Rehearsal.start();
});
afterAll(() => rehearsal.close());
beforeEach(async () => {
  await rehearsal.control.reset();
  operator = rehearsal.operator();
});
afterEach(async () => {
  for (const end of ending) await end();
  ending = [];
});

/** A pool of two numbers, two people who are paired, and a listener. */
async function house(argv: readonly string[] = []) {
  await rehearsal.rent('GB', FIRST, SECOND);
  operator = await rehearsal.pooled(FIRST, SECOND);
  const { document } = await operator.json(['pair', ANNA, BEN, '--no-sms']);
  const listener = await operator.serve(argv);
  ending.push(listener.stop);
  return { listener, session: document.session.id as string };
}

async function server(handle: RequestListener): Promise<string> {
  const one = createServer(handle).listen(0, '127.0.0.1');
  await new Promise((listening) => one.once('listening', listening));
  ending.push(() => {
    one.closeAllConnections();
    one.close();
  });
  return `http://127.0.0.1:${(one.address() as AddressInfo).port}`;
}

type Found = { name: string; status: string; fact: string; nextStep: string | null };

async function doctor(options: RunOptions = {}, who = operator) {
  const { code, document } = await who.json(['doctor'], options);
  const checks: Found[] = document.checks;
  return {
    code,
    ok: document.ok as boolean,
    checks,
    of: (name: string) => checks.find((check) => check.name === name),
    not: (status: string) => checks.filter((check) => check.status !== status),
  };
}

async function changeApplication(change: (application: Document) => void) {
  const path = `/v2/applications/${rehearsal.sandbox.env.VONAGE_APPLICATION_ID}`;
  const { body } = await rehearsal.control.get(path);
  change(body);
  const headers = { authorization: rehearsal.control.basic };
  const { status } = await rehearsal.control.json(path, {
    method: 'PUT',
    body: JSON.stringify(body),
    headers,
  });
  expect(status).toBe(200);
}

describe('a house in order', () => {
  it('passes every check, with what was found', async () => {
    const { listener, session } = await house();
    const { code, ok, checks, of } = await doctor();
    expect([code, ok]).toEqual([0, true]);
    expect(checks.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(checks.map(({ name }) => name)).toEqual([
      'Node',
      'settings',
      'signature secret',
      'files',
      'store',
      'sessions',
      'pool',
      'credentials',
      'balance',
      'clock',
      'application',
      'private key',
      'answer URL',
      'other webhooks',
      'webhook methods',
      'signed callbacks',
      'numbers',
      'listener',
      'public URL',
      'live session',
    ]);
    expect(of('balance')?.fact).toMatch(/^\d+\.\d\d EUR$/);
    expect(of('numbers')?.fact).toContain('2 numbers linked, with voice and SMS: GB +44 20 7946 0810');
    expect(of('answer URL')?.fact).toBe(listener.answerUrl);
    expect(of('live session')?.fact).toBe(
      `A call of a in ${session} would reach b, under the number that leads back.`,
    );
  });

  it('counts no rehearsal as a call', async () => {
    await house();
    await doctor();
    expect((await operator.json(['calls'])).document).toMatchObject({ calls: [] });
  });

  it('is told to people, and what there is to do', async () => {
    await house();
    const { code, stdout } = await operator.run(['doctor'], {
      terminal: { columns: 60 },
      env: { NO_COLOR: '1' },
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^✔ Node/);
    expect(stdout).toContain('Everything is in order.');
    for (const line of stdout.split('\n'))
      if (!line.includes('/')) expect(line.length).toBeLessThanOrEqual(60);
    await rehearsal.control.post('/sandbox/balance', { value: -1.5 });
    const again = await operator.run(['doctor']);
    expect(again.code).toBe(0);
    expect(again.stdout).toContain('⚠ balance');
    expect(again.stdout).toMatch(/-1\.50 EUR: .*\n +→ Top it up/);
    expect(again.stdout).toMatch(/1 warning\.\n$/);
  });
});

describe('without what it takes', () => {
  it('says what is missing, and how to try without an account', async () => {
    const nobody = new Operator();
    const { code, ok, of, checks } = await doctor({}, nobody);
    nobody.clean();
    expect([code, ok]).toEqual([3, false]);
    expect(of('settings')).toMatchObject({ status: 'failed' });
    expect(of('settings')?.fact).toContain('apiKey (VONAGE_API_KEY), apiSecret (VONAGE_API_SECRET)');
    expect(of('settings')?.nextStep).toMatch(/voxproxy sandbox/);
    for (const name of ['credentials', 'clock', 'application', 'numbers', 'listener', 'public URL'])
      expect(of(name)?.status, name).toBe('skipped');
    expect(checks.filter(({ status }) => status === 'failed')).toHaveLength(1);
  });

  it.each([
    ['VONAGE_SIGNATURE_SECRET', 'voxproxy config set signatureSecret'],
    ['VONAGE_APPLICATION_ID', 'voxproxy app create'],
  ])('says where %s comes from', async (name, nextStep) => {
    const { code, of } = await doctor({ env: { [name]: '' } });
    expect(code).toBe(3);
    expect(of('settings')?.fact).toContain(name);
    expect(of('settings')?.nextStep).toContain(nextStep);
    expect(of('credentials')?.status).toBe('ok');
  });

  it('warns that nobody can be told without a private key', async () => {
    const { of } = await doctor({ env: { VONAGE_PRIVATE_KEY: '' } });
    expect(of('private key')).toMatchObject({ status: 'warning' });
  });

  it('goes on with the rest when a setting cannot be read', async () => {
    const { code, of } = await doctor({ env: { PORT: 'letters' } });
    expect(code).toBe(3);
    expect(of('settings')?.fact).toContain('PORT must be a port from 0 to 65535');
    expect(of('store')?.status).toBe('ok');
    writeFileSync(join(operator.home, 'config.json'), '{');
    expect((await doctor()).of('settings')?.fact).toMatch(/config\.json is not valid JSON/);
  });

  it.each([
    ['/nowhere/private.key', 'cannot be read (ENOENT)'],
    ['-----BEGIN PRIVATE KEY-----', 'is not a private key in PEM form'],
  ])('names a private key that is none', async (key, fact) => {
    const { code, of } = await doctor({ env: { VONAGE_PRIVATE_KEY: key } });
    expect(code).toBe(3);
    expect(of('private key')).toMatchObject({ status: 'failed' });
    expect(of('private key')?.fact).toContain(fact);
    expect(of('credentials')).toMatchObject({ status: 'skipped', fact: 'The private key cannot be used.' });
  });
});

describe('secrets', () => {
  it('tells the private key of another application', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const { code, of } = await doctor({ env: { VONAGE_PRIVATE_KEY: privateKey } });
    expect(code).toBe(3);
    expect(of('private key')?.fact).toContain('It belongs to another application');
  });

  it('tells the API secret from the signature secret, and a part of one from a whole one', async () => {
    const { VONAGE_API_SECRET: secret } = rehearsal.sandbox.env;
    expect((await doctor({ env: { VONAGE_SIGNATURE_SECRET: secret } })).of('signature secret')).toMatchObject(
      {
        status: 'failed',
        fact: 'It is the API secret, with which Vonage signs nothing.',
      },
    );
    expect((await doctor({ env: { VONAGE_SIGNATURE_SECRET: 'Ab3' } })).of('signature secret')).toMatchObject({
      status: 'warning',
    });
  });

  it('says once that Vonage refuses the credentials', async () => {
    const { code, checks, of } = await doctor({ env: { VONAGE_API_SECRET: 'no secret of anybody' } });
    expect(code).toBe(3);
    expect(of('credentials')?.fact).toBe('Vonage refused the credentials.');
    expect(
      checks.filter(({ fact }) => fact === 'Vonage refused the credentials.').map(({ status }) => status),
    ).toEqual(['failed', 'skipped', 'skipped']);
  });

  it('names files that others may read, as audit does', async () => {
    await house();
    const store = join(operator.home, 'store.json');
    chmodSync(store, 0o644);
    const { code, of } = await doctor();
    expect(code).toBe(3);
    expect(of('files')).toMatchObject({ status: 'failed', nextStep: `chmod go= '${store}'` });
  });
});

describe('Vonage', () => {
  it('is out of reach: told once, and the listener is asked all the same', async () => {
    await house();
    const { code, of } = await doctor({
      env: { VONAGE_REST_HOST: 'http://127.0.0.1:9', VONAGE_API_HOST: 'http://127.0.0.1:9' },
    });
    expect(code).toBe(7);
    expect(of('credentials')?.fact).toBe('Reading the balance failed: the connection failed (ECONNREFUSED).');
    for (const name of ['clock', 'application', 'numbers'])
      expect(of(name), name).toMatchObject({ status: 'skipped', fact: 'Vonage could not be asked.' });
    expect(of('listener')?.status).toBe('ok');
    expect(of('public URL')?.status).toBe('ok');
  });

  it('fails at one thing alone', async () => {
    await house();
    await rehearsal.control.fault({ path: '/account/numbers', status: 500 });
    const { code, of } = await doctor();
    expect(code).toBe(7);
    expect(of('numbers')).toMatchObject({ status: 'failed' });
    expect(of('application')?.status).toBe('ok');
  });

  it('asks to wait, and nobody does', async () => {
    await rehearsal.control.fault({ path: '/account/get-balance', status: 429 });
    const { code, of } = await doctor();
    expect(code).toBe(3);
    expect(of('credentials')?.fact).toContain('429');
  });

  it('does not know the application', async () => {
    const { code, of } = await doctor({ env: { VONAGE_APPLICATION_ID: 'another' } });
    expect(code).toBe(3);
    expect(of('application')?.fact).toBe('Vonage has no application with the applicationId that is set.');
  });

  it.each([
    [-40, 'warning', '40 seconds ahead'],
    [-310, 'failed', '5 minutes 10 s ahead'],
    [-290, 'warning', '4 minutes 50 s ahead'],
    [70, 'failed', '1 minute 10 s behind'],
    [-5, 'ok', 'agrees'],
  ])('shows a clock that is %i seconds from ours', async (seconds, status, fact) => {
    const date = new Date(Date.now() + seconds * 1000).toUTCString();
    await rehearsal.control.fault({ path: '/', status: 200, headers: { date } });
    const { of } = await doctor();
    expect(of('clock')?.status).toBe(status);
    // A second more or less has passed meanwhile.
    expect(of('clock')?.fact.replace(/\d+ s(?=\W)/, '')).toContain(
      fact.replace(/\d+ s(?=\W)/, '').replace(/\d+ seconds/, ''),
    );
  });
});

describe('webhooks', () => {
  it('warns of those that are missing, elsewhere or GET', async () => {
    await house();
    await changeApplication(({ capabilities: { voice, messages } }) => {
      voice.webhooks.answer_url.http_method = 'GET';
      voice.webhooks.event_url.address = 'https://old.example.com/event';
      delete messages.webhooks.inbound_url;
    });
    const { code, of } = await doctor();
    expect(code).toBe(0);
    expect(of('other webhooks')?.fact).toMatch(/^inbound messages: not set; event: not at http/);
    expect(of('webhook methods')?.fact).toMatch(/^answer: GET/);
  });

  it('sends nothing signed over plain http to another machine', async () => {
    await house();
    await changeApplication(({ capabilities: { voice } }) => {
      voice.webhooks.answer_url.address = 'http://calls.invalid/proxy-call';
    });
    const { code, of } = await doctor();
    expect(code).toBe(3);
    expect(of('answer URL')?.fact).toContain('is plain http');
    expect(of('public URL')?.fact).toContain('nothing signed was sent there');
  });

  it('follows no redirect with a signature', async () => {
    const seen: string[] = [];
    const further = await server((request, response) => {
      seen.push(request.url ?? '');
      response.end();
    });
    const url = await server((_request, response) => {
      response.writeHead(307, { location: `${further}/proxy-call` }).end();
    });
    await house(['--public-url', url]);
    const { of } = await doctor();
    expect(of('public URL')?.fact).toContain('sends on to somewhere else (307)');
    expect(seen).toEqual([]);
  });

  it('sends no signature over a real number where no listener of ours has answered', async () => {
    const bodies: string[] = [];
    const url = await server((request, response) => {
      request.on('data', (chunk) => bodies.push(String(chunk))).on('end', () => response.end('[]'));
    });
    await rehearsal.rent('GB', FIRST, SECOND);
    operator = await rehearsal.pooled(FIRST, SECOND);
    await operator.json(['pair', ANNA, BEN, '--no-sms']);
    await changeApplication(({ capabilities }) => {
      capabilities.voice = {
        webhooks: { answer_url: { address: `${url}/proxy-call`, http_method: 'POST' } },
      };
    });
    const { of } = await doctor({ env: { PORT: new URL(url).port } });
    expect(of('live session')).toMatchObject({
      status: 'skipped',
      fact: 'No listener is there to be asked.',
    });
    expect(of('listener')?.fact).toContain('something that is no listener of voxproxy (200)');
    expect(bodies).not.toEqual([]);
    for (const body of bodies) {
      expect(body).not.toContain(ANNA.slice(1));
      expect(body).not.toContain(BEN.slice(1));
    }
  });

  it.each([
    [502, 'A proxy or tunnel answers'],
    [404, 'There is no voxproxy at'],
    [403, 'something that is no listener of voxproxy (403)'],
  ])('tells apart what answers %i', async (status, fact) => {
    const url = await server((_request, response) => response.writeHead(status).end('no'));
    await house(['--public-url', url]);
    const { of } = await doctor();
    expect(of('public URL')?.fact).toContain(fact);
    expect(of('public URL')?.fact).toContain('The listener on this machine is in order.');
    expect(of('listener')?.status).toBe('ok');
  });

  it('warns of a slow answer', async () => {
    let listener = '';
    const url = await server((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', async () => {
        await new Promise((later) => setTimeout(later, 1_050));
        const answer = await fetch(listener + request.url, {
          method: 'POST',
          headers: { authorization: request.headers.authorization ?? '' },
          body: Buffer.concat(chunks),
        });
        response.writeHead(answer.status, Object.fromEntries(answer.headers));
        response.end(await answer.text());
      });
    });
    listener = (await house(['--public-url', url])).listener.url;
    const { code, of } = await doctor();
    expect(code).toBe(0);
    expect(of('public URL')).toMatchObject({ status: 'warning' });
    expect(of('public URL')?.fact).toMatch(/answers in 1\d\d\d ms/);
  });

  it('tells of a listener that was killed before it put them back', async () => {
    const { listener } = await house();
    const journal = join(operator.home, 'webhooks.json');
    expect((await doctor()).of('leftover webhooks')).toBeUndefined();
    await listener.stop();
    writeFileSync(journal, '{"applicationId":"x","ours":"y"}', { mode: 0o600 });
    expect((await doctor()).of('leftover webhooks')).toMatchObject({
      status: 'warning',
      nextStep: 'The next start does it: voxproxy serve',
    });
    writeFileSync(journal, '{', { mode: 0o600 });
    expect((await doctor()).of('leftover webhooks')).toMatchObject({ status: 'failed' });
  });
});

describe('numbers', () => {
  it('names those that vanished, and the sessions that they carried', async () => {
    const { session } = await house();
    await rehearsal.control.form('/number/cancel', { country: 'GB', msisdn: FIRST.slice(1) });
    const { code, of } = await doctor();
    expect(code).toBe(3);
    expect(of(`number ${FIRST}`)).toMatchObject({ status: 'failed', nextStep: 'voxproxy numbers sync' });
    expect(of(`number ${FIRST}`)?.fact).toContain(
      `is no longer rented by this account: 1 live session leads through it (${session}).`,
    );
  });

  it('names those that are linked and not in the pool', async () => {
    await house();
    const [third] = london(815) as [string];
    await rehearsal.rent('GB', third);
    const { code, of } = await doctor();
    expect(code).toBe(0);
    expect(of('numbers not in the pool')?.fact).toContain('+44 20 7946 0815');
  });

  it('warns of one without SMS', async () => {
    const silent = '+441614960123';
    await rehearsal.rent('GB', silent);
    operator = await rehearsal.pooled(silent);
    expect((await doctor()).of(`number ${silent}`)).toMatchObject({ status: 'warning' });
  });

  it('says of an empty pool what to rent', async () => {
    expect((await doctor()).of('pool')).toMatchObject({
      status: 'warning',
      nextStep: 'voxproxy numbers provision GB',
    });
  });
});

describe('the listener', () => {
  it('has another store', async () => {
    const { listener } = await house();
    const stranger = await rehearsal.pooled(SECOND);
    const { of } = await doctor({ env: { PORT: new URL(listener.url).port } }, stranger);
    expect(of('listener')?.status).toBe('ok');
    const [third] = london(816) as [string];
    await rehearsal.rent('GB', third);
    const other = await rehearsal.pooled(third);
    const found = await doctor({ env: { PORT: new URL(listener.url).port } }, other);
    expect(found.code).toBe(3);
    expect(found.of('listener')?.fact).toContain('does not know a number of this pool');
  });

  it("was killed, and its process number is another one's by now", async () => {
    const { listener } = await house();
    await listener.stop();
    const note = { pid: process.pid, url: listener.url, base: listener.url };
    writeFileSync(join(operator.home, 'listener.json'), JSON.stringify([note]), { mode: 0o600 });
    const { of } = await doctor({ env: { PORT: new URL(listener.url).port } });
    expect(of('listener')).toMatchObject({ status: 'failed', nextStep: 'Start it: voxproxy serve' });
  });

  it('need not run on this machine', async () => {
    await house();
    const elsewhere = await rehearsal.pooled(FIRST, SECOND);
    const { code, of } = await doctor({ env: { PORT: '9' } }, elsewhere);
    expect(code).toBe(0);
    expect(of('listener')).toMatchObject({
      status: 'skipped',
      fact: 'None runs on this machine; another one answers the public URL.',
    });
  });
});

describe('lookup', () => {
  it('warns of Number Insight, which ends', async () => {
    await operator.json(['config', 'set', 'lookup', 'number-insight']);
    expect((await doctor()).of('lookup')).toMatchObject({
      status: 'warning',
      nextStep: 'voxproxy config set lookup auto',
    });
  });
});

it('ends at once when it is interrupted', async () => {
  const ending = new AbortController();
  ending.abort();
  expect((await operator.run(['doctor'], { signal: ending.signal })).code).toBe(130);
});
