import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { foreigner, person } from '../support/privacy.js';
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
});

const NUMBERS = london(300, 4) as [string, string, string, string];
const WITHOUT_CREDENTIALS = { VONAGE_API_KEY: '', VONAGE_API_SECRET: '' };
const euros = (amount: string) => ({ amount, currency: 'EUR' });

const plan = (...argv: string[]) => operator.json(['numbers', 'plan', ...argv]);
const pool = async (...numbers: string[]) => {
  await rehearsal.rent('GB', ...numbers);
  operator = await rehearsal.pooled(...numbers);
};
/** The third and the fourth number. */
const more = async () => {
  await rehearsal.rent('GB', ...NUMBERS.slice(2));
  await operator.run(['numbers', 'link', ...NUMBERS.slice(2)]);
};
const pair = async (...argv: string[]) =>
  (await operator.json(['pair', ...argv, '--no-sms', '--lookup', 'offline'])).document.session?.id;

describe('plan', () => {
  test('needs as many numbers as the busiest person has contacts, in quarantine too', async () => {
    await pool(NUMBERS[0], NUMBERS[1]);
    await pair(person(1), person(2));
    const second = await pair(person(3), person(1));
    await pair(person(4), person(5));
    await operator.run(['unpair', second]);
    await more();
    const { code, document } = await plan();
    expect(code).toBe(0);
    expect(document).toEqual({
      needed: 2,
      usable: 4,
      missing: 0,
      busiest: [
        { realNumber: expect.stringMatching(/^\+44•••••\d{4}$/), contacts: 2 },
        ...[2, 3, 4, 5].map(() => ({ realNumber: expect.stringContaining('•'), contacts: 1 })),
      ],
      buy: null,
      releasable: [NUMBERS[3], NUMBERS[2]],
      monthlyCost: euros('3.92'),
      unpriced: 0,
      forecast: null,
    });
    expect((await plan('--reveal')).document.busiest[0].realNumber).toBe(person(1));
    const { stdout } = await operator.run(['numbers', 'plan']);
    expect(stdout).toContain('Needed now: 2 numbers. Usable: 4.');
    expect(stdout).toContain(`voxproxy numbers release ${NUMBERS[3]}`);
    expect(stdout).toContain("about 3.92 EUR a month, at today's prices");
  });

  test('what it lets go is enough for one more contact of everybody but the busiest', async () => {
    await pool(NUMBERS[0], NUMBERS[1]);
    await pair(person(1), person(2));
    await pair(person(1), person(3));
    await more();
    const { document } = await plan();
    expect(document.releasable).toHaveLength(2);
    for (const number of document.releasable)
      expect((await operator.run(['numbers', 'release', number, '--yes'])).code).toBe(0);
    expect(await plan()).toMatchObject({ document: { needed: 2, usable: 2, releasable: [], buy: null } });
    expect(await pair(person(2), person(3))).toBeTruthy();
    expect(
      await operator.json(['pair', person(1), person(4), '--no-sms', '--lookup', 'offline']),
    ).toMatchObject({
      code: 6,
    });
  });

  test('says what is missing, where to buy it and at what price', async () => {
    await pool(NUMBERS[0], NUMBERS[1]);
    await pair(foreigner(1), foreigner(2));
    await pair(foreigner(1), person(3));
    await operator.run(['numbers', 'release', NUMBERS[1], '--when-idle', '--yes'], {
      signal: AbortSignal.timeout(300),
    });
    const { document } = await plan();
    expect(document).toMatchObject({
      needed: 2,
      usable: 1,
      missing: 1,
      buy: { count: 1, country: 'IE', monthlyCost: euros('4.50'), setupCost: euros('4.50') },
      releasable: [],
      monthlyCost: euros('1.96'),
    });
    expect((await plan('--country', 'gb')).document.buy).toMatchObject({
      country: 'GB',
      monthlyCost: euros('0.98'),
    });
    const { stdout, stderr } = await operator.run(['numbers', 'plan'], { terminal: {} });
    expect(stdout).toContain('Buy 1 number in IE (4.50 EUR a month and 4.50 EUR once)');
    expect(stdout).toContain(`voxproxy numbers link ${NUMBERS[1]}`);
    expect(stderr).toContain('voxproxy numbers provision IE --count 1');
  });

  test('answers without credentials and without Vonage, but for the price', async () => {
    await pool(NUMBERS[0]);
    await pair(person(1), person(2));
    const offline = [WITHOUT_CREDENTIALS, { VONAGE_REST_HOST: 'http://127.0.0.1:9' }];
    for (const env of offline) {
      const { code, document, stderr } = await operator.json(
        ['numbers', 'plan', '--people', '50', '--sessions-each', '1'],
        { env },
      );
      expect(code).toBe(0);
      expect(document).toMatchObject({
        needed: 1,
        buy: { count: 7, country: 'GB', monthlyCost: null, setupCost: null },
        monthlyCost: null,
        unpriced: 1,
      });
      expect(stderr).toContain('Prices are not known');
    }
  });

  test('an empty store is an answer', async () => {
    operator = rehearsal.operator(WITHOUT_CREDENTIALS);
    expect((await plan()).document).toMatchObject({ needed: 0, usable: 0, buy: null, releasable: [] });
    const { stdout } = await operator.run(['numbers', 'plan', '--people', '9', '--sessions-each', '1']);
    expect(stdout).toContain('voxproxy numbers provision <country> --count 8');
  });

  test('people who were erased are counted and not named', async () => {
    await pool(...NUMBERS);
    const session = await pair(person(1), person(2));
    await operator.run(['sessions', 'erase', person(1), '--yes']);
    expect(session).toBeTruthy();
    expect((await plan()).document.busiest).toContainEqual({ realNumber: null, contacts: 1 });
    expect((await operator.run(['numbers', 'plan'])).stdout).toContain('(erased)   1 contact');
  });

  test('warns when Vonage has not enough of them', async () => {
    operator = rehearsal.operator();
    const forecast = ['--people', '5000', '--sessions-each', '600', '--ttl', '1d', '--quarantine', '1d'];
    const { document, stderr } = await plan(...forecast, '--country', 'SE');
    expect(document.buy).toMatchObject({ count: 1200, country: 'SE', monthlyCost: null });
    expect(stderr).toContain('Vonage has only 1000 numbers');
    expect((await plan(...forecast, '--country', 'GB')).document.buy).toMatchObject({ monthlyCost: null });
    expect((await plan(...forecast, '--country', 'US')).document.buy.monthlyCost).toBeNull();
  });
});

describe('forecast', () => {
  test('counts the sessions that begin within the length of one and its quarantine', async () => {
    operator = rehearsal.operator();
    const { document } = await plan(
      '--people',
      '200',
      '--sessions-each',
      '3',
      '--ttl',
      '2h',
      '--country',
      'GB',
    );
    expect(document.forecast).toEqual({
      people: 200,
      sessionsEach: 3,
      ttl: 7_200,
      quarantine: 604_800,
      needed: 22,
      missing: 22,
    });
    expect(document.buy).toMatchObject({ count: 22, monthlyCost: euros('21.56') });
    const short = await plan('--people', '200', '--sessions-each', '3', '--ttl', '2h', '--quarantine', '0s');
    expect(short.document.forecast).toMatchObject({ quarantine: 0, needed: 1 });
    await operator.run(['config', 'set', 'quarantine', '1d']);
    const configured = await plan('--people', '200', '--sessions-each', '0.5');
    expect(configured.document.forecast).toMatchObject({ ttl: 86_400, quarantine: 86_400, needed: 1 });
    expect((await plan('--people', '5', '--sessions-each', '99')).document.forecast.needed).toBe(4);
  });

  test('says that it is one', async () => {
    operator = rehearsal.operator(WITHOUT_CREDENTIALS);
    const argv = ['numbers', 'plan', '--people', '200', '--sessions-each', '3'];
    const { stdout } = await operator.run(argv, { terminal: { columns: 100 } });
    expect(stdout).toContain('Forecast: 24 numbers for 200 people with 3 sessions each a day');
    expect(stdout).toContain('spread evenly');
  });

  test.each([
    [['--people', '10']],
    [['--sessions-each', '1']],
    [['--ttl', '1h']],
    [['--quarantine', '1h']],
    [['--people', '1', '--sessions-each', '1']],
    [['--people', 'ten', '--sessions-each', '1']],
    [['--people', '10', '--sessions-each', '0']],
    [['--people', '10', '--sessions-each', '-1']],
    [['--people', '10', '--sessions-each', '1e9']],
    [['--people', '10', '--sessions-each', '1', '--ttl', '0s']],
    [['--people', '10', '--sessions-each', '1', '--ttl', 'long']],
    [['--people', '10', '--sessions-each', '1', '--quarantine', '7']],
    [['--country', 'ZZ']],
  ])('%j is wrong use', async (argv) => {
    operator = rehearsal.operator(WITHOUT_CREDENTIALS);
    expect(await plan(...argv)).toMatchObject({ code: 2, document: { error: { code: 'usage' } } });
  });
});
