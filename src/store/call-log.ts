import type { CallEntry } from '../domain/call-record.js';
import type { Instant } from '../domain/session.js';
import type { TextEntry } from '../domain/text-record.js';

/** What was noted of a call or a text; it holds no real number and no text. */
export type LogEntry = CallEntry | TextEntry;

/** Reads what was appended since it was read last; at first everything. */
export type LogReader = { read(): AsyncGenerator<LogEntry[], void, undefined> };

/** The log of calls and texts. It lies where the sessions lie. */
export type CallLog = {
  /** Appends without anybody waiting for it; a failure is told to `onFailure`. */
  append(entry: LogEntry, onFailure: (error: unknown) => void): void;
  /** Resolves when everything appended so far is written, or will not be. */
  settled(): Promise<void>;
  /**
   * Reads the log a piece at a time, and again from where it ended.
   * @param since leaves out what is surely older
   * @throws VoxproxyError `store`, when reading, if it cannot be read
   */
  reader(since?: Instant): LogReader;
  /** Forgets what is older than this moment; what is as old as a day may stay a day longer. */
  forget(before: Instant): Promise<void>;
};
