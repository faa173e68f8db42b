import { lock } from 'proper-lockfile';

/** A dead writer's lock is taken over after this many milliseconds without a sign of life. */
const LOCK_STALE = 4_000;

/** How long a writer waits for the others, in milliseconds. */
export const LOCK_PATIENCE = 20_000;

/** Short, jittered waits: with the library's own back-off, a busy file starves some writers for minutes. */
const RETRIES = { retries: 4_000, minTimeout: 5, maxTimeout: 50, factor: 1.2, randomize: true };

/**
 * Takes the lock beside a file, which need not exist.
 * @returns gives the lock back; fails when another process took it over meanwhile
 */
export function lockFile(path: string): Promise<() => Promise<void>> {
  return lock(path, {
    realpath: false,
    stale: LOCK_STALE,
    retries: { ...RETRIES, maxRetryTime: LOCK_PATIENCE },
    // A lock that was lost while this process slept shows in the file's identity, which writers compare.
    onCompromised: () => {},
  });
}

export function isLockedByOthers(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ELOCKED';
}
