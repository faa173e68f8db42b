import type { LogEntry } from '../call-log.js';
import { isEntry } from '../log-line.js';

type Value = string | number | boolean | null;
export type LogRow = Record<string, Value>;

const TYPES = [
  ['kind', 'text'],
  ['subject', 'text'],
  ['word', 'text'],
  ['at', 'bigint'],
  ['call', 'text'],
  ['session_id', 'text'],
  ['side', 'text'],
  ['refused', 'boolean'],
  ['outbound', 'boolean'],
  ['duration', 'double precision'],
  ['price', 'text'],
  ['ended_by', 'text'],
] as const;

const COLUMNS = TYPES.map(([column]) => column);

export const LOG_COLUMNS = COLUMNS.join(', ');

const DAY = 86_400_000;

/**
 * What is told of the same leg and status again adds what was not known of it. A row that says nothing new stays as it
 * is; one that does counts as written now, so that readers who follow find it.
 */
export const APPEND_LOG = `INSERT INTO voxproxy_log AS known (${LOG_COLUMNS}, written)
  SELECT ${COLUMNS.map((column) => `entry.${column}`).join(', ')},
    LEAST((extract(epoch FROM clock_timestamp()) * 1000)::bigint, entry.at + ${DAY})
  FROM unnest(${TYPES.map(([, type], i) => `$${i + 1}::${type}[]`).join(', ')}) AS entry(${LOG_COLUMNS})
  ON CONFLICT (subject, kind, word) DO UPDATE SET
    at = LEAST(known.at, excluded.at),
    duration = COALESCE(known.duration, excluded.duration),
    price = COALESCE(known.price, excluded.price),
    ended_by = COALESCE(known.ended_by, excluded.ended_by),
    written = excluded.written
  WHERE (known.duration IS NULL AND excluded.duration IS NOT NULL)
    OR (known.price IS NULL AND excluded.price IS NOT NULL)
    OR (known.ended_by IS NULL AND excluded.ended_by IS NOT NULL)`;

const NOTHING = {
  call: null,
  session_id: null,
  side: null,
  refused: null,
  outbound: null,
  duration: null,
  price: null,
  ended_by: null,
};

/** An event is a row by its leg and status, everything else by what it is about. */
export function logRow(entry: LogEntry): LogRow {
  const { kind, at } = entry;
  switch (entry.kind) {
    case 'call': {
      const { call, leg, sessionId, from, refused } = entry;
      return { ...NOTHING, kind, at, subject: call, word: leg, session_id: sessionId, side: from, refused };
    }
    case 'declined':
      return { ...NOTHING, kind, at, subject: entry.call, word: '' };
    case 'event': {
      const { call, leg, outbound, status, duration, price, by } = entry;
      const told = { outbound, duration, price, ended_by: by ?? null };
      return { ...NOTHING, ...told, kind, at, call, subject: leg === '' ? call : leg, word: status };
    }
    case 'moved':
      return { ...NOTHING, kind, at, call: entry.call, subject: entry.leg, word: entry.to };
    case 'text': {
      const { text, sessionId, from, fate } = entry;
      return { ...NOTHING, kind, at, subject: text, word: fate, session_id: sessionId, side: from };
    }
    case 'text-status':
      return { ...NOTHING, kind, at, subject: entry.text, word: entry.status };
  }
}

/** One array a column; of entries about the same, those that add something come together in one. */
export function logColumns(entries: readonly LogEntry[]): Value[][] {
  const rows = new Map<string, LogRow>();
  for (const row of entries.map(logRow)) {
    const key = keyOf(row);
    const before = rows.get(key);
    rows.set(key, before === undefined ? row : together(before, row));
  }
  return COLUMNS.map((column) => [...rows.values()].map((row) => row[column] ?? null));
}

/** What a row is about; there is one of each. */
export function keyOf({ subject, kind, word }: LogRow): string {
  return JSON.stringify([subject, kind, word]);
}

function together(one: LogRow, other: LogRow): LogRow {
  return {
    ...one,
    at: Math.min(one.at as number, other.at as number),
    duration: one.duration ?? other.duration ?? null,
    price: one.price ?? other.price ?? null,
    ended_by: one.ended_by ?? other.ended_by ?? null,
  };
}

/** The entry of a row; undefined when it is malformed. */
export function entryOf(row: LogRow): LogEntry | undefined {
  const { kind, at, subject, word, call, session_id: sessionId, side: from } = row;
  const entry = {
    call: () => ({ kind, call: subject, leg: word, at, sessionId, from, refused: row.refused }),
    declined: () => ({ kind, call: subject, at }),
    event: () => {
      const { outbound, duration, price, ended_by: by } = row;
      return { kind, call, leg: subject, outbound, status: word, at, duration, price, by };
    },
    moved: () => ({ kind, call, to: word, leg: subject, at }),
    text: () => ({ kind, text: subject, at, sessionId, from, fate: word }),
    'text-status': () => ({ kind, text: subject, at, status: word }),
  }[kind as LogEntry['kind']]?.();
  return isEntry(entry) ? entry : undefined;
}
