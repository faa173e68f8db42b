import { isOfCall } from '../domain/call-record.js';
import { isOfText } from '../domain/text-record.js';
import type { LogEntry } from './call-log.js';
import { LAST_INSTANT } from './record-shapes.js';

const BEGINNING = '{"kind":';
/** In seconds; Vonage ends calls after hours. */
const LONGEST = 1_000_000;

/** A line of the call log; undefined when it is damaged. */
export function parseLogLine(line: string): LogEntry | undefined {
  const entry = read(line);
  if (entry !== undefined) return entry;
  // What a crash cut short stands before the next entry, on one line with it.
  const last = line.lastIndexOf(BEGINNING);
  return last > 0 ? read(line.slice(last)) : undefined;
}

function read(line: string): LogEntry | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    return isEntry(entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value from a log is an entry that voxproxy writes. */
export function isEntry(value: unknown): value is LogEntry {
  const entry = value as (LogEntry & Record<string, unknown>) | null | undefined;
  if (typeof entry?.at !== 'number' || !(entry.at >= 0 && entry.at <= LAST_INSTANT)) return false;
  const ofCall = isOfCall(entry);
  if (!ofCall && !isOfText(entry)) return false;
  if (typeof (ofCall ? entry.call : entry.text) !== 'string') return false;
  switch (entry.kind) {
    case 'call':
      return isOfSession(entry);
    case 'text':
      return isOfSession(entry) && typeof entry.fate === 'string';
    case 'event':
      return isWord(entry.leg) && isWord(entry.status) && isSeconds(entry.duration) && isAmount(entry.price);
    case 'text-status':
      return isWord(entry.status);
    case 'moved':
      return typeof entry.to === 'string';
    case 'declined':
      return true;
  }
}

function isOfSession({ sessionId, from }: { sessionId: unknown; from: unknown }): boolean {
  return isWord(sessionId) && (from === 'a' || from === 'b');
}

/** Fit for a terminal: whoever can write into the file writes nothing else onto the screen. */
function isWord(value: unknown): boolean {
  return typeof value === 'string' && /^[\w-]{0,128}$/.test(value) && !/^\d{7,15}$/.test(value);
}

function isSeconds(value: unknown): boolean {
  return value === null || (typeof value === 'number' && value >= 0 && value < LONGEST);
}

function isAmount(value: unknown): boolean {
  return value === null || (typeof value === 'string' && /^\d{1,9}(\.\d{1,8})?$/.test(value));
}
