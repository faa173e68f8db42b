import { beforeEach, describe, expect, test } from 'vitest';
import { poolOf } from '../contract/fixtures.js';
import { person } from '../support/privacy.js';
import { type Home, openHome } from '../trust/house.js';

let home: Home;
const [ANNA, BEN] = [person(1), person(2)];
const shown = (number: string) => `+44•••••${number.slice(-4)}`;

beforeEach(async () => {
  home = await openHome(poolOf(2));
  return home.clean;
});

const block = (...argv: string[]) => home.operator.json(['numbers', 'block', ...argv]);
const unblock = (...argv: string[]) => home.operator.json(['numbers', 'unblock', ...argv]);
const reason = async (from: string, to: string) => (await home.told(['explain', from, to])).route.reason;

describe('numbers block', () => {
  test('refuses the calls of a person from the next one on, until unblock', async () => {
    const { a, b } = await home.pair(ANNA, BEN);
    expect(await block(ANNA)).toMatchObject({
      code: 0,
      document: { number: shown(ANNA), blocked: true, changed: true },
    });
    expect(await reason(ANNA, b.virtualNumber)).toBe('blocked');
    expect(await reason(ANNA, a.virtualNumber)).toBe('blocked');
    expect(await reason(BEN, a.virtualNumber)).toBeUndefined();
    expect(await unblock(ANNA)).toMatchObject({
      code: 0,
      document: { number: shown(ANNA), blocked: false, changed: true },
    });
    expect(await reason(ANNA, b.virtualNumber)).toBeUndefined();
  });

  test('is for people whom nobody knows yet, too', async () => {
    expect((await block(ANNA)).document.changed).toBe(true);
    const { b } = await home.pair(ANNA, BEN);
    expect(await reason(ANNA, b.virtualNumber)).toBe('blocked');
  });

  test('twice changes nothing the second time, and says so; so does unblock', async () => {
    const before = await block(ANNA);
    const bytes = home.bytes();
    expect((await block(ANNA)).document).toEqual({ ...before.document, changed: false });
    expect(home.bytes()).toBe(bytes);
    expect(await unblock(BEN)).toMatchObject({ code: 0, document: { blocked: false, changed: false } });
  });

  test('as people see it', async () => {
    const run = async (verb: string) => (await home.operator.run(['numbers', verb, ANNA])).stdout;
    expect(await run('block')).toBe(`✔ ${shown(ANNA)} is blocked: calls and texts are refused\n`);
    expect(await run('block')).toBe(`${shown(ANNA)} was blocked already\n`);
    expect(await run('unblock')).toBe(`✔ ${shown(ANNA)} is no longer blocked\n`);
    expect(await run('unblock')).toBe(`${shown(ANNA)} was not blocked\n`);
  });

  test('shows the number whole with --reveal alone', async () => {
    expect((await block(ANNA, '--reveal')).document.number).toBe(ANNA);
  });

  test('takes a number as people type it, with --country in national form', async () => {
    const national = `0${ANNA.slice(3, 7)} ${ANNA.slice(7)}`;
    expect(await block(national)).toMatchObject({ code: 2, document: { error: { code: 'invalid-number' } } });
    expect((await block(national, '--country', 'gb')).document.changed).toBe(true);
    expect((await unblock(`00${ANNA.slice(1)}`)).document.changed).toBe(true);
  });

  test.each([
    [['', 'invalid-number']],
    [['07400 CALLME', 'invalid-number']],
    [['+44 7400 12', 'invalid-number']],
    [['anonymous', 'invalid-number']],
  ])('%j is wrong use', async ([typed, code]) => {
    for (const tried of [await block(typed as string), await unblock(typed as string)])
      expect([tried.code, tried.document.error.code]).toEqual([2, code]);
  });

  test('wants one number, and a country that there is', async () => {
    expect((await block()).code).toBe(2);
    expect((await block(ANNA, BEN)).code).toBe(2);
    expect((await block(ANNA, '--country', 'ZZ')).code).toBe(2);
  });

  test('refuses a number of the pool, which has no calls to refuse', async () => {
    const bytes = home.bytes();
    const [{ number } = { number: '' }] = poolOf(1);
    const { code, document } = await block(number);
    expect([code, document.error.code]).toEqual([2, 'invalid-number']);
    expect(document.error.hint).toContain('voxproxy numbers release');
    expect(home.bytes()).toBe(bytes);
  });
});
