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

const [N1, N2, N3] = london(400, 3) as [string, string, string];
const sync = (...argv: string[]) => operator.json(['numbers', 'sync', ...argv]);
const states = async () =>
  Object.fromEntries(
    (await operator.json(['numbers', 'list'])).document.numbers.map(
      ({ number, state }: { number: string; state: string }) => [number, state],
    ),
  );
/** Somebody changes a number in the dashboard. */
const change = (number: string, settings: Record<string, string>) =>
  rehearsal.control.form('/number/update', { country: 'GB', msisdn: number.slice(1), ...settings });
const cancel = (number: string) =>
  rehearsal.control.form('/number/cancel', { country: 'GB', msisdn: number.slice(1) });
const ours = () => ({ app_id: rehearsal.sandbox.env.VONAGE_APPLICATION_ID });
const pair = async (a: string, b: string) =>
  (await operator.json(['pair', a, b, '--no-sms', '--lookup', 'offline'])).document.session?.id;
const explain = async (from: string, to: string) =>
  (await operator.json(['explain', from, to])).document.route.kind;
const NOTHING = {
  added: [],
  changed: [],
  restored: [],
  lost: [],
  affectedSessions: [],
  refused: [],
  unfinished: [],
  unlinked: [],
};

describe('sync', () => {
  test('takes over what is linked to the application, once', async () => {
    await rehearsal.rent('GB', N1, N2);
    const dry = await sync('--dry-run');
    expect(dry).toMatchObject({
      code: 0,
      document: { added: [{ number: N1 }, { number: N2 }], dryRun: true },
    });
    expect(await states()).toEqual({});
    const both = [N1, N2].map((number) => ({ number, country: 'GB' }));
    expect(await sync()).toMatchObject({ code: 0, document: { ...NOTHING, added: both } });
    expect(await states()).toEqual({ [N1]: 'linked', [N2]: 'linked' });
    expect((await sync()).document).toEqual(NOTHING);
    expect((await operator.run(['numbers', 'sync'])).stdout).toBe('The pool is as Vonage has it.\n');
    expect(await pair(person(1), person(2))).toBeTruthy();
  });

  test('reads every page', { timeout: 30_000 }, async () => {
    const many = london(500, 103);
    await rehearsal.control.post('/sandbox/balance', { value: 1_000 });
    await Promise.all(many.map((number) => rehearsal.rent('GB', number)));
    expect((await sync()).document.added).toHaveLength(103);
    expect((await sync()).document).toEqual(NOTHING);
  });

  test('takes nothing for lost when the list is not complete', async () => {
    await rehearsal.rent('GB', N1, N2);
    operator = await rehearsal.pooled(N1, N2);
    const [first] = await rehearsal.rented();
    await rehearsal.control.fault({
      path: '/account/numbers',
      status: 200,
      body: { count: 2, numbers: [first] },
    });
    expect(await sync()).toMatchObject({ code: 7, document: { error: { code: 'vonage' } } });
    await rehearsal.control.fault({ path: '/account/numbers', status: 500 });
    expect((await sync()).code).toBe(7);
    expect(await states()).toEqual({ [N1]: 'linked', [N2]: 'linked' });
  });

  test.each<[string, () => Promise<unknown>, () => Promise<unknown>, string]>([
    ['vanished', () => cancel(N1), () => rehearsal.rent('GB', N1), 'gone'],
    ['was unlinked', () => change(N1, {}), () => change(N1, ours()), 'unlinked'],
    [
      'forwards its calls',
      () => change(N1, { ...ours(), voiceCallbackType: 'sip', voiceCallbackValue: 'sip:a@example.com' }),
      () => change(N1, ours()),
      'forwarded',
    ],
  ])(
    'a number that %s is lost until it is back, and its sessions are named',
    async (_what, lose, mend, reason) => {
      await rehearsal.rent('GB', N1, N2);
      operator = await rehearsal.pooled(N1, N2);
      const session = await pair(person(1), person(2));
      await lose();
      expect((await sync('--dry-run')).document.lost).toEqual([{ number: N1, reason }]);
      expect(await states()).toEqual({ [N1]: 'linked', [N2]: 'linked' });
      for (let run = 0; run < 2; run++) {
        const { code, document } = await sync();
        expect(code).toBe(0);
        expect(document).toMatchObject({ lost: [{ number: N1, reason }], affectedSessions: [session] });
        expect(await states()).toEqual({ [N1]: 'lost', [N2]: 'linked' });
      }
      const { stdout, stderr } = await operator.run(['numbers', 'sync']);
      expect(stdout).toContain(session);
      expect(stderr).toContain(reason === 'gone' ? 'numbers release' : 'numbers link');
      // Handed to no new session; calls that come all the same are put through.
      const { document } = await operator.json([
        'pair',
        person(3),
        person(4),
        '--no-sms',
        '--lookup',
        'offline',
      ]);
      expect([document.session.a.virtualNumber, document.session.b.virtualNumber]).toEqual([N2, N2]);
      const dials = (await operator.json(['sessions', 'show', session])).document.session;
      expect(await explain(person(1), dials.b.virtualNumber)).toBe('connect');
      expect(await explain(person(2), dials.a.virtualNumber)).toBe('connect');
      await mend();
      expect((await sync()).document).toMatchObject({ restored: [{ number: N1 }], lost: [] });
      expect(await states()).toEqual({ [N1]: 'linked', [N2]: 'linked' });
    },
  );

  test('one that another application has now is lost, and giving it back here leaves it to that', async () => {
    await rehearsal.rent('GB', N1);
    operator = await rehearsal.pooled(N1);
    const basic = { authorization: rehearsal.control.basic };
    const other = (await rehearsal.control.post('/v2/applications', { name: 'Other' }, basic)).body.id;
    await change(N1, { app_id: other });
    expect((await sync()).document.lost).toEqual([{ number: N1, reason: 'other-application' }]);
    expect((await operator.json(['numbers', 'release', N1, '--yes'])).document).toEqual({
      released: N1,
      closed: [],
      cancelled: false,
    });
    expect(await rehearsal.rented()).toMatchObject([{ number: N1, app_id: other }]);
    expect((await sync()).document).toEqual(NOTHING);
  });

  test('one that vanished leaves the pool by release, and nothing is deleted before', async () => {
    await rehearsal.rent('GB', N1);
    operator = await rehearsal.pooled(N1);
    await cancel(N1);
    await sync();
    expect(await states()).toEqual({ [N1]: 'lost' });
    expect((await operator.run(['numbers', 'release', N1, '--yes'])).code).toBe(0);
    expect(await states()).toEqual({});
  });

  test('keeps what Vonage says of a number', async () => {
    await rehearsal.rent('GB', N1);
    operator = await rehearsal.pooled(N1);
    const [rented] = await rehearsal.rented();
    const list = {
      count: 1,
      numbers: [{ ...rented, msisdn: N1.slice(1), features: ['VOICE'], type: 'mobile-lvn' }],
    };
    await rehearsal.control.fault({ path: '/account/numbers', status: 200, body: list });
    expect((await sync()).document.changed).toEqual([{ number: N1, country: 'GB' }]);
    const [kept] = (await operator.json(['numbers', 'list'])).document.numbers;
    expect(kept).toMatchObject({ features: ['VOICE'], state: 'linked' });
  });

  test('tells what it bought and did not link from what is somebody else’s business', async () => {
    await operator.run(['numbers', 'buy', N1, '--country', 'GB', '--yes']);
    await rehearsal.control.rent('GB', N2.slice(1), {});
    const forwarding = { voiceCallbackType: 'tel', voiceCallbackValue: known('447400987123') };
    await rehearsal.control.rent('GB', N3.slice(1), forwarding);
    const { code, document } = await sync();
    expect(code).toBe(0);
    expect(document).toEqual({
      ...NOTHING,
      unfinished: [N1],
      unlinked: [
        { number: N2, country: 'GB', forwarding: null },
        { number: N3, country: 'GB', forwarding: 'tel' },
      ],
    });
    const { stdout } = await operator.run(['numbers', 'sync']);
    expect(stdout).toContain(`voxproxy numbers link ${N1}`);
    expect(stdout).toContain('forwards its calls by tel');
    expect((await operator.run(['numbers', 'link', N1])).code).toBe(0);
    expect(await states()).toEqual({ [N1]: 'linked' });
  });

  test('what was linked by hand in the dashboard is finished by that', async () => {
    await operator.run(['numbers', 'buy', N1, '--country', 'GB', '--yes']);
    await change(N1, ours());
    expect((await sync()).document).toEqual({ ...NOTHING, added: [{ number: N1, country: 'GB' }] });
    expect(await states()).toEqual({ [N1]: 'linked' });
  });

  test('refuses somebody’s real number and goes on with the others', async () => {
    const real = known(N3);
    await rehearsal.rent('GB', N1);
    operator = await rehearsal.pooled(N1);
    await pair(real, person(1));
    await rehearsal.rent('GB', N2, real);
    const { code, document } = await sync();
    expect(code).toBe(5);
    expect(document.added).toEqual([{ number: N2, country: 'GB' }]);
    expect(document.refused).toEqual([expect.stringContaining('•')]);
    await change(real, {});
    expect((await sync()).document.unlinked).toMatchObject([{ number: expect.stringContaining('•') }]);
    await change(real, ours());
    // Whose number was erased is known by its hash alone.
    await operator.run(['sessions', 'erase', real, '--yes']);
    expect(Object.keys(await states()).sort()).toEqual([N1, N2]);
  });

  test('a number that is being given back stays so', async () => {
    await rehearsal.rent('GB', N1);
    operator = await rehearsal.pooled(N1);
    await rehearsal.control.fault({ path: '/number/cancel', status: 500 });
    await operator.run(['numbers', 'release', N1, '--yes']);
    await change(N1, ours());
    expect((await sync()).document).toEqual(NOTHING);
    expect(await states()).toEqual({ [N1]: 'releasing' });
  });

  test('needs credentials and an application', async () => {
    expect((await operator.json(['numbers', 'sync'], { env: { VONAGE_API_KEY: '' } })).code).toBe(3);
    expect((await operator.json(['numbers', 'sync'], { env: { VONAGE_APPLICATION_ID: '' } })).code).toBe(3);
    expect((await operator.json(['numbers', 'sync'], { env: { VONAGE_APPLICATION_ID: 'gone' } })).code).toBe(
      4,
    );
  });
});
