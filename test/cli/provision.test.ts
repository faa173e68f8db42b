import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { person } from '../support/privacy.js';
import { Rehearsal } from '../support/rehearsal.js';
import { numbersOf, renting } from '../support/renting.js';
import type { Operator } from '../support/voxproxy.js';

let rehearsal: Rehearsal;
let operator: Operator;
let house: ReturnType<typeof renting>;

beforeAll(async () => {
  rehearsal = await Rehearsal.start();
});
afterAll(() => rehearsal.close());
beforeEach(async () => {
  await rehearsal.control.reset();
  rehearsal.requests.length = 0;
  operator = rehearsal.operator();
  house = renting(rehearsal, operator);
});

describe('a provision', () => {
  test('--type chooses', async () => {
    const { document } = await house.provision('FR', '--yes', '--count', '1', '--type', 'mobile-lvn');
    expect(numbersOf(document.provisioned)).toEqual(['+33644630000']);
  });

  test('--dry-run shows and buys nothing', async () => {
    const { code, document } = await house.provision('GB', '--dry-run');
    expect(code).toBe(0);
    expect(document).toMatchObject({ provisioned: [], failed: [], dryRun: true });
    expect(document.numbers[0]).toEqual({
      number: '+442079460000',
      country: 'GB',
      type: 'landline',
      features: ['SMS', 'VOICE'],
      monthlyCost: { amount: '0.98', currency: 'EUR' },
      setupCost: { amount: '0.98', currency: 'EUR' },
    });
    await house.expectAllLinked(0);
  });

  test.each([[[]], [['--no-input']]])(
    'asks before it spends: without a terminal exit 2 (%j)',
    async (more) => {
      const { code, document } = await house.provision('GB', ...more);
      expect([code, document.error.code]).toEqual([2, 'usage']);
      expect(document.error.hint).toContain('--yes');
      expect(rehearsal.requests).toEqual([]);
    },
  );

  test.each([
    ['n', 8, 0],
    ['', 8, 0],
    ['y', 0, 1],
  ])('on a terminal asks: %j', async (answer, code, bought) => {
    const ran = await operator.run(['numbers', 'provision', 'GB', '--count', '1'], {
      terminal: { typing: [[/Rent 1 number for 0\.98 EUR a month and 0\.98 EUR once\?/, answer]] },
    });
    expect(ran.code).toBe(code);
    await house.expectAllLinked(bought);
  });

  test.each([
    [['ZZ'], 2],
    [['Britain'], 2],
    [['GB', '--count', '0'], 2],
    [['GB', '--count', 'two'], 2],
    [['GB', '--count', '96'], 2],
    [['GB', '--type', 'satellite'], 2],
    [['JP'], 4],
    [['GB', '--type', 'landline-toll-free'], 4],
  ])('%j is exit %i', async (argv, code) => {
    expect((await house.provision(...argv, '--yes')).code).toBe(code);
    await house.expectAllLinked(0);
  });

  test.each([{}, { count: 0, numbers: [] }, { count: 0 }])('nothing for sale looks like %j', async (body) => {
    await house.fault('/number/search', { body });
    const { code, document } = await house.provision('GB', '--yes');
    expect([code, document.error.code]).toEqual([4, 'not-found']);
  });

  test('an application that Vonage does not know costs nothing', async () => {
    const env = { VONAGE_APPLICATION_ID: '6c365439-7f5d-4ab9-bd30-33a1c9e2f8d1' };
    const { code } = await operator.json(['numbers', 'provision', 'GB', '--yes'], { env });
    expect(code).toBe(4);
    await house.expectAllLinked(0);
  });
});

describe('refusals', () => {
  test('a country that wants an address is said', async () => {
    const { code, document } = await house.provision('DE', '--yes', '--count', '2');
    expect(code).toBe(7);
    expect(document.failed[0].reason).toContain('need a local address');
    expect(house.purchases()).toHaveLength(1);
    await house.expectAllLinked(0);
  });

  test('a number that is gone is replaced by the next', async () => {
    const gone = { body: { count: 7, numbers: offers(7) } };
    await house.fault('/number/search', gone);
    await rehearsal.control.rent('GB', '442079460000');
    // Somebody else's: not on the account when it is asked.
    await house.fault('/account/numbers', { body: {}, times: 1 });
    const { code, document } = await house.provision('GB', '--yes', '--count', '1');
    expect(code).toBe(0);
    expect(numbersOf(document.provisioned)).toEqual(['+442079460001']);
  });

  test.each([420, 200])('420 in HTTP %i is a refusal like any other', async (status) => {
    const body = { 'error-code': '420', 'error-code-label': 'method failed' };
    await house.fault('/number/buy', { status, body });
    const { code, document } = await house.provision('GB', '--yes', '--count', '1');
    expect(code).toBe(7);
    expect(document.failed[0].reason).toBe('Vonage refused: method failed');
    await house.expectAllLinked(0);
  });
});

describe('what stopped halfway goes on', () => {
  test('bought, but the answer was lost', async () => {
    await house.fault('/number/buy', { drop: true, after: true });
    const { code, document } = await house.provision('GB', '--yes', '--count', '1');
    expect([code, document.provisioned.length]).toEqual([0, 1]);
    await house.expectAllLinked(1);
  });

  test('interrupted while it waits for a throttled purchase', async () => {
    await house.fault('/number/buy', { status: 429, headers: { 'retry-after': '30' } });
    const ending = new AbortController();
    const { code } = await operator.run(['numbers', 'provision', 'GB', '--yes'], {
      signal: ending.signal,
      onError: (text) => {
        if (text.includes('wait 30 s')) ending.abort();
      },
    });
    expect(code).toBe(130);
    await house.expectAllLinked(0);
  });

  test('a dry run and a declined one change nothing about it', async () => {
    await house.fault('/number/update', { status: 500 });
    await house.provision('GB', '--yes', '--count', '1');
    const dry = await house.provision('GB', '--dry-run');
    expect(numbersOf(dry.document.numbers)).toEqual(['+442079460001']);
    const typing = [[/Rent 1 number/, 'n']] as const;
    const { code } = await operator.run(['numbers', 'provision', 'GB'], { terminal: { typing } });
    expect(code).toBe(8);
    expect((await house.provision('GB', '--yes')).document.provisioned).toHaveLength(2);
    await house.expectAllLinked(2);
  });

  test('what others bought is left alone', async () => {
    await rehearsal.control.rent('GB', '442079460500', {});
    await house.provision('GB', '--yes', '--count', '1');
    const others = (await rehearsal.rented()).find(({ number }) => number === '+442079460500');
    expect(others?.app_id).toBeUndefined();
    expect(numbersOf(await house.listed())).toEqual(['+442079460000']);
  });
});

test('a number that is somebody’s real number is never bought', async () => {
  await house.provision('GB', '--yes', '--count', '1');
  const real = '+442079460001';
  expect((await operator.run(['pair', real, person(1), '--no-sms', '--lookup', 'offline'])).code).toBe(0);
  const { document } = await house.provision('GB', '--yes', '--count', '1');
  expect(numbersOf(document.provisioned)).toEqual(['+442079460002']);
});

function offers(count: number) {
  return Array.from({ length: count }, (_, i) => ({
    country: 'GB',
    msisdn: `44207946000${i}`,
    type: 'landline',
    cost: '0.98',
    initialPrice: '0.98',
    features: ['SMS', 'VOICE'],
  }));
}
