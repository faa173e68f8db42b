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

/** The note that a listener leaves in the home for as long as it runs; the latest one stands. */
export class ListenerNote {
  readonly #home: string;
  readonly #path: string;

  /** @param home the directory of settings and store */
  constructor(home: string) {
    this.#home = home;
    this.#path = join(home, 'listener.json');
  }

  /** Says whether it could be written: calls are answered without it, too. */
  write(listener: RunningListener): boolean {
    try {
      makePrivateDirectory(this.#home);
      return replaceFile(this.#path, JSON.stringify(listener), identityOf(this.#path));
    } catch {
      return false;
    }
  }

  /** The listener that runs; undefined when none does, or the last one was killed. */
  read(): RunningListener | undefined {
    let note: RunningListener;
    try {
      note = JSON.parse(readFileSync(this.#path, 'utf8'));
    } catch {
      return undefined;
    }
    return typeof note?.pid === 'number' && isRunning(note.pid) ? note : undefined;
  }

  /** Takes this listener's note away, and leaves that of another one. */
  remove({ pid, url }: Pick<RunningListener, 'pid' | 'url'>): void {
    const note = this.read();
    if (note?.pid === pid && note.url === url) rmSync(this.#path, { force: true });
  }
}

const PATIENCE = 2_000;

/** This machine's listener, once it has shown that it listens: its note alone may be that of a killed one. */
export async function runningListener(home: string): Promise<RunningListener | undefined> {
  const note = new ListenerNote(home).read();
  return note !== undefined && (await stillListens(note)) ? note : undefined;
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
