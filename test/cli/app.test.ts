import { createPrivateKey } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { person } from '../support/privacy.js';
import { london, Rehearsal } from '../support/rehearsal.js';
import type { Operator } from '../support/voxproxy.js';

let rehearsal: Rehearsal;
let operator: Operator;

beforeAll(async () => {
  rehearsal = await Rehearsal.start();
});
afterAll(() => rehearsal.close());
beforeEach(async () => {
  await rehearsal.control.reset();
  operator = rehearsal.operator({ VONAGE_APPLICATION_ID: '', VONAGE_PRIVATE_KEY: '' });
});

const URL = 'https://calls.example.com';
const WEBHOOKS = {
  answerUrl: `${URL}/proxy-call`,
  fallbackUrl: `${URL}/proxy-call`,
  eventUrl: `${URL}/event`,
  inboundUrl: `${URL}/inbound-message`,
  statusUrl: `${URL}/message-status`,
};
const app = (...argv: string[]) => operator.json(['app', ...argv]);
const setting = async (name: string) => (await operator.json(['config', 'get', name])).document.value;
async function atVonage(id: string) {
  return (await rehearsal.control.get(`/v2/applications/${id}`)).body;
}
const applications = async () => (await rehearsal.control.json('/sandbox/state')).body.applications;

describe('create', () => {
  test('makes it with signed POST webhooks, and saves key, id and URL', async () => {
    const { code, document } = await app('create', '--name', 'Rides', '--public-url', `${URL}/`);
    expect(code).toBe(0);
    const { id } = document.application;
    expect(document).toEqual({
      application: { id, name: 'Rides', ...WEBHOOKS, answerMethod: 'POST', signedCallbacks: true },
      privateKey: join(operator.home, `private-${id}.key`),
    });
    const { voice, messages } = (await atVonage(id)).capabilities;
    expect(voice.signed_callbacks).toBe(true);
    for (const hook of ['answer_url', 'fallback_answer_url', 'event_url'])
      expect(voice.webhooks[hook].http_method).toBe('POST');
    for (const hook of ['inbound_url', 'status_url'])
      expect(messages.webhooks[hook].http_method).toBe('POST');

    expect(statSync(document.privateKey).mode & 0o777).toBe(0o600);
    expect(createPrivateKey(readFileSync(document.privateKey)).asymmetricKeyType).toBe('rsa');
    expect([await setting('applicationId'), await setting('privateKey'), await setting('publicUrl')]).toEqual(
      [id, document.privateKey, URL],
    );
  });

  test('what it saved serves: numbers are linked, and lookups signed', async () => {
    const { document } = await app('create', '--public-url', URL);
    const [number = ''] = london(0);
    expect((await operator.json(['numbers', 'provision', 'GB', '--count', '1', '--yes'])).code).toBe(0);
    expect((await rehearsal.rented())[0]).toMatchObject({ number, app_id: document.application.id });
    const lookup = ['--lookup', 'identity-insights'];
    const paired = await operator.json(['pair', person(1), person(2), ...lookup]);
    expect([paired.code, paired.stderr]).toEqual([0, '']);
  });

  test('never writes over a key', async () => {
    const first = (await app('create', '--public-url', URL)).document;
    const key = readFileSync(first.privateKey, 'utf8');
    const second = (await app('create', '--public-url', URL)).document;
    expect(second.privateKey).not.toBe(first.privateKey);
    expect(readFileSync(first.privateKey, 'utf8')).toBe(key);
    expect(await setting('privateKey')).toBe(second.privateKey);
  });

  test('the private key is shown nowhere', async () => {
    const { stdout, stderr } = await operator.run(['app', 'create', '--public-url', URL, '--verbose']);
    expect(stdout + stderr).not.toContain('BEGIN');
    expect(stdout).toContain('  signed    yes');
  });

  test('says when the environment goes before what it saved', async () => {
    operator = rehearsal.operator();
    const { stderr } = await app('create', '--public-url', URL);
    expect(stderr).toContain('The environment sets applicationId as well');
    expect(stderr).toContain('The environment sets privateKey as well');
  });

  test('--dry-run makes nothing', async () => {
    const { code, document } = await app('create', '--public-url', URL, '--dry-run');
    expect(code).toBe(0);
    expect(document).toEqual({ application: null, dryRun: true, webhooks: WEBHOOKS });
    expect(await applications()).toHaveLength(1);
    expect(existsSync(join(operator.home, 'config.json'))).toBe(false);
  });

  test.each([
    [[], 2],
    [['--public-url', 'calls.example.com'], 2],
    [['--public-url', 'https://calls.example.com?x=1'], 2],
    [['--public-url', URL, '--name', ''], 2],
  ])('%j is exit %i, before credentials are missed', async (flags, code) => {
    operator = rehearsal.operator({ VONAGE_API_KEY: '' });
    expect((await app('create', ...flags)).code).toBe(code);
    expect((await app('create', '--public-url', URL)).code).toBe(3);
    expect(await applications()).toHaveLength(1);
  });

  test('a home that cannot be written is found before anything is made', async () => {
    writeFileSync(join(operator.home, 'file'), '');
    const env = { VOXPROXY_HOME: join(operator.home, 'file', 'home') };
    const { code } = await operator.json(['app', 'create', '--public-url', URL], { env });
    expect(code).toBe(3);
    expect(await applications()).toHaveLength(1);
  });

  test('an answer that is lost says so', async () => {
    await rehearsal.control.fault({ path: '/v2/applications', drop: true, after: true });
    const { code, document } = await app('create', '--public-url', URL);
    expect([code, document.error.code]).toEqual([7, 'vonage']);
    expect(readdirSync(operator.home)).toEqual([]);
  });
});

describe('show', () => {
  test('its webhooks', async () => {
    const { document } = await app('create', '--public-url', URL);
    expect((await app('show')).document).toEqual({ application: document.application });
    expect((await operator.run(['app', 'show'])).stdout).toContain(`  answer    ${URL}/proxy-call (POST)`);
  });

  test('unsigned callbacks stand out', async () => {
    operator = rehearsal.operator();
    const { VONAGE_APPLICATION_ID: id } = rehearsal.sandbox.env;
    const whole = await atVonage(id);
    whole.capabilities = { voice: { webhooks: {}, signed_callbacks: false } };
    await rehearsal.control.json(`/v2/applications/${id}`, {
      method: 'PUT',
      body: JSON.stringify(whole),
      headers: { authorization: rehearsal.control.basic },
    });
    expect((await app('show')).document.application).toMatchObject({
      signedCallbacks: false,
      answerUrl: null,
    });
    expect((await operator.run(['app', 'show'])).stdout).toContain('no: every call would be refused');
  });

  test('no application is exit 3, an unknown one exit 4', async () => {
    expect(await app('show')).toMatchObject({ code: 3, document: { error: { code: 'settings' } } });
    await operator.run(['config', 'set', 'applicationId', '6c365439-7f5d-4ab9-bd30-33a1c9e2f8d1']);
    for (const argv of [['show'], ['update', '--name', 'x'], ['update', '--public-url', URL]])
      expect(await app(...argv)).toMatchObject({ code: 4, document: { error: { code: 'not-found' } } });
  });
});

describe('update', () => {
  test('moves the webhooks, and keeps everything that is not ours', async () => {
    const { id } = (await app('create', '--name', 'Rides', '--public-url', URL)).document.application;
    const before = await atVonage(id);
    before.capabilities.voice.region = 'eu-west';
    before.capabilities.voice.webhooks.answer_url.socket_timeout = 2000;
    before.capabilities.rtc = {
      webhooks: { event_url: { address: 'https://rtc.example.com', http_method: 'POST' } },
    };
    before.privacy = { improve_ai: true };
    await rehearsal.control.json(`/v2/applications/${id}`, {
      method: 'PUT',
      body: JSON.stringify(before),
      headers: { authorization: rehearsal.control.basic },
    });

    const { code, document } = await app('update', '--public-url', 'https://new.example.com');
    expect(code).toBe(0);
    expect(document.application).toMatchObject({
      id,
      name: 'Rides',
      answerUrl: 'https://new.example.com/proxy-call',
      signedCallbacks: true,
    });
    const after = await atVonage(id);
    expect(after.capabilities.rtc).toEqual(before.capabilities.rtc);
    expect(after.capabilities.voice.region).toBe('eu-west');
    expect(after.capabilities.voice.webhooks.answer_url).toMatchObject({
      socket_timeout: 2000,
      http_method: 'POST',
    });
    expect(after.privacy).toEqual({ improve_ai: true });
    expect(after.keys.public_key).toBe(before.keys.public_key);
    expect(await setting('publicUrl')).toBe('https://new.example.com');
  });

  test('renames, and leaves the webhooks', async () => {
    await app('create', '--public-url', URL);
    const { document } = await app('update', '--name', 'Deliveries');
    expect(document.application).toMatchObject({ name: 'Deliveries', ...WEBHOOKS });
    expect(await setting('publicUrl')).toBe(URL);
  });

  test('--dry-run changes nothing', async () => {
    const { id } = (await app('create', '--public-url', URL)).document.application;
    const before = await atVonage(id);
    const { code, document } = await app('update', '--public-url', 'https://new.example.com', '--dry-run');
    expect([code, document.dryRun]).toEqual([0, true]);
    expect(document.webhooks.answerUrl).toBe('https://new.example.com/proxy-call');
    expect(await atVonage(id)).toEqual(before);
    expect(await setting('publicUrl')).toBe(URL);
  });

  test.each([[[]], [['--public-url', 'nowhere']], [['--name', ' ']]])('%j is wrong use', async (flags) => {
    expect((await app('update', ...flags)).code).toBe(2);
  });
});
