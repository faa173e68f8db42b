import { setTimeout as wait } from 'node:timers/promises';

/** A dead writer's lock is taken over after this many milliseconds without a sign of life. */
const LOCK_STALE = 4_000;

/** How long a writer waits for the others, in milliseconds. */
export const LOCK_PATIENCE = 20_000;

const SHORTEST_WAIT = 5;
const WAIT_JITTER = 45;

/**
 * Takes the lock beside a file, which need not exist. Waits are short and jittered: with the library's own
 * back-off a busy file starves some writers for minutes, and it retries failures that no waiting mends.
 *
 * @returns gives the lock back; fails when another process took it over meanwhile
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  // Who only reads never needs it, and it takes a tenth of the time of a command.
  const { lock } = await import('proper-lockfile');
  const deadline = Date.now() + LOCK_PATIENCE;
  for (;;) {
    try {
      return await lock(path, {
        realpath: false,
        stale: LOCK_STALE,
        retries: 0,
        // A lock that was lost while this process slept shows in the file's identity, which writers compare.
        onCompromised: () => {},
      });
    } catch (error) {
      if (!isLockedByOthers(error) || Date.now() > deadline) throw error;
    }
    await wait(SHORTEST_WAIT + Math.random() * WAIT_JITTER);
  }
}

export function isLockedByOthers(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ELOCKED';
}
