import {
  type Instant,
  type Participant,
  quarantineEndOf,
  type Session,
  SIDES,
  type Side,
} from '../../domain/session.js';
import { VoxproxyError } from '../../errors.js';
import { isSession } from '../record-shapes.js';
import type { Send } from './database.js';
import { places } from './rows.js';
import type { Seals } from './seals.js';

type Value = string | number | boolean | null;
/** As `SESSION_JSON` makes it. */
export type SessionJson = readonly Value[];

/** Fields of a session, and of a participant, by the column that keeps each; `sessionOf` reads them in this order. */
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

/** What is read of a session: everything but what is kept to find it. */
const READ = COLUMNS.slice(0, -2);
/** Of those, what may be null, and decides nothing about other sessions once the real numbers are forgotten. */
const IDLE = /^(ttl|max_duration|screen|detect_machines|mask_numbers|[ab]_(number|label|language|told_at))$/;
const TRACED = READ.filter((column) => !IDLE.test(column));

const jsonOf = (columns: readonly string[]) =>
  `json_build_array(${columns.map((column) => `s.${column}`).join(', ')})`;

/**
 * What is read of a session whose table is `s`, as one JSON array: thirty columns would cost the driver more than all
 * else on the path of a call.
 */
export const SESSION_JSON = jsonOf(READ);

/**
 * The same for decisions about other sessions: of one whose real numbers are forgotten, so that nothing is sealed any
 * more, only what they ask. Whoever is in everything has eighty of those looked at for each new one, which takes a sixth
 * less time.
 */
export const SESSION_OR_TRACE = `CASE WHEN s.a_number IS NULL AND s.b_number IS NULL
  THEN ${jsonOf(TRACED)} ELSE ${SESSION_JSON} END`;

/** Where a trace has what is read; -1 for what it leaves out. */
const IN_TRACE = READ.map((column) => TRACED.indexOf(column));

/** The same where `s` is joined from the left; null for none. */
export const SESSION_IF_ANY = `CASE WHEN s.id IS NULL THEN NULL ELSE ${SESSION_JSON} END`;

/** Inserts so many sessions; the parameters from `$from` on are those of `rowOf`, one session after the other. */
export const insertSessions = (count: number, from: number) =>
  `INSERT INTO voxproxy_sessions (${COLUMNS.join(', ')}) VALUES ${places(count, COLUMNS.length, from)}`;

export const SESSION_PARAMETERS = COLUMNS.length;

/** Replaces everything of a session, by its id; the parameters are those of `rowOf`. */
export const UPDATE_SESSION = `UPDATE voxproxy_sessions AS s SET ${COLUMNS.slice(1)
  .map((column, i) => `${column} = $${i + 2}`)
  .join(', ')} WHERE s.id = $1`;

/** When its legs come free, as it is kept; null while it has no end. */
export function freeAtOf(session: Session): Instant | null {
  const end = quarantineEndOf(session);
  return Number.isFinite(end) ? end : null;
}

/** One value a column. */
export function rowOf(session: Session, seals: Seals): Value[] {
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
    freeAtOf(session),
    isForgotten,
  ];
}

/** These sessions, oldest first, which nobody else changes until the end of the transaction. */
export async function readHeld(send: Send, ids: readonly string[], seals: Seals): Promise<Session[]> {
  const { rows } = await send<{ session: SessionJson }>(
    `SELECT ${SESSION_JSON} AS session FROM voxproxy_sessions s WHERE s.id = ANY($1::text[]) ORDER BY s.made FOR UPDATE`,
    [ids],
  );
  return rows.map(({ session }) => sessionOf(session, seals));
}

export async function putSession(send: Send, session: Session, seals: Seals): Promise<void> {
  await send(UPDATE_SESSION, rowOf(session, seals));
}

/**
 * The session of a row, its real numbers opened. Written out, where a loop over the columns takes four times as long:
 * whoever is in everything has eighty sessions looked at for each new one.
 *
 * @throws VoxproxyError `store` when it is malformed or was tampered with: a call is never connected on partial data
 */
export function sessionOf(row: SessionJson, seals: Seals): Session {
  const session = seals.open({
    id: row[0],
    name: row[1],
    createdAt: row[2],
    expiresAt: row[3],
    closedAt: row[4],
    ttl: row[5],
    quarantine: row[6],
    maxDuration: row[7],
    hardExpiry: row[8],
    direction: row[9],
    screen: row[10],
    detectMachines: row[11],
    maskNumbers: row[12],
    a: participantOf(row, 13),
    b: participantOf(row, 20),
  } as Session);
  if (isSession(session)) return session;
  throw new VoxproxyError(
    'store',
    'The PostgreSQL store is damaged: a session in it is malformed.',
    'Nothing was changed.',
  );
}

/** The session of what `SESSION_OR_TRACE` made; what a trace leaves out is null. */
export function sessionOrTraceOf(row: SessionJson, seals: Seals): Session {
  const isTrace = row.length === TRACED.length;
  return sessionOf(isTrace ? IN_TRACE.map((at) => row[at] ?? null) : row, seals);
}

function participantOf(row: SessionJson, from: number): Record<keyof Participant, Value | undefined> {
  return {
    person: row[from],
    realNumber: row[from + 1],
    country: row[from + 2],
    virtualNumber: row[from + 3],
    label: row[from + 4],
    language: row[from + 5],
    notifiedAt: row[from + 6],
  };
}
