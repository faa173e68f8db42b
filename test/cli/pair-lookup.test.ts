import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { lookupInUse } from '../../src/use-cases/look-up-people.js';
import { foreigner, known, person } from '../support/privacy.js';
import { london, Rehearsal } from '../support/rehearsal.js';
import { startSilence } from '../support/silence.js';
import type { Document, Operator } from '../support/voxproxy.js';

let rehearsal: Rehearsal;
let operator: Operator;
const POOL = london(200, 2);

/** These run beside the other tests, because they take their time. */
const silent: Record<
  string,
  Promise<{ code: number; document: Document; stderr: string; took: number }>
> = {};

beforeAll(async () => {
  rehearsal = await Rehearsal.start();
  await rehearsal.rent('GB', ...POOL);
  const { url } = await startSilence();
  for (const way of ['number-insight', 'identity-insights']) {
    const patient = await rehearsal.pooled(...POOL);
    const argv = ['pair', person(1), person(2), '--no-sms', '--lookup', way];
    const before = Date.now();
    silent[way] = patient
      .json(argv, { env: { VONAGE_API_HOST: url } })
      .then((ran) => ({ ...ran, took: Date.now() - before }));
  }
});
afterAll(() => rehearsal.close());
beforeEach(async () => {
  await rehearsal.control.clearFaults();
  operator = await rehearsal.pooled(...POOL);
  rehearsal.requests.length = 0;
});

const pair = (way: string, a = person(1), b = person(2), env = {}) =>
  operator.json(['pair', a, b, '--no-sms', '--lookup', way], { env });
const asked = () => rehearsal.requests.map(({ line }) => line.split(' ')[1]);
const sessions = async () => (await operator.json(['sessions', 'list'])).document.sessions;

const PATHS = { 'number-insight': '/ni/basic/json', 'identity-insights': '/identity-insights/v1/requests' };
const WAYS = Object.entries(PATHS);

test('auto is Number Insight until it ends, and Identity Insights afterwards', () => {
  const end = Date.parse('2027-02-04T00:00:00Z');
  expect(lookupInUse('auto', end - 1)).toBe('number-insight');
  expect(lookupInUse('auto', end)).toBe('identity-insights');
  for (const way of ['number-insight', 'identity-insights', 'offline'] as const)
    for (const now of [end - 1, end]) expect(lookupInUse(way, now)).toBe(way);
});

describe.each(WAYS)('--lookup %s', (way, path) => {
  test('asks once for each', async () => {
    expect(await pair(way)).toMatchObject({ code: 0, stderr: '' });
    expect(asked()).toEqual([path, path]);
  });

  test('its country goes before that of the number', async () => {
    const format = { country_code: 'JE', is_format_valid: true, status: { code: 'OK' } };
    const body = { status: 0, country_code: 'JE', insights: { format } };
    await rehearsal.control.fault({ path, times: 2, body });
    const { document } = await pair(way, person(1), foreigner(1));
    expect([document.session.a.country, document.session.b.country]).toEqual(['JE', 'JE']);
    const offline = await pair('offline', person(3), foreigner(3));
    expect(offline.document.session.b.country).toBe('IE');
  });

  test('a number that does not exist is refused by position', async () => {
    const missing = known('+447400990000');
    const { code, document } = await pair(way, person(1), missing);
    expect([code, document.error.code]).toEqual([2, 'invalid-number']);
    expect(document.error.message).toBe('The second number does not exist, says the lookup.');
    expect((await pair(way, missing, person(1))).document.error.message).toContain('The first number');
    expect(await sessions()).toEqual([]);
  });

  test.each([
    [{ status: 429 }, 'its quota is used up'],
    [{ status: 500 }, 'it answered 500'],
    [{ status: 503, html: true }, 'it answered 503'],
    [{ html: true }, 'its answer could not be understood'],
    [{ body: {} }, 'it had a failure of its own'],
    [{ drop: true }, 'it could not be reached'],
  ])('%j is a warning, and pairing goes on', async (fields, why) => {
    await rehearsal.control.fault({ path, times: 2, ...fields });
    const { code, document, stderr } = await pair(way);
    expect([code, document.created]).toEqual([0, true]);
    for (const position of ['first', 'second'])
      expect(stderr).toContain(`⚠ The ${position} number could not be looked up: ${why}.`);
    expect(document.session.a.country).toBe('GB');
  });

  test('refused credentials are exit 3, and nothing is saved', async () => {
    await rehearsal.control.fault({ path, status: 401, times: 2 });
    const { code, document } = await pair(way);
    expect([code, document.error.code]).toEqual([3, 'credentials']);
    expect(await sessions()).toEqual([]);
  });
});

describe('which way', () => {
  test('offline asks nobody', async () => {
    expect((await pair('offline', person(1), '+447400990000')).code).toBe(0);
    expect(asked()).toEqual([]);
  });

  test('a dry run asks nobody unless told to', async () => {
    await operator.json(['pair', person(1), person(2), '--dry-run']);
    expect(asked()).toEqual([]);
    await operator.json(['pair', person(1), person(2), '--dry-run', '--lookup', 'number-insight']);
    expect(asked()).toEqual([PATHS['number-insight'], PATHS['number-insight']]);
  });

  test('the setting, and the flag before it', async () => {
    await operator.run(['config', 'set', 'lookup', 'identity-insights']);
    await operator.json(['pair', person(1), person(2), '--no-sms']);
    expect(new Set(asked())).toEqual(new Set([PATHS['identity-insights']]));
    rehearsal.requests.length = 0;
    await pair('number-insight', person(3), person(4));
    expect(new Set(asked())).toEqual(new Set([PATHS['number-insight']]));
  });
});

describe('Number Insight says', () => {
  test.each([
    [{ status: 5, status_message: 'The format of the recipient address is not valid' }, 2, ''],
    [{ status: 4, status_message: 'Invalid credentials' }, 3, ''],
    [{ status: 1, status_message: 'Busy' }, 0, 'it is busy'],
    [{ status: 9, status_message: 'Partner quota exceeded' }, 0, 'its quota is used up'],
    [{ status: 5, status_message: 'Internal error' }, 0, 'it had a failure of its own'],
  ])('%j', async (body, code, why) => {
    await rehearsal.control.fault({ path: PATHS['number-insight'], times: 2, body });
    const ran = await pair('number-insight');
    expect(ran.code).toBe(code);
    expect(ran.stderr).toContain(why);
    expect(await sessions()).toHaveLength(code === 0 ? 1 : 0);
  });
});

describe('Identity Insights says', () => {
  const format = (fields: object) => ({ insights: { format: fields } });
  test.each([
    [format({ status: { code: 'OK' }, is_format_valid: false }), 2],
    [format({ status: { code: 'UNAUTHORIZED' } }), 3],
    [format({ status: { code: 'NO_COVERAGE' } }), 0],
    [format({ status: { code: 'INTERNAL_ERROR' } }), 0],
  ])('%j', async (body, code) => {
    await rehearsal.control.fault({ path: PATHS['identity-insights'], times: 2, body });
    expect((await pair('identity-insights')).code).toBe(code);
  });
});

describe('credentials', () => {
  test.each([
    [{ VONAGE_API_SECRET: 'wrong-secret-entirely' }, 'number-insight', 'credentials'],
    [{ VONAGE_API_KEY: '' }, 'number-insight', 'credentials'],
    [{ VONAGE_API_SECRET: '' }, 'number-insight', 'credentials'],
    [{ VONAGE_APPLICATION_ID: '' }, 'identity-insights', 'settings'],
    [{ VONAGE_PRIVATE_KEY: '' }, 'identity-insights', 'settings'],
    [{ VONAGE_PRIVATE_KEY: '/nowhere/app.key' }, 'identity-insights', 'settings'],
    [{ VONAGE_PRIVATE_KEY: '-----BEGIN PRIVATE KEY-----\nnonsense' }, 'identity-insights', 'settings'],
  ])('%j with %s is exit 3', async (env, way, code) => {
    const ran = await pair(way, person(1), person(2), env);
    expect([ran.code, ran.document.error.code]).toEqual([3, code]);
    expect(ran.document.error.hint).toBeTruthy();
    expect(await sessions()).toEqual([]);
  });

  test('another application’s key is refused', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const VONAGE_PRIVATE_KEY = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    const { code } = await pair('identity-insights', person(1), person(2), { VONAGE_PRIVATE_KEY });
    expect(code).toBe(3);
  });

  test('a key on one line, its line breaks written out, is understood', async () => {
    const VONAGE_PRIVATE_KEY = rehearsal.sandbox.env.VONAGE_PRIVATE_KEY.replaceAll('\n', '\\n');
    expect((await pair('identity-insights', person(1), person(2), { VONAGE_PRIVATE_KEY })).code).toBe(0);
  });
});

test.each(WAYS)('%s silent for three seconds: a warning, and pairing goes on', async (way) => {
  const { code, document, stderr, took } = await (silent[way] as (typeof silent)[string]);
  expect([code, document.created]).toEqual([0, true]);
  expect(stderr).toContain('it did not answer within 3 seconds');
  expect(took).toBeGreaterThan(2_900);
  expect(took).toBeLessThan(5_000);
});
