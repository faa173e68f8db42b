import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Vonage } from '@vonage/server-sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js';
import { controlOf } from './control.js';
import { failure, sdkFor } from './sdk.js';

let sandbox: Sandbox;
let control: ReturnType<typeof controlOf>;
let vonage: Vonage;

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  control = controlOf(sandbox);
  vonage = sdkFor(sandbox.env);
});
afterAll(() => sandbox.close());
beforeEach(() => control.reset());

const GB = '442079460000';
const FAILED = { 'error-code': '420', 'error-code-label': 'method failed' };

const search = (country: string, more: object = {}) =>
  vonage.numbers.getAvailableNumbers({ country, ...more });
const buy = (country: string, msisdn: string) => vonage.numbers.buyNumber({ country, msisdn });
const own = (filter: object = {}) => vonage.numbers.getOwnedNumbers(filter as never);

describe('the sandbox', () => {
  test('hands out an environment of its own every time', async () => {
    const other = await startSandbox({ port: 0 });
    for (const name of [
      'VONAGE_API_KEY',
      'VONAGE_API_SECRET',
      'VONAGE_SIGNATURE_SECRET',
      'VONAGE_PRIVATE_KEY',
    ] as const) {
      expect(other.env[name]).not.toBe(sandbox.env[name]);
    }
    expect(sandbox.env).toMatchObject({
      VONAGE_API_KEY: expect.stringMatching(/^[0-9a-f]{8}$/),
      VONAGE_API_SECRET: expect.stringMatching(/^[A-Za-z0-9]{16}$/),
      VONAGE_SIGNATURE_SECRET: expect.stringMatching(/^.{32,}$/),
      VONAGE_PRIVATE_KEY: expect.stringContaining('-----BEGIN PRIVATE KEY-----'),
      VONAGE_REST_HOST: sandbox.url,
      VONAGE_API_HOST: sandbox.url,
    });
    await other.close();
  });

  test('says that a port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await expect(startSandbox({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    server.close();
  });

  test('logs what it was asked, without numbers', async () => {
    const lines: string[] = [];
    const other = await startSandbox({ port: 0, onLog: (line) => lines.push(line) });
    await fetch(`${other.url}/ni/basic/json?number=${GB}`);
    expect(lines).toEqual(['GET /ni/basic/json 401']);
    await other.close();
  });

  test('closes at once, whatever is still going on', async () => {
    const other = await startSandbox({ port: 0 });
    await controlOf(other).fault({ path: '/account/get-balance', timeout: true });
    const hanging = fetch(`${other.url}/account/get-balance`).catch((error: Error) => error);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const start = performance.now();
    await other.close();
    expect(performance.now() - start).toBeLessThan(500);
    expect(await hanging).toBeInstanceOf(Error);
  });

  test('introduces itself, and knows no other paths', async () => {
    expect(await (await fetch(sandbox.url)).text()).toContain('nothing here is real');
    expect((await control.get('/v1/nothing')).status).toBe(404);
  });

  test.each([
    [{ host: 'evil.example' }, 403],
    [{ host: 'localhost.evil.example' }, 403],
    [{ host: 'localhost:1234' }, 200],
    [{ host: 'sandbox.localhost' }, 200],
    [{ host: '127.0.0.1' }, 200],
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
  ])('with %j answers %i', async (headers, status) => {
    const answered = new Promise((resolve) => {
      request(`${sandbox.url}/sandbox/state`, { headers }, (response) => resolve(response.statusCode)).end();
    });
    expect(await answered).toBe(status);
  });
});

test('the state shows numbers, applications and balance', async () => {
  await control.rent('GB', GB);
  expect((await control.get('/sandbox/state')).body).toMatchObject({
    balance: 98.04,
    numbers: [{ msisdn: GB, app_id: sandbox.env.VONAGE_APPLICATION_ID }],
    applications: [{ id: sandbox.env.VONAGE_APPLICATION_ID, name: 'Sandbox' }],
  });
});

describe('faults', () => {
  const SEARCH = '/number/search';

  test("answer a path so many times with a status, in Vonage's words", async () => {
    await control.fault({ path: SEARCH, status: 429, times: 2 });
    const first = await failure(search('GB'));
    expect([first.status, first.headers.get('retry-after')]).toEqual([429, '1']);
    await failure(search('GB'));
    expect(await search('GB')).toHaveProperty('count');
  });

  test('reach the answer that says 420 under HTTP 200', async () => {
    await control.fault({ path: '/number/buy', status: 200, body: FAILED });
    expect(await buy('GB', GB)).toEqual({ errorCode: '420', errorCodeLabel: 'method failed' });
    expect(await own()).toMatchObject({ count: 0 });
  });

  test('answer with a web page', async () => {
    await control.fault({ path: SEARCH, html: true });
    expect(await search('GB')).toContain('<!doctype html>');
  });

  test('drop the connection', async () => {
    await control.fault({ path: SEARCH, drop: true });
    await expect(search('GB')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('never answer', async () => {
    await control.fault({ path: SEARCH, timeout: true });
    const hurried = sdkFor(sandbox.env, { timeout: 100 });
    await expect(hurried.numbers.getAvailableNumbers({ country: 'GB' })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  test('do what was asked, and lose the answer', async () => {
    await control.fault({ path: '/number/buy', drop: true, after: true });
    await expect(buy('GB', GB)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await own()).toMatchObject({ count: 1 });
  });

  test('delay', async () => {
    await control.fault({ path: SEARCH, delayMs: 150 });
    const start = performance.now();
    expect(await search('GB')).toHaveProperty('count');
    expect(performance.now() - start).toBeGreaterThan(140);
  });

  test('hold for one method alone, are listed, and can be cleared', async () => {
    const path = '/v2/applications';
    const { body } = await control.fault({
      path,
      method: 'POST',
      status: 500,
      headers: { 'x-request-id': '1' },
    });
    expect(body).toEqual({
      faults: [{ path, method: 'POST', status: 500, times: 1, headers: { 'x-request-id': '1' } }],
    });
    expect((await control.get(path)).status).toBe(200);
    expect(await failure(vonage.applications.createApplication({ name: 'x' } as never))).toMatchObject({
      status: 500,
    });
    await control.fault({ path: SEARCH, status: 503 });
    await control.clearFaults();
    expect(await search('GB')).toHaveProperty('count');
  });

  test.each([
    [{}, '"path" must'],
    [{ path: '/sandbox/calls', status: 500 }, '"path" must'],
    [{ path: SEARCH }, 'say what goes wrong'],
    [{ path: SEARCH, status: 42 }, '"status" must'],
    [{ path: SEARCH, status: 500, times: 0 }, '"times" must'],
    [{ path: SEARCH, statsu: 500 }, '"statsu" is not known'],
    [{ path: SEARCH, status: 500, after: true }, '"after" needs'],
    [{ path: 'network' }, '"quirk" must'],
    [{ path: 'network', quirk: 'rain' }, '"quirk" must be one of: unsigned'],
    [{ path: 'network', quirk: 'unsigned', status: 500 }, '"status" is not known'],
  ])('refuse %j', async (fault, error) => {
    expect(await control.fault(fault)).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining(error) },
    });
  });
});
