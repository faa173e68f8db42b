import type { Log } from '../log.js';

/** Warnings in a second; whoever floods the listener is not to fill the disk with them. */
const MOST = 20;
const SECOND = 1_000;

/** The same log, where warnings beyond the first of each second are only counted. */
export function calmLog(log: Log, now: () => number): Log {
  let since = 0;
  let warned = 0;
  return {
    ...log,
    warn: (message, fields) => {
      const at = now();
      if (at - since >= SECOND || at < since) {
        if (warned > MOST) log.warn('more warnings came than are shown', { more: warned - MOST });
        since = at;
        warned = 0;
      }
      if (++warned <= MOST) log.warn(message, fields);
    },
  };
}
