import type { PoolNumber } from '../../domain/pool.js';
import { VoxproxyError } from '../../errors.js';
import { isPoolNumber } from '../record-shapes.js';
import type { Seals } from './seals.js';

export type NumberRow = {
  number: string;
  country: string;
  type: string;
  features: string;
  state: string;
  purchase: string | null;
  seal: string | null;
};

export const NUMBER_COLUMNS = 'number, country, type, features, state, purchase, seal';

/** Adds a number behind the others, or replaces what is kept of it where it stands. */
export const PUT_NUMBER = `INSERT INTO voxproxy_numbers (${NUMBER_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT (number) DO UPDATE SET country = excluded.country, type = excluded.type,
    features = excluded.features, state = excluded.state, purchase = excluded.purchase, seal = excluded.seal`;

export function numberRow(number: PoolNumber, seals: Seals): (string | null)[] {
  const { country, type, features, state, order } = number;
  return [number.number, country, type, features.join(','), state, order, seals.ofNumber(number)];
}

/** @throws VoxproxyError `store` when it is malformed or was tampered with */
export function numberOf(row: NumberRow, seals: Seals): PoolNumber {
  const { number: e164, country, type, features, state, purchase, seal } = row;
  const kinds = features === '' ? [] : features.split(',');
  const number = {
    number: e164,
    country,
    type,
    features: kinds,
    state,
    order: purchase,
  } as unknown as PoolNumber;
  if (!isPoolNumber(number))
    throw new VoxproxyError(
      'store',
      'The PostgreSQL store is damaged: a virtual number in it is malformed.',
      'Nothing was changed.',
    );
  seals.checkNumber(number, seal);
  return number;
}
