import type { Country, E164 } from './phone-number.js';

/**
 * Where a virtual number stands. `chosen` is written before money is spent, so that a kill between
 * buying and linking never loses a number. `draining` and `lost` are handed to no new session: the one is
 * given back once its sessions are over, the other is no longer ours at Vonage, or forwards its calls.
 * `releasing` is never routed or handed out again.
 */
export const NUMBER_STATES = ['chosen', 'bought', 'linked', 'draining', 'lost', 'releasing'] as const;
export type NumberState = (typeof NUMBER_STATES)[number];

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

/** Whether a call to this number is ours to answer; one that is lost may have been mended at Vonage since. */
export function isInPool({ state }: PoolNumber): boolean {
  return state === 'linked' || state === 'draining' || state === 'lost';
}
