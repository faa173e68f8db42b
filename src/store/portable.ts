import type { PoolNumber } from '../domain/pool.js';
import type { PersonId, Session } from '../domain/session.js';
import type { Mark } from './store.js';

/** Everything of a store but its sessions. */
export type StoreFrame = {
  /** In base64: with it, persons are the same in the copy. */
  lookupKey: string;
  numbers: readonly PoolNumber[];
  marked: Record<Mark, readonly PersonId[]>;
  /** How many sessions there are. */
  count: number;
};

/** Sessions, oldest first, some at a time. */
export type SessionPages = AsyncIterable<readonly Session[]>;

/** A store that can be moved whole to another one. */
export type Portable = {
  /** Where it is, for people. */
  readonly shown: string;
  /** Shows everything as it is at one moment. */
  give<T>(take: (frame: StoreFrame, pages: SessionPages) => Promise<T>): Promise<T>;
  /** Puts something else in the place of everything, as one step: all of it, or nothing is changed. */
  take(frame: StoreFrame, pages: SessionPages): Promise<void>;
};
