import { describe, expect, test as plain } from 'vitest';
import { Rehearsal } from '../support/rehearsal.js';
import { renting } from '../support/renting.js';
import type { Operator } from '../support/voxproxy.js';

// Purchases are a second apart: these run beside each other, each with a sandbox of its own.
type House = ReturnType<typeof renting> & { rehearsal: Rehearsal; operator: Operator };
const test = plain.extend<{ house: House }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of fixtures from it
  house: async ({}, use) => {
    const rehearsal = await Rehearsal.start();
    const operator = rehearsal.operator();
    await use({ ...renting(rehearsal, operator), rehearsal, operator });
    await rehearsal.close();
  },
});

describe.concurrent('a provision of several', { timeout: 20_000 }, () => {
  test('buys two, links them and adds them to the pool, telling each', async ({ house }) => {
    const { code, document, stderr } = await house.provision('GB', '--yes');
    expect(code).toBe(0);
    expect(document).toEqual({
      provisioned: [
        { number: '+442079460000', country: 'GB' },
        { number: '+442079460001', country: 'GB' },
      ],
      failed: [],
    });
    expect(stderr).toContain('+44 20 7946 0000  landline  SMS, VOICE  0.98 EUR  0.98 EUR');
    expect(stderr).toContain('Together 1.96 EUR a month and 1.96 EUR once.');
    expect(stderr).toMatch(/1\/2 \+442079460000 bought, linked\n.*2\/2 \+442079460001 bought, linked/s);
    await house.expectAllLinked(2);
    expect(await house.listed()).toContainEqual({
      number: '+442079460000',
      country: 'GB',
      features: ['SMS', 'VOICE'],
      state: 'linked',
      linked: true,
      liveLegs: 0,
      quarantinedLegs: 0,
    });
  });

  test('buys one a second', async ({ house }) => {
    await house.provision('GB', '--yes', '--count', '3');
    const [first, second, third] = house.purchases().map(({ at }) => at) as [number, number, number];
    expect(second - first).toBeGreaterThanOrEqual(1000);
    expect(third - second).toBeGreaterThanOrEqual(1000);
    await house.expectAllLinked(3);
  });

  test('a balance that is too low is said, with what is needed', async ({ house }) => {
    await house.balance(3);
    const { code, document, stderr } = await house.provision('GB', '--yes', '--count', '3');
    expect(code).toBe(7);
    expect(document.provisioned).toHaveLength(1);
    expect(document.failed).toEqual([
      {
        number: '+442079460001',
        reason: 'the balance is too low: 1.04 EUR, and 1.96 EUR are needed',
      },
      { number: '+442079460002', reason: expect.stringContaining('not tried') },
    ]);
    expect(stderr).toContain('voxproxy numbers provision GB --count 3');
    await house.expectAllLinked(1);

    await house.balance(100);
    expect((await house.provision('GB', '--yes', '--count', '3')).document.provisioned).toHaveLength(3);
    await house.expectAllLinked(3);
  });

  test('429 is waited for, as long as it says, five times at most', async ({ house }) => {
    const throttled = { status: 429, headers: { 'retry-after': '0' } };
    await house.fault('/number/buy', { ...throttled, times: 5 });
    const { code, stderr } = await house.provision('GB', '--yes', '--count', '1');
    expect(code).toBe(0);
    expect(stderr.match(/Vonage asks to wait 0 s/g)).toHaveLength(5);

    await house.fault('/number/search', { ...throttled, times: 6 });
    const tooOften = await house.operator.json(['numbers', 'search', 'GB']);
    expect(tooOften.code).toBe(7);
    expect(tooOften.document.error.message).toContain('429');
    expect((await house.operator.json(['numbers', 'search', 'GB'])).code).toBe(0);

    await house.fault('/number/search', { status: 429 });
    const before = Date.now();
    expect((await house.operator.json(['numbers', 'search', 'GB'])).code).toBe(0);
    expect(Date.now() - before).toBeGreaterThanOrEqual(1000);
  });

  test('bought, the answer lost, and Vonage gone: found by the next run', async ({ house }) => {
    await house.fault('/number/buy', { drop: true, after: true });
    await house.fault('/account/numbers', { drop: true, times: 1 });
    const { code, document } = await house.provision('GB', '--yes');
    expect(code).toBe(7);
    expect(document.failed[0].reason).toContain('Whether it was bought is not known yet');
    expect(await house.rehearsal.rented()).toHaveLength(1);
    expect((await house.operator.run(['numbers', 'list'])).stderr).toContain('A purchase was not finished');

    const again = await house.provision('GB', '--yes');
    expect([again.code, again.document.provisioned.length]).toEqual([0, 2]);
    await house.expectAllLinked(2);
  });

  test('bought, but not linked: linked first, and nothing more is bought than was ordered', async ({
    house,
  }) => {
    await house.fault('/number/update', { status: 500, times: 1 });
    const { code, document } = await house.provision('GB', '--yes');
    expect(code).toBe(7);
    expect(document.provisioned).toHaveLength(1);
    expect(document.failed[0]).toMatchObject({ number: '+442079460000' });
    expect(document.failed[0].reason).toMatch(/^bought, but not linked/);
    expect((await house.listed()).map(({ linked }: { linked: boolean }) => linked)).toEqual([false, true]);

    const again = await house.provision('GB', '--yes');
    expect(again.code).toBe(0);
    expect(again.document.provisioned).toHaveLength(2);
    expect(again.stderr).toContain('Going on with an unfinished order');
    expect(house.purchases()).toHaveLength(2);
    await house.expectAllLinked(2);

    expect((await house.provision('GB', '--yes', '--count', '1')).code).toBe(0);
    await house.expectAllLinked(3);
  });

  test('a failure of Vonage: the same command completes the order', async ({ house }) => {
    await house.fault('/number/buy', { status: 500 });
    expect((await house.provision('GB', '--yes')).code).toBe(7);
    await house.expectAllLinked(0);
    await house.fault('/number/search', { status: 500 });
    expect((await house.provision('GB', '--yes')).code).toBe(7);
    expect((await house.provision('GB', '--yes')).code).toBe(0);
    await house.expectAllLinked(2);
  });

  test.for([
    ['after the first purchase', '1/3'],
    ['while it pauses', '2/3'],
  ])('interrupted %s', async ([, seen = ''], { house }) => {
    const ending = new AbortController();
    const { code, stdout } = await house.operator.run(
      ['numbers', 'provision', 'GB', '--yes', '--count', '3', '--json'],
      {
        signal: ending.signal,
        onError: (text) => {
          if (text.includes(seen)) ending.abort();
        },
      },
    );
    expect(code).toBe(130);
    expect(JSON.parse(stdout).error.code).toBe('interrupted');
    const bought = Number(seen[0]);
    await house.expectAllLinked(bought);

    const again = await house.provision('GB', '--yes', '--count', '3');
    expect([again.code, again.document.provisioned.length]).toEqual([0, 3]);
    await house.expectAllLinked(3);
  });
});
