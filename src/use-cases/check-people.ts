import type { Country, E164 } from '../domain/phone-number.js';
import type { Side } from '../domain/session.js';
import { SIDES } from '../domain/session.js';
import { readTypedNumber } from '../domain/typed-number.js';
import { VoxproxyError } from '../errors.js';

export type CheckedPerson = { realNumber: E164; country: Country };
export type CheckedPeople = Record<Side, CheckedPerson>;

export const POSITION: Record<Side, string> = { a: 'first', b: 'second' };

/**
 * Reads two typed numbers offline. The error says which one is wrong and never repeats it: a typing
 * error is nearly a real number.
 *
 * @throws VoxproxyError `invalid-number`
 */
export function checkPeople(
  typed: Record<Side, string>,
  { country, allowPremium }: { country: Country | null; allowPremium: boolean },
): CheckedPeople {
  const check = (side: Side): CheckedPerson => {
    const read = readTypedNumber(typed[side], country);
    if ('problem' in read) throw invalid(side, read.problem, read.hint);
    if (read.charge === 'premium' && !allowPremium) {
      throw invalid(
        side,
        'is charged at a premium rate',
        'Every call is at your cost; --allow-premium accepts it.',
      );
    }
    return { realNumber: read.number, country: read.country };
  };
  const people = { a: check('a'), b: check('b') };
  if (people.a.realNumber === people.b.realNumber) {
    throw new VoxproxyError(
      'invalid-number',
      'Both numbers are the same person.',
      'A session needs two different people.',
    );
  }
  return people;
}

/** @throws VoxproxyError `invalid-number` when somebody is one of our own virtual numbers */
export function refusePoolNumbers(people: CheckedPeople, pool: ReadonlySet<E164>): void {
  const side = SIDES.find((one) => pool.has(people[one].realNumber));
  if (side !== undefined) throw poolNumber(side);
}

export function poolNumber(side: Side): VoxproxyError {
  return invalid(
    side,
    'is one of your virtual numbers: a call would loop',
    'Pair the real numbers of two people.',
  );
}

export function invalid(side: Side, problem: string, hint: string): VoxproxyError {
  return new VoxproxyError('invalid-number', `The ${POSITION[side]} number ${problem}.`, hint);
}
