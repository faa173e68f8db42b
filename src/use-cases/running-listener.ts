import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { identityOf, makePrivateDirectory, replaceFile } from '../store/private-file.js';

/** A listener that runs on this machine, as it says of itself. */
export type RunningListener = {
  pid: number;
  /** Where it listens. */
  url: string;
  /** Where Vonage reaches it. */
  base: string;
};

/** Listeners of one home that start or end at the same moment. */
const AT_ONCE = 10;

/** What the listeners of a home say of themselves for as long as they run. */
export class ListenerNotes {
  readonly #home: string;
  readonly #path: string;

  /** @param home the directory of settings and store */
  constructor(home: string) {
    this.#home = home;
    this.#path = join(home, 'listener.json');
  }

  /** Says whether it could be written: calls are answered without it, too. */
  write(listener: RunningListener): boolean {
    return this.#replace(listener, [listener]);
  }

  /** Takes this listener's note away, and leaves those of others. */
  remove(listener: Pick<RunningListener, 'pid' | 'url'>): void {
    this.#replace(listener, []);
  }

  /** The listeners that run, the latest first, unless they were killed and their process numbers are others' by now. */
  read(): RunningListener[] {
    try {
      const notes: unknown = JSON.parse(readFileSync(this.#path, 'utf8'));
      return Array.isArray(notes) ? notes.filter(isNote) : [];
    } catch {
      return [];
    }
  }

  #replace({ pid, url }: Pick<RunningListener, 'pid' | 'url'>, by: readonly RunningListener[]): boolean {
    try {
      makePrivateDirectory(this.#home);
      for (let attempt = 0; attempt < AT_ONCE; attempt++) {
        const before = identityOf(this.#path);
        const notes = [...by, ...this.read().filter((other) => other.pid !== pid || other.url !== url)];
        if (notes.length > 0 && replaceFile(this.#path, JSON.stringify(notes), before)) return true;
        if (notes.length === 0 && identityOf(this.#path) === before) {
          rmSync(this.#path, { force: true });
          return true;
        }
      }
    } catch {
      // A home that cannot be written; whoever noted something says so.
    }
    return false;
  }
}

function isNote(note: RunningListener): boolean {
  return typeof note?.pid === 'number' && isRunning(note.pid);
}

const PATIENCE = 2_000;

/** The latest of this machine's listeners that shows that it listens: its note alone may be that of a killed one. */
export async function runningListener(home: string): Promise<RunningListener | undefined> {
  for (const note of new ListenerNotes(home).read()) if (await stillListens(note)) return note;
  return undefined;
}

/**
 * Whether a listener that noted its process and its address is still there. The process alone does not tell:
 * after a restart of the machine, or in a container, another one soon has the same number.
 */
export async function stillListens({ pid, url }: Pick<RunningListener, 'pid' | 'url'>): Promise<boolean> {
  if (!isRunning(pid)) return false;
  try {
    const response = await fetch(`${url}/healthz`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE),
    });
    return (await response.text()) === '{"status":"ok"}';
  } catch (error) {
    // Somebody holds the port and is too busy, or stopped.
    return (error as Error).name === 'TimeoutError';
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs, as somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
