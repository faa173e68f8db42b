import { appendFile, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type CallEntry, isOfCall } from '../domain/call-record.js';
import type { Instant } from '../domain/session.js';
import { isOfText, type TextEntry } from '../domain/text-record.js';
import { VoxproxyError } from '../errors.js';
import { makePrivateDirectory } from './private-file.js';

const DAY = 86_400_000;
/** One line of the log; it holds no real number and no text. */
export type LogEntry = CallEntry | TextEntry;

const FILE = /^(\d{4}-\d{2}-\d{2})\.jsonl$/;

/**
 * The call log: a file of JSON lines for each day, so that old days are forgotten whole, without
 * rewriting what other listeners append to. It holds no real number.
 */
export class CallLog {
  readonly #directory: string;
  #written: Promise<void> = Promise.resolve();

  /** @param home the directory of settings and store */
  constructor(home: string) {
    this.#directory = join(home, 'calls');
  }

  /** Appends without anybody waiting for the disk; a failure is told to `onFailure`. */
  append(entry: LogEntry, onFailure: (error: unknown) => void): void {
    this.#written = this.#written.then(() => this.#write(entry)).catch(onFailure);
  }

  /** Resolves when everything appended so far is written. */
  async settled(): Promise<void> {
    await this.#written;
  }

  /**
   * What was logged, oldest day first; a line that a crash cut short is left out.
   * @param since leaves out the days that ended before
   * @throws VoxproxyError `store` when the files cannot be read
   */
  async entries(since: Instant = 0): Promise<LogEntry[]> {
    const entries: LogEntry[] = [];
    for (const name of await this.#days()) {
      if (endOf(name) <= since) continue;
      const text = await readFile(join(this.#directory, name), 'utf8').catch((error) => this.#fail(error));
      for (const line of text.split('\n')) {
        const entry = line === '' ? undefined : parseLine(line);
        if (entry !== undefined) entries.push(entry);
      }
    }
    return entries;
  }

  /** Forgets the days that ended before this moment. */
  async forget(before: Instant): Promise<void> {
    for (const name of await this.#days()) {
      if (endOf(name) <= before) await rm(join(this.#directory, name), { force: true });
    }
  }

  async #days(): Promise<string[]> {
    try {
      return (await readdir(this.#directory)).filter((name) => FILE.test(name)).sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      return this.#fail(error);
    }
  }

  async #write(entry: LogEntry): Promise<void> {
    makePrivateDirectory(this.#directory);
    const path = join(this.#directory, `${new Date(entry.at).toISOString().slice(0, 10)}.jsonl`);
    await appendFile(path, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
  }

  #fail(error: unknown): never {
    const { code } = error as NodeJS.ErrnoException;
    throw new VoxproxyError(
      'store',
      `The call log in ${this.#directory} cannot be read (${code}).`,
      'Correct its permissions.',
    );
  }
}

/** When the day of a file is over. */
function endOf(name: string): Instant {
  return Date.parse(`${FILE.exec(name)?.[1]}T00:00:00Z`) + DAY;
}

function parseLine(line: string): LogEntry | undefined {
  try {
    const entry = JSON.parse(line) as LogEntry;
    const isMoment = typeof entry?.at === 'number' && !Number.isNaN(new Date(entry.at).getTime());
    const id = isOfCall(entry) ? entry.call : isOfText(entry) ? entry.text : null;
    return isMoment && typeof id === 'string' ? entry : undefined;
  } catch {
    return undefined;
  }
}
