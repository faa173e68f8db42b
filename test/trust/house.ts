import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { E164 } from '../../src/domain/phone-number.js';
import type { PoolNumber } from '../../src/domain/pool.js';
import { legOf, type Session, SIDES } from '../../src/domain/session.js';
import { JsonStore } from '../../src/store/json-store.js';
import { poolOf, realNumber } from '../contract/fixtures.js';
import { Operator, type RunOptions } from '../support/voxproxy.js';

export const [ANNA, BEN, CLEO, DORA] = [1, 2, 3, 4].map((n) => realNumber(n)) as [E164, E164, E164, E164];
export const KEY = '4f'.repeat(32);
export const OTHER_KEY = Buffer.alloc(32, 7).toString('base64');

export const storePathOf = (home: string) => join(home, 'store.json');
export const withKey = (key: string) => ({ env: { VOXPROXY_ENCRYPTION_KEY: key } });
export const QUIETLY = ['--no-sms', '--lookup', 'offline', '--reveal'];

/** A home with numbers in its pool, and nobody paired. */
export async function openHome(pool: readonly PoolNumber[] = poolOf(4)) {
  const operator = new Operator();
  const path = storePathOf(operator.home);
  const store = new JsonStore(path, () => {});
  for (const number of pool) await store.putNumber(number, Date.now());
  return {
    operator,
    home: operator.home,
    path,
    bytes: () => readFileSync(path, 'utf8'),
    async told(argv: readonly string[], options: RunOptions = {}) {
      const { code, document, stderr } = await operator.json(argv, options);
      expect(code, JSON.stringify(document) + stderr).toBe(0);
      return document;
    },
    async pair(a: string, b: string, options: RunOptions = {}, ...flags: string[]) {
      return (await this.told(['pair', a, b, ...QUIETLY, ...flags], options)).session;
    },
    clean: () => operator.clean(),
  };
}

export type Home = Awaited<ReturnType<typeof openHome>>;

/** What holds whatever happened: ids, and legs of open sessions, are there once; a side is nobody twice. */
export function expectInvariants(sessions: readonly Session[]): void {
  expect(new Set(sessions.map(({ id }) => id)).size).toBe(sessions.length);
  const open = sessions.filter(({ closedAt }) => closedAt === null);
  const legs = open.flatMap((session) => SIDES.map((side) => legOf(session, side)));
  expect(new Set(legs.map(({ caller, dialled }) => caller + dialled)).size).toBe(legs.length);
  for (const { a, b } of sessions) expect(a.person).not.toBe(b.person);
}
