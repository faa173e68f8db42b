import { isOfCall } from '../domain/call-record.js';
import { isOfText } from '../domain/text-record.js';
import type { LogEntry } from './call-log.js';

const BEGINNING = '{"kind":';

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

function isEntry(value: unknown): value is LogEntry {
  const entry = value as (LogEntry & Record<string, unknown>) | null;
  if (typeof entry?.at !== 'number' || Number.isNaN(new Date(entry.at).getTime())) return false;
  const ofCall = isOfCall(entry);
  if (!ofCall && !isOfText(entry)) return false;
  if (typeof (ofCall ? entry.call : entry.text) !== 'string') return false;
  switch (entry.kind) {
    case 'call':
      return isOfSession(entry);
    case 'text':
      return isOfSession(entry) && typeof entry.fate === 'string';
    case 'event':
      return typeof entry.leg === 'string' && typeof entry.status === 'string';
    case 'text-status':
      return typeof entry.status === 'string';
    case 'moved':
      return typeof entry.to === 'string';
    case 'declined':
      return true;
  }
}

function isOfSession({ sessionId, from }: { sessionId: unknown; from: unknown }): boolean {
  return typeof sessionId === 'string' && (from === 'a' || from === 'b');
}
