import { setTimeout as wait } from 'node:timers/promises';
import type { Instant } from '../domain/session.js';
import type { CallLog, LogEntry, LogReader } from './call-log.js';
import type { Database } from './postgres/database.js';
import { APPEND_LOG, entryOf, keyOf, LOG_COLUMNS, type LogRow, logColumns } from './postgres/log-rows.js';

const DAY = 86_400_000;
const PAGE = 10_000;
/** Entries that are kept while PostgreSQL is away; older ones are given up. */
const MOST_WAITING = 100_000;
const AT_ONCE = 1_000;
/** Milliseconds between attempts while it is away. */
const PAUSE = 1_000;
/** How long whoever ends waits for what is not written yet. */
const LAST_ATTEMPT = 5_000;
/** Milliseconds in which a row may come to light that was written before others: its transaction took longer. */
const OVERLAP = 5_000;

/** The log in PostgreSQL, of all listeners together. What is told again, by Vonage or by a copy, stands in it once. */
export class PostgresCallLog implements CallLog {
  readonly #database: Database;
  /** Makes the tables when they are not there yet. */
  readonly #ready: () => Promise<unknown>;
  #waiting: LogEntry[] = [];
  #writing: Promise<void> | null = null;
  #isEnding = false;

  constructor(database: Database, ready: () => Promise<unknown>) {
    this.#database = database;
    this.#ready = ready;
  }

  append(entry: LogEntry, onFailure: (error: unknown) => void): void {
    this.#waiting.push(entry);
    if (this.#waiting.length > MOST_WAITING) this.#waiting.splice(0, AT_ONCE);
    this.#writing ??= this.#writeWaiting(onFailure).finally(() => {
      this.#writing = null;
    });
  }

  async settled(): Promise<void> {
    this.#isEnding = true;
    await Promise.race([this.#writing, wait(LAST_ATTEMPT, undefined, { ref: false })]);
  }

  reader(since: Instant = 0): LogReader {
    const place: Place = { written: -1, subject: '', kind: '', word: '' };
    const recent = new Map<string, number>();
    return { read: () => this.#readOn(place, recent, since) };
  }

  async forget(before: Instant): Promise<void> {
    await this.#ready();
    // Everything is written within a day of its moment: so the index finds it.
    await this.#database.transact((send) =>
      send('DELETE FROM voxproxy_log WHERE written < $1 AND at < $2', [before + DAY, before]),
    );
  }

  /** Writes entries at once, for somebody who waits for it. */
  async write(entries: readonly LogEntry[]): Promise<void> {
    await this.#ready();
    for (let from = 0; from < entries.length; from += AT_ONCE) {
      const columns = logColumns(entries.slice(from, from + AT_ONCE));
      await this.#database.transact((send) => send(APPEND_LOG, columns));
    }
  }

  async #writeWaiting(onFailure: (error: unknown) => void): Promise<void> {
    let failing = false;
    while (this.#waiting.length > 0) {
      const entries = this.#waiting.splice(0, AT_ONCE);
      try {
        await this.write(entries);
        failing = false;
      } catch (error) {
        this.#waiting.unshift(...entries);
        if (!failing) onFailure(error);
        if (this.#isEnding) return;
        failing = true;
        await wait(PAUSE, undefined, { ref: false });
      }
    }
  }

  async *#readOn(place: Place, recent: Map<string, number>, since: Instant): AsyncGenerator<LogEntry[]> {
    await this.#ready();
    // Rows that were written at nearly the same moment are looked at again, and told once.
    const from: Place = { ...place, written: Math.max(place.written - OVERLAP, since - DAY - 1) };
    if (from.written < place.written) Object.assign(from, { subject: '', kind: '', word: '' });
    for (;;) {
      const rows = await this.#page(from, since);
      const last = rows.at(-1);
      if (last === undefined) break;
      Object.assign(from, placeOf(last));
      const fresh = rows.filter((row) => recent.get(keyOf(row)) !== row.written);
      for (const row of fresh) {
        // What was written again moves to the end: the oldest are given up first.
        recent.delete(keyOf(row));
        recent.set(keyOf(row), row.written as number);
      }
      if (from.written > place.written) Object.assign(place, from);
      for (const [key, written] of recent) {
        if (written >= place.written - 2 * OVERLAP) break;
        recent.delete(key);
      }
      yield fresh.flatMap((row) => entryOf(row) ?? []);
      if (rows.length < PAGE) break;
    }
  }

  async #page({ written, subject, kind, word }: Place, since: Instant): Promise<LogRow[]> {
    return this.#database.transact(async (send) => {
      const { rows } = await send<LogRow>(
        `SELECT ${LOG_COLUMNS}, written FROM voxproxy_log
          WHERE at >= $1 AND written >= $2 AND (written, subject, kind, word) > ($2, $3, $4, $5)
          ORDER BY written, subject, kind, word LIMIT ${PAGE}`,
        [since, written, subject, kind, word],
      );
      return rows;
    });
  }
}

/** Up to where the log was read. */
type Place = { written: number; subject: string; kind: string; word: string };

function placeOf(row: LogRow): Place {
  const { written, subject, kind, word } = row as unknown as Place;
  return { written, subject, kind, word };
}
