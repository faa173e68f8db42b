import { randomBytes } from 'node:crypto';
import type { PoolNumber } from '../domain/pool.js';
import type { PersonId } from '../domain/session.js';
import { SessionList } from './session-list.js';
import type { Mark } from './store.js';
import { VERSION } from './version.js';

/** What the store file holds beside its sessions, unsealed. No record is ever changed: another takes its place. */
export type Frame = {
  version: number;
  /** 32 random bytes in base64, from the first day: what turns a real number into a PersonId. */
  lookupKey: string;
  numbers: PoolNumber[];
  /** Who carries which mark. */
  marked: Record<Mark, PersonId[]>;
};

export type State = Frame & { sessions: SessionList };

export function emptyState(): State {
  return {
    version: VERSION,
    lookupKey: randomBytes(32).toString('base64'),
    numbers: [],
    sessions: SessionList.of([]),
    marked: { blocked: [], textsStopped: [] },
  };
}

/** The same state, to be changed without the other noticing. */
export function copyOf({ version, lookupKey, numbers, sessions, marked }: State): State {
  return { version, lookupKey, numbers: [...numbers], sessions: sessions.copy(), marked: { ...marked } };
}
