import { type Participant, quarantineEndOf, type Session, SIDES, type Side } from '../../domain/session.js';
import { VoxproxyError } from '../../errors.js';
import { isSession } from '../record-shapes.js';
import type { Seals } from './seals.js';

type Value = string | number | boolean | null;
/** As `SESSION_JSON` makes it. */
export type SessionJson = readonly Value[];

/** Fields of a session, and of a participant, by the column that keeps each. */
const TERMS = {
  id: ['id', 'text'],
  name: ['name', 'text'],
  created_at: ['createdAt', 'bigint'],
  expires_at: ['expiresAt', 'bigint'],
  closed_at: ['closedAt', 'bigint'],
  ttl: ['ttl', 'bigint'],
  quarantine: ['quarantine', 'bigint'],
  max_duration: ['maxDuration', 'bigint'],
  hard_expiry: ['hardExpiry', 'boolean'],
  direction: ['direction', 'text'],
  screen: ['screen', 'boolean'],
  detect_machines: ['detectMachines', 'boolean'],
  mask_numbers: ['maskNumbers', 'boolean'],
} as const satisfies Record<string, readonly [Exclude<keyof Session, Side>, string]>;

const REMARKS = {
  person: ['person', 'text'],
  number: ['realNumber', 'text'],
  country: ['country', 'text'],
  virtual: ['virtualNumber', 'text'],
  label: ['label', 'text'],
  language: ['language', 'text'],
  told_at: ['notifiedAt', 'bigint'],
} as const satisfies Record<string, readonly [keyof Participant, string]>;

const TERM_FIELDS = Object.values(TERMS).map(([field]) => field);
const REMARK_FIELDS = Object.values(REMARKS).map(([field]) => field);

const TYPES: readonly (readonly [column: string, type: string])[] = [
  ...Object.entries(TERMS).map(([column, [, type]]) => [column, type] as const),
  ...SIDES.flatMap((side) =>
    Object.entries(REMARKS).map(([column, [, type]]) => [`${side}_${column}`, type] as const),
  ),
  // When the legs come free; null while the session has no end.
  ['free_at', 'bigint'],
  ['forgotten', 'boolean'],
];

const COLUMNS = TYPES.map(([column]) => column);

/**
 * What is read of a session whose table is `s`, as one JSON array: thirty columns would cost the driver more than all
 * else on the path of a call.
 */
export const SESSION_JSON = `json_build_array(${COLUMNS.slice(0, -2)
  .map((column) => `s.${column}`)
  .join(', ')})`;

/** Inserts sessions from one array a column, from `$1` on. */
export const INSERT_SESSIONS = `INSERT INTO voxproxy_sessions (${COLUMNS.join(', ')})
  SELECT * FROM unnest(${TYPES.map(([, type], i) => `$${i + 1}::${type}[]`).join(', ')})`;

export const SESSION_PARAMETERS = TYPES.length;

/** Replaces everything of a session, by its id; one parameter a column. */
export const UPDATE_SESSION = `UPDATE voxproxy_sessions SET ${COLUMNS.slice(1)
  .map((column, i) => `${column} = $${i + 2}`)
  .join(', ')} WHERE id = $1`;

/** One value a column. */
export function rowOf(session: Session, seals: Seals): Value[] {
  const end = quarantineEndOf(session);
  const isForgotten = SIDES.every(
    (side) => session[side].realNumber === null && session[side].label === null,
  );
  return [
    ...Object.values(TERMS).map(([field]) => session[field]),
    ...SIDES.flatMap((side) =>
      Object.values(REMARKS).map(([field]) =>
        field === 'realNumber' ? seals.realNumber(session, side) : session[side][field],
      ),
    ),
    Number.isFinite(end) ? end : null,
    isForgotten,
  ];
}

/** One array a column. */
export function columnsOf(sessions: readonly Session[], seals: Seals): Value[][] {
  const rows = sessions.map((session) => rowOf(session, seals));
  return COLUMNS.map((_column, i) => rows.map((row) => row[i] as Value));
}

/**
 * The session of a row, its real numbers opened.
 * @throws VoxproxyError `store` when it is malformed or was tampered with: a call is never connected on partial data
 */
export function sessionOf(row: SessionJson, seals: Seals): Session {
  const session = seals.open({
    ...fieldsOf(row, TERM_FIELDS, 0),
    a: fieldsOf(row, REMARK_FIELDS, TERM_FIELDS.length),
    b: fieldsOf(row, REMARK_FIELDS, TERM_FIELDS.length + REMARK_FIELDS.length),
  } as Session);
  if (isSession(session)) return session;
  throw new VoxproxyError(
    'store',
    'The PostgreSQL store is damaged: a session in it is malformed.',
    'Nothing was changed.',
  );
}

function fieldsOf(row: SessionJson, fields: readonly string[], from: number): Record<string, Value> {
  const found: Record<string, Value> = {};
  for (let i = 0; i < fields.length; i++) found[fields[i] as string] = row[from + i] as Value;
  return found;
}
