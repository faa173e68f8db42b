import type { Country, E164 } from './phone-number.js';

/**
 * Where a virtual number stands. `chosen` is written before money is spent, so that a kill between
 * buying and linking never loses a number; `releasing` is never routed or handed out again.
 */
export type NumberState = 'chosen' | 'bought' | 'linked' | 'releasing';

/** A virtual number rented from Vonage, as voxproxy keeps it. */
export type PoolNumber = {
  number: E164;
  country: Country;
  type: string;
  /** Vonage's words: `VOICE`, `SMS`, `MMS`. */
  features: readonly string[];
  state: NumberState;
  /** The purchase it was part of, so that an interrupted one is continued and not begun anew; null if linked by hand. */
  order: string | null;
};

/** Whether sessions may be given this number. */
export function isUsable(number: PoolNumber): boolean {
  return number.state === 'linked' && number.features.includes('VOICE');
}

/** Whether a call to this number is ours to answer. */
export function isInPool(number: PoolNumber): boolean {
  return number.state === 'linked';
}
