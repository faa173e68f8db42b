import { expect } from 'vitest';
import type { Rehearsal } from './rehearsal.js';
import type { Operator } from './voxproxy.js';

export const numbersOf = (list: { number: string }[]) => list.map(({ number }) => number);

/** What somebody who rents numbers does and sees. */
export function renting(rehearsal: Rehearsal, operator: Operator) {
  const listed = async (): Promise<{ number: string; linked: boolean }[]> =>
    (await operator.json(['numbers', 'list'])).document.numbers;
  return {
    listed,
    provision: (...argv: string[]) => operator.json(['numbers', 'provision', ...argv]),
    fault: (path: string, fields: object) => rehearsal.control.fault({ path, ...fields }),
    balance: (value: number) => rehearsal.control.post('/sandbox/balance', { value }),
    purchases: () => rehearsal.requests.filter(({ line }) => line.startsWith('POST /number/buy')),
    /** Everything the account rents is in the pool, linked, and the pool holds nothing else. */
    expectAllLinked: async (count: number) => {
      const rented = await rehearsal.rented();
      expect(rented).toHaveLength(count);
      for (const { app_id } of rented) expect(app_id).toBe(rehearsal.sandbox.env.VONAGE_APPLICATION_ID);
      expect(numbersOf(await listed()).sort()).toEqual(numbersOf(rented).sort());
      for (const { linked } of await listed()) expect(linked).toBe(true);
    },
  };
}
