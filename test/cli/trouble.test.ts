import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { person } from '../support/privacy.js';
import { london, Rehearsal } from '../support/rehearsal.js';
import { startSilence } from '../support/silence.js';
import type { Document, Operator } from '../support/voxproxy.js';

let rehearsal: Rehearsal;
let operator: Operator;
const [NUMBER = '', FREE = ''] = london(500, 2);

/** Runs beside the other tests, because it takes its time. */
let givenUp: Promise<{ code: number; document: Document; took: number }>;

beforeAll(async () => {
  rehearsal = await Rehearsal.start();
  const { url } = await startSilence();
  const before = Date.now();
  givenUp = rehearsal
    .operator({ VONAGE_REST_HOST: url })
    .json(['numbers', 'search', 'GB'])
    .then((ran) => ({ ...ran, took: Date.now() - before }));
  await rehearsal.rent('GB', NUMBER);
});
afterAll(() => rehearsal.close());
beforeEach(async () => {
  await rehearsal.control.clearFaults();
  operator = rehearsal.operator();
});

/** One command of each group that needs Vonage, and the path that it asks first. */
const COMMANDS: [line: string[], path: string][] = [
  [['numbers', 'search', 'GB'], '/number/search'],
  [['numbers', 'provision', 'GB', '--yes'], '/v2/applications/ID'],
  [['numbers', 'buy', FREE, '--country', 'GB', '--yes'], '/number/search'],
  [['numbers', 'link', NUMBER, '--yes'], '/v2/applications/ID'],
  [['app', 'show'], '/v2/applications/ID'],
  [['app', 'update', '--name', 'x'], '/v2/applications/ID'],
  [['app', 'create', '--public-url', 'https://calls.example.com'], '/v2/applications'],
];
const TROUBLES: [what: string, fields: object, said: RegExp][] = [
  ['dropping', { drop: true }, /connection (failed|broke)/],
  ['answering HTML', { html: true, status: 502 }, /Vonage answered 502/],
  ['answering HTML with 200', { html: true }, /could not be understood/],
  ['failing', { status: 500 }, /Vonage answered 500/],
  ['unavailable', { status: 503 }, /Vonage answered 503/],
  ['forbidding', { status: 403 }, /Vonage answered 403/],
];
const pathOf = (path: string) => path.replace('ID', rehearsal.sandbox.env.VONAGE_APPLICATION_ID);

describe.each(TROUBLES)('Vonage %s', (_what, fields, said) => {
  test.each(COMMANDS)('%j is exit 7, said clearly', async (line, path) => {
    await rehearsal.control.fault({ path: pathOf(path), times: 9, ...fields });
    const { code, document } = await operator.json(line);
    expect([code, document.error.code]).toEqual([7, 'vonage']);
    expect(document.error.message).toMatch(said);
    expect(document.error.hint).toBeTruthy();
  });
});

test('Vonage that is not there is exit 7 for every command', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => closed.once('listening', resolve));
  const { port } = closed.address() as { port: number };
  await new Promise((resolve) => closed.close(resolve));
  const nobody = `http://127.0.0.1:${port}`;
  const env = { VONAGE_REST_HOST: nobody, VONAGE_API_HOST: nobody };
  for (const [line] of COMMANDS) {
    const { code, document } = await operator.json(line, { env });
    expect([line, code]).toEqual([line, 7]);
    expect(document.error.message).toContain('ECONNREFUSED');
    expect(document.error.hint).toContain('VONAGE_REST_HOST');
  }
});

describe('credentials', () => {
  const NONE = { VONAGE_API_KEY: '', VONAGE_API_SECRET: '' };
  const NO_APPLICATION = { VONAGE_APPLICATION_ID: '' };

  test.each(COMMANDS)('%j without any is exit 3, with wrong ones too', async (line) => {
    const none = await operator.json(line, { env: NONE });
    expect([none.code, none.document.error.code]).toEqual([3, 'credentials']);
    expect(none.document.error.message).toContain('VONAGE_API_KEY');
    for (const wrong of [{ VONAGE_API_SECRET: 'wrong-secret-entirely' }, { VONAGE_API_KEY: 'nobody' }]) {
      const { code, document } = await operator.json(line, { env: wrong });
      expect([code, document.error.code]).toEqual([3, 'credentials']);
      expect(document.error.message).toBe('Vonage refused the credentials.');
    }
  });

  test.each([
    [['numbers', 'provision', 'GB', '--yes']],
    [['numbers', 'link', NUMBER, '--yes']],
    [['app', 'show']],
    [['app', 'update', '--name', 'x']],
  ])('%j without an application is exit 3', async (line) => {
    const { code, document } = await operator.json(line, { env: NO_APPLICATION });
    expect([code, document.error.code]).toEqual([3, 'settings']);
    expect(document.error.hint).toContain('voxproxy app create');
  });

  test('wrong use comes before missing credentials, and these before a damaged store', async () => {
    mkdirSync(operator.home, { recursive: true });
    writeFileSync(join(operator.home, 'store.json'), '{');
    const pair = ['pair', person(1), person(2), '--lookup', 'offline'];
    for (const [line, wrong] of [
      [
        ['numbers', 'provision', 'GB', '--yes'],
        ['--count', '0'],
      ],
      [['numbers', 'link', NUMBER, '--yes'], ['+44']],
      [['numbers', 'release', NUMBER, '--yes'], ['x']],
      [pair, ['--ttl', 'soon']],
      [['sessions', 'notify', 'nobody'], ['again']],
    ] as const) {
      expect((await operator.json([...line, ...wrong], { env: NONE })).code).toBe(2);
      expect((await operator.json([...line], { env: NONE })).code).toBe(3);
      expect((await operator.json([...line])).code).toBe(7);
    }
  });

  test('a host that is no URL is exit 3', async () => {
    const env = { VONAGE_REST_HOST: 'localhost:4010' };
    const { code, document } = await operator.json(['numbers', 'search', 'GB'], { env });
    expect([code, document.error.code]).toEqual([3, 'settings']);
    expect(document.error.message).toContain('VONAGE_REST_HOST');
  });

  test.each(['VOXPROXY_STORE', 'VOXPROXY_ENCRYPTION_KEY'])('%s is not ignored', async (name) => {
    const { code, document } = await operator.json(['sessions', 'list'], { env: { [name]: 'mysql://x' } });
    expect([code, document.error.code]).toEqual([3, 'settings']);
  });
});

describe('the store', () => {
  const READERS = [
    ['sessions', 'list'],
    ['sessions', 'show', 'x'],
    ['numbers', 'list'],
    ['explain', 'anonymous', NUMBER],
  ];
  const WRITERS = [
    ['pair', person(1), person(2), '--no-sms', '--lookup', 'offline'],
    ['numbers', 'link', NUMBER, '--yes'],
    ['numbers', 'buy', FREE, '--country', 'GB', '--yes'],
    ['numbers', 'provision', 'GB', '--yes'],
  ];

  test.each([
    ['not JSON', '{"version":1,'],
    ['empty', ''],
    ['without a version', '{}'],
    ['a list', '[]'],
  ])('%s is exit 7: named, kept, and nothing is bought', async (_what, text) => {
    const path = join(operator.home, 'store.json');
    writeFileSync(path, text);
    const before = (await rehearsal.rented()).length;
    for (const line of [...READERS, ...WRITERS]) {
      const { code, document } = await operator.json(line);
      expect([line, code, document.error.code]).toEqual([line, 7, 'store']);
      expect(document.error.message).toContain(path);
    }
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(await rehearsal.rented()).toHaveLength(before);
  });

  test('of a newer voxproxy is exit 3', async () => {
    writeFileSync(join(operator.home, 'store.json'), '{"version":99}');
    expect(await operator.json(['sessions', 'list'])).toMatchObject({
      code: 3,
      document: { error: { code: 'settings' } },
    });
  });

  test('that cannot be written is exit 7, and nothing is bought', async () => {
    writeFileSync(join(operator.home, 'file'), '');
    const env = { VOXPROXY_HOME: join(operator.home, 'file', 'home') };
    const before = (await rehearsal.rented()).length;
    for (const line of WRITERS) {
      const { code, document } = await operator.json(line, { env });
      expect([line, code, document.error.code]).toEqual([line, 7, 'store']);
    }
    expect(await rehearsal.rented()).toHaveLength(before);
  });

  test('that is a directory is exit 7', async () => {
    mkdirSync(join(operator.home, 'store.json'));
    expect((await operator.json(['sessions', 'list'])).code).toBe(7);
  });
});

test('Vonage that never answers is given up after ten seconds', { timeout: 15_000 }, async () => {
  const { code, document, took } = await givenUp;
  expect(code).toBe(7);
  expect(document.error.message).toBe('Searching numbers failed: Vonage did not answer in time.');
  expect(took).toBeGreaterThan(9_900);
  expect(took).toBeLessThan(13_000);
});
