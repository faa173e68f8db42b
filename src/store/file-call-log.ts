import { createReadStream } from 'node:fs';
import { appendFile, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Instant } from '../domain/session.js';
import { VoxproxyError } from '../errors.js';
import type { CallLog, LogEntry, LogReader } from './call-log.js';
import { parseLogLine } from './log-line.js';
import { makePrivateDirectory } from './private-file.js';

const DAY = 86_400_000;
const FILE = /^(\d{4}-\d{2}-\d{2})\.jsonl$/;
/** Listeners append to the days around now: an event may be a day early or late. */
const GROWING = 4;
/** Milliseconds in which entries are gathered: opening the file for each takes a tenth of an answer. */
const TOGETHER = 20;
const PIECE = 1 << 20;
const LINE_END = 0x0a;

/**
 * The call log: a file of JSON lines for each day, so that old days are forgotten whole, without
 * rewriting what other listeners append to. It holds no real number.
 */
export class FileCallLog implements CallLog {
  readonly #directory: string;
  #waiting: Days = new Map();
  #written: Promise<void> = Promise.resolve();

  /** @param home the directory of settings and store */
  constructor(home: string) {
    this.#directory = join(home, 'calls');
  }

  /** Appends without anybody waiting for the disk; a failure is told to `onFailure`. */
  append(entry: LogEntry, onFailure: (error: unknown) => void): void {
    const isFirst = this.#waiting.size === 0;
    // Made into text one by one: hundreds together would hold up calls for a millisecond.
    addTo(this.#waiting, entry);
    if (!isFirst) return;
    this.#written = this.#written
      .then(() => wait(TOGETHER))
      .then(() => this.#writeWaiting())
      .catch(onFailure);
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
    for await (const some of this.reader(since).read()) for (const entry of some) entries.push(entry);
    return entries;
  }

  /**
   * Reads the log a piece at a time, and again from where it ended.
   * @param since leaves out the days that ended before
   * @throws VoxproxyError `store`, when reading, if the files cannot be read
   */
  reader(since: Instant = 0): LogReader {
    const ends = new Map<string, FileEnd>();
    return { read: () => this.#readOn(ends, since) };
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
      if (isGone(error)) return [];
      return this.#fail(error);
    }
  }

  async *#readOn(ends: Map<string, FileEnd>, since: Instant): AsyncGenerator<LogEntry[]> {
    const days = (await this.#days()).filter((name) => endOf(name) > since);
    for (const name of ends.keys()) if (!days.includes(name)) ends.delete(name);
    for (const [place, name] of days.entries()) {
      if (ends.has(name) && place < days.length - GROWING) continue;
      try {
        yield* readFrom(join(this.#directory, name), name, ends);
      } catch (error) {
        // A day may be forgotten at any moment.
        if (!isGone(error)) this.#fail(error);
      }
    }
  }

  async #writeWaiting(): Promise<void> {
    const days = this.#waiting;
    this.#waiting = new Map();
    await this.#write(days);
  }

  /** Appends for somebody who waits for it. */
  async write(entries: readonly LogEntry[]): Promise<void> {
    const days: Days = new Map();
    for (const entry of entries) addTo(days, entry);
    await this.#write(days);
  }

  async #write(days: Days): Promise<void> {
    for (const [day, lines] of days) await this.#appendTo(join(this.#directory, nameOf(day)), lines);
  }

  async #appendTo(path: string, lines: string): Promise<void> {
    try {
      await appendFile(path, lines, { mode: 0o600 });
    } catch (error) {
      if (!isGone(error)) throw error;
      makePrivateDirectory(this.#directory);
      await appendFile(path, lines, { mode: 0o600 });
    }
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

/** Lines by day since 1970. */
type Days = Map<number, string>;

function addTo(days: Days, entry: LogEntry): void {
  const day = Math.floor(entry.at / DAY);
  days.set(day, `${days.get(day) ?? ''}${JSON.stringify(entry)}\n`);
}

/** Up to where a file was read: the end of its last whole line. */
type FileEnd = { inode: number; offset: number; size: number };

/** What stands behind the end that is known; a line that is still being written stays for the next time. */
async function* readFrom(path: string, name: string, ends: Map<string, FileEnd>): AsyncGenerator<LogEntry[]> {
  const { ino: inode, size } = await stat(path);
  const before = ends.get(name);
  if (before?.inode === inode && before.size === size) return;
  const isSame = before?.inode === inode && size > before.size;
  const end: FileEnd = { inode, offset: isSame ? before.offset : 0, size };
  ends.set(name, end);
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of createReadStream(path, { start: end.offset, highWaterMark: PIECE })) {
    const read: Buffer = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const whole = read.lastIndexOf(LINE_END) + 1;
    rest = read.subarray(whole);
    end.offset += whole;
    end.size = Math.max(end.size, end.offset + rest.length);
    const lines = read.toString('utf8', 0, whole).split('\n');
    yield lines.flatMap((line) => (line === '' ? [] : (parseLogLine(line) ?? [])));
  }
}

/** @param day since 1970 */
function nameOf(day: number): string {
  return `${new Date(day * DAY).toISOString().slice(0, 10)}.jsonl`;
}

function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

/** When the day of a file is over. */
function endOf(name: string): Instant {
  return Date.parse(`${FILE.exec(name)?.[1]}T00:00:00Z`) + DAY;
}
