import { Recent } from './recent.js';
import type { Instant } from './session.js';

const REMEMBERED = 10_000;

type Window = { since: Instant; count: number };

/** Lets so many through in each window of time, for each key. */
export class RateLimit {
  readonly #windows = new Recent<Window>(REMEMBERED);
  readonly #most: number;
  readonly #length: number;

  /** @param length of a window in milliseconds */
  constructor(most: number, length: number) {
    this.#most = most;
    this.#length = length;
  }

  /** Counts one more; false when it is one too many. */
  admit(key: string, now: Instant): boolean {
    const before = this.#windows.get(key);
    // A clock that was set back must not keep a window open for ever.
    const age = before === undefined ? -1 : now - before.since;
    const window = before !== undefined && age >= 0 && age < this.#length ? before : { since: now, count: 0 };
    this.#windows.set(key, { since: window.since, count: window.count + 1 });
    return window.count < this.#most;
  }
}
