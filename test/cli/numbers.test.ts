import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { known, person } from '../support/privacy.js';
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
  operator = rehearsal.operator();
});

const numbers = (...argv: string[]) => operator.json(['numbers', ...argv]);
const rentedNumbers = async () => (await rehearsal.rented()).map(({ number }) => number).sort();
const listed = async () => (await numbers('list')).document.numbers;
const [LONDON, LONDON_2] = london(0, 2) as [string, string];

describe('search', () => {
  test('answers number, country, type, features and price', async () => {
    const { code, document } = await numbers('search', 'GB');
    expect(code).toBe(0);
    expect(Object.keys(document)).toEqual(['numbers', 'total']);
    expect(document.numbers).toHaveLength(10);
    expect(document.total).toBe(3000);
    expect(document.numbers[0]).toEqual({
      number: LONDON,
      country: 'GB',
      type: 'landline',
      features: ['SMS', 'VOICE'],
      monthlyCost: { amount: '0.98', currency: 'EUR' },
      setupCost: { amount: '0.98', currency: 'EUR' },
    });
  });

  test('every flag narrows it', async () => {
    const first = async (...flags: string[]) => (await numbers('search', 'us', ...flags)).document.numbers[0];
    expect(await first('--features', 'mms,voice')).toMatchObject({ features: ['SMS', 'VOICE', 'MMS'] });
    expect(await first('--type', 'landline-toll-free')).toMatchObject({ type: 'landline-toll-free' });
    expect((await first('--pattern', '212555')).number).toBe('+12125550100');
    expect((await first('--pattern', '+1212555')).number).toBe('+12125550100');
    expect((await numbers('search', 'US', '--limit', '3')).document.numbers).toHaveLength(3);
  });

  test('nothing found is an answer', async () => {
    for (const argv of [['JP'], ['GB', '--features', 'MMS'], ['GB', '--pattern', '99999999']])
      expect(await numbers('search', ...argv)).toMatchObject({
        code: 0,
        document: { numbers: [], total: 0 },
      });
    const { stdout } = await operator.run(['numbers', 'search', 'JP']);
    expect(stdout).toBe('Vonage has no such number to rent in JP.\n');
  });

  test.each([
    ['ZZ'],
    ['United Kingdom'],
    ['GB', '--features', 'FAX'],
    ['GB', '--features', ''],
    ['GB', '--type', 'mobile'],
    ['GB', '--pattern', 'CALLME'],
    ['GB', '--limit', '101'],
    ['GB', '--limit', '-1'],
  ])('%j %j %j is wrong use', async (...argv) => {
    expect(await numbers('search', ...argv)).toMatchObject({
      code: 2,
      document: { error: { code: 'usage' } },
    });
  });

  test('a table that fits the terminal', async () => {
    for (const columns of [40, 80]) {
      const { stdout } = await operator.run(['numbers', 'search', 'GB'], { terminal: { columns } });
      expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(columns);
      expect(stdout).toContain('+44 20 7946 0000');
    }
  });
});

describe('list', () => {
  test('counts live and quarantined legs', async () => {
    await rehearsal.rent('GB', LONDON, LONDON_2);
    operator = await rehearsal.pooled(LONDON, LONDON_2);
    const pair = (...people: string[]) =>
      operator.json(['pair', ...people, '--no-sms', '--lookup', 'offline']);
    const { document } = await pair(person(1), person(2));
    await pair(person(1), person(3));
    await operator.run(['unpair', document.session.id]);
    expect(await listed()).toEqual([
      {
        number: LONDON,
        country: 'GB',
        features: ['SMS', 'VOICE'],
        state: 'linked',
        linked: true,
        liveLegs: 1,
        quarantinedLegs: 1,
      },
      {
        number: LONDON_2,
        country: 'GB',
        features: ['SMS', 'VOICE'],
        state: 'linked',
        linked: true,
        liveLegs: 1,
        quarantinedLegs: 1,
      },
    ]);
    const { stdout } = await operator.run(['numbers', 'list'], { terminal: { columns: 60 } });
    expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(60);
  });

  test('an empty pool is an answer, without credentials', async () => {
    const env = { VONAGE_API_KEY: '', VONAGE_API_SECRET: '' };
    expect(await operator.json(['numbers', 'list'], { env })).toMatchObject({
      code: 0,
      document: { numbers: [] },
    });
    expect((await operator.run(['numbers', 'list'])).stdout).toBe('The pool is empty.\n');
  });
});

describe('buy', () => {
  test('rents just these, without linking them; provision links them first', async () => {
    const { code, document } = await numbers('buy', LONDON_2, '--country', 'GB', '--yes');
    expect(code).toBe(0);
    expect(document).toEqual({ bought: [{ number: LONDON_2, country: 'GB' }], failed: [] });
    expect((await rehearsal.rented())[0]?.app_id).toBeUndefined();
    expect(await listed()).toMatchObject([{ number: LONDON_2, linked: false }]);
    expect((await numbers('provision', 'GB', '--count', '1', '--yes')).document.provisioned).toEqual([
      { number: LONDON_2, country: 'GB' },
    ]);
    expect(await rentedNumbers()).toEqual([LONDON_2]);
  });

  test('several, one a second; what fails is told and forgotten', async () => {
    await rehearsal.control.fault({ path: '/number/buy', status: 500 });
    const before = Date.now();
    const { code, document } = await numbers('buy', LONDON, LONDON_2.slice(1), '--country', 'GB', '--yes');
    expect(Date.now() - before).toBeGreaterThanOrEqual(1000);
    expect(code).toBe(7);
    expect(document.bought).toEqual([{ number: LONDON_2, country: 'GB' }]);
    expect(document.failed).toEqual([{ number: LONDON, reason: expect.stringContaining('500') }]);
    expect(await listed()).toMatchObject([{ number: LONDON_2 }]);
  });

  test.each([
    [['GB'], ['--yes'], 2],
    [[LONDON], ['--yes'], 2],
    [[LONDON], ['--country', 'ZZ', '--yes'], 2],
    [[LONDON], ['--country', 'GB'], 2],
    [['+4420', LONDON], ['--country', 'GB', '--yes'], 2],
    [['+442079469999'], ['--country', 'GB', '--yes'], 4],
    [[LONDON], ['--country', 'US', '--yes'], 4],
    [[LONDON], ['--country', 'GB', '--dry-run'], 0],
  ])('%j %j is exit %i, and buys nothing', async (list, flags, code) => {
    expect((await numbers('buy', ...list, ...flags)).code).toBe(code);
    expect(await rentedNumbers()).toEqual([]);
  });

  test('asks on a terminal', async () => {
    const typing = [[/Rent them for 0\.98 EUR a month/, 'n']] as const;
    const argv = ['numbers', 'buy', LONDON, '--country', 'GB'];
    expect((await operator.run(argv, { terminal: { typing } })).code).toBe(8);
    expect(await rentedNumbers()).toEqual([]);
  });

  test('a real number of a session is not bought', async () => {
    await rehearsal.rent('GB', LONDON);
    operator = await rehearsal.pooled(LONDON);
    await operator.run(['pair', LONDON_2, person(1), '--no-sms', '--lookup', 'offline']);
    const { code, document } = await numbers('buy', LONDON_2, '--country', 'GB', '--yes');
    expect([code, document.failed.length]).toEqual([7, 1]);
    expect(await rentedNumbers()).toEqual([LONDON]);
  });
});

describe('link', () => {
  const OTHERS = { moHttpUrl: 'https://sms.example.com', voiceStatusCallback: 'https://status.example.com' };
  const application = () => rehearsal.sandbox.env.VONAGE_APPLICATION_ID;

  test('keeps the other settings of the number', async () => {
    await rehearsal.control.rent('GB', LONDON.slice(1), OTHERS);
    const { code, document } = await numbers('link', LONDON);
    expect(code).toBe(0);
    expect(document).toEqual({ linked: [{ number: LONDON, country: 'GB' }], failed: [] });
    expect((await rehearsal.rented())[0]).toMatchObject({ ...OTHERS, app_id: application() });
    expect(await listed()).toMatchObject([{ number: LONDON, linked: true }]);
  });

  test('shows forwarding, and clears it only when asked to', async () => {
    const forwarding = { voiceCallbackType: 'tel', voiceCallbackValue: known('447400987654') };
    await rehearsal.control.rent('GB', LONDON.slice(1), { ...OTHERS, ...forwarding });
    const untouched = async () => expect((await rehearsal.rented())[0]).toMatchObject(forwarding);

    expect((await numbers('link', LONDON)).code).toBe(2);
    await untouched();
    const dry = await numbers('link', LONDON, '--dry-run');
    expect(dry).toMatchObject({ code: 0, document: { linked: [], failed: [], dryRun: true } });
    expect(dry.stderr).toContain('forwards its calls by tel');
    await untouched();
    const no = { terminal: { typing: [[/forwards.*Take \+442079460000 from that\?/s, 'n']] as const } };
    expect((await operator.run(['numbers', 'link', LONDON], no)).code).toBe(8);
    await untouched();

    expect((await numbers('link', LONDON, '--yes')).code).toBe(0);
    const [linked] = await rehearsal.rented();
    expect(linked).toMatchObject({ ...OTHERS, app_id: application() });
    expect(linked).not.toHaveProperty('voiceCallbackType');
  });

  test('asks before taking a number from another application', async () => {
    const basic = { authorization: rehearsal.control.basic };
    const other = (await rehearsal.control.post('/v2/applications', { name: 'Other' }, basic)).body.id;
    await rehearsal.control.rent('GB', LONDON.slice(1), { app_id: other });
    const refused = await numbers('link', LONDON);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`is linked to application ${other}`);
    expect((await numbers('link', LONDON, '--yes')).code).toBe(0);
    expect((await rehearsal.rented())[0]?.app_id).toBe(application());
  });

  test('only numbers of the account, and no real number of a session', async () => {
    await rehearsal.rent('GB', LONDON);
    expect(await numbers('link', LONDON_2)).toMatchObject({
      code: 4,
      document: { error: { code: 'not-found' } },
    });
    expect((await numbers('link', LONDON.slice(0, -1))).code).toBe(4);
    operator = await rehearsal.pooled(LONDON);
    await operator.run(['pair', LONDON_2, person(1), '--no-sms', '--lookup', 'offline']);
    await rehearsal.rent('GB', LONDON_2);
    expect(await numbers('link', LONDON_2)).toMatchObject({
      code: 5,
      document: { error: { code: 'conflict' } },
    });
    const both = await numbers('link', LONDON, LONDON_2, '--yes');
    expect(both.code).toBe(5);
    expect(both.document.linked).toEqual([{ number: LONDON, country: 'GB' }]);
    expect(both.document.failed).toMatchObject([{ number: LONDON_2, code: 'conflict' }]);
  });

  test('a number in use stays in use while it is linked again and Vonage fails', async () => {
    await rehearsal.rent('GB', LONDON);
    operator = await rehearsal.pooled(LONDON);
    await rehearsal.control.fault({ path: '/number/update', status: 500 });
    expect((await numbers('link', LONDON)).code).toBe(7);
    expect(await listed()).toMatchObject([{ linked: true }]);
  });
});

describe('release', () => {
  const release = (...argv: string[]) => numbers('release', ...argv);
  let session: string;

  beforeEach(async () => {
    await rehearsal.rent('GB', LONDON, LONDON_2);
    operator = await rehearsal.pooled(LONDON, LONDON_2);
    const argv = ['pair', person(1), person(2), '--no-sms', '--lookup', 'offline'];
    session = (await operator.json(argv)).document.session.id;
  });

  test('is refused while sessions use the number, before it asks', async () => {
    for (const flags of [['--yes'], ['--dry-run']]) {
      const { stderr } = await release(LONDON, ...flags);
      expect(stderr).toContain('1 live and 0 quarantined legs');
    }
    const { code, document } = await release(LONDON, '--yes');
    expect([code, document.error.code]).toEqual([5, 'conflict']);
    expect(document.error.message).toContain(session);
    const asked = await operator.run(['numbers', 'release', LONDON], { terminal: {} });
    expect(asked.code).toBe(5);
    await operator.run(['unpair', session]);
    expect((await release(LONDON, '--yes')).code).toBe(5);
    expect(await rentedNumbers()).toEqual([LONDON, LONDON_2]);
  });

  test('--force closes the sessions, unlinks, cancels, and never routes it again', async () => {
    expect(await release(LONDON, '--yes', '--force')).toMatchObject({
      code: 0,
      document: { released: LONDON, closed: [session] },
    });
    expect(await rentedNumbers()).toEqual([LONDON_2]);
    expect(await listed()).toMatchObject([{ number: LONDON_2 }]);
    const { document } = await operator.json(['explain', person(1), LONDON]);
    expect(document.route).toEqual({ kind: 'refuse', reason: 'not-in-pool' });
  });

  test.each([
    [LONDON.slice(1), '44 20 7946 0000', 0],
    [LONDON, '442079460001', 8],
    [LONDON, '', 8],
  ])('asks for the number to be typed: %j, %j', async (number, typed, code) => {
    const typing = [[/Type \+442079460000 to give it back/, typed]] as const;
    const ran = await operator.run(['numbers', 'release', number, '--force'], { terminal: { typing } });
    expect(ran.code).toBe(code);
    expect(await rentedNumbers()).toEqual(code === 0 ? [LONDON_2] : [LONDON, LONDON_2]);
  });

  test('takes a whole number alone, and one of ours', async () => {
    for (const number of ['+44207946', '442079460009', LONDON.slice(0, -1)])
      expect((await release(number, '--yes')).code).toBe(4);
    for (const number of ['020 7946 0000', 'London', '+4420'])
      expect((await release(number, '--yes')).code).toBe(2);
    expect((await release(LONDON)).code).toBe(2);
    expect(await rentedNumbers()).toEqual([LONDON, LONDON_2]);
  });

  test.each(['/number/update', '/number/cancel'])(
    'interrupted at %s: routed no more, and finished by the next run',
    async (path) => {
      await rehearsal.control.fault({ path, status: 500 });
      expect((await release(LONDON, '--yes', '--force')).code).toBe(7);
      expect(await listed()).toContainEqual(expect.objectContaining({ number: LONDON, linked: false }));
      expect((await operator.json(['explain', person(1), LONDON])).document.route.reason).toBe('not-in-pool');
      expect((await release(LONDON, '--yes')).code).toBe(0);
      expect(await rentedNumbers()).toEqual([LONDON_2]);
      expect(await listed()).toMatchObject([{ number: LONDON_2 }]);
    },
  );

  test('cancelled, but the answer was lost', async () => {
    await rehearsal.control.fault({ path: '/number/cancel', drop: true, after: true });
    expect((await release(LONDON, '--yes', '--force')).code).toBe(7);
    expect((await release(LONDON, '--yes')).code).toBe(0);
    expect(await listed()).toMatchObject([{ number: LONDON_2 }]);
  });
});
