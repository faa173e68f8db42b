import type { E164 } from '../../domain/phone-number.js';
import { isInPool, type PoolNumber } from '../../domain/pool.js';
import type { Located } from '../../domain/routing.js';
import type { Instant, PersonId } from '../../domain/session.js';
import { NOW } from './locks.js';
import { marksIn } from './marks.js';
import type { Seals } from './seals.js';
import { SESSION_IF_ANY, type SessionJson, sessionOf } from './session-rows.js';

/** All that routing needs to know of a call but the pool, in one statement: the caller as person, what was dialled. */
export const LOCATE = `SELECT m.generation, m.pool_version, ${NOW} AS now,
    CASE WHEN p.person IS NULL THEN NULL ELSE json_build_array(p.blocked, p.texts_stopped, p.seal) END AS marks,
    ${SESSION_IF_ANY} AS session
  FROM voxproxy_store m
  LEFT JOIN voxproxy_people p ON p.person = $1
  LEFT JOIN voxproxy_legs l ON l.caller = $1 AND l.dialled = $2
  LEFT JOIN voxproxy_sessions s ON s.id = l.session_id`;

export type LocateRow = {
  pool_version: number;
  now: Instant;
  marks: [boolean, boolean, string | null] | null;
  session: SessionJson | null;
};

/** A call as it comes in, and its caller as the store knows them. */
export type Incoming = { caller: E164 | undefined; person: PersonId | undefined; dialled: E164 };

/** @throws VoxproxyError `store` when something in it was tampered with */
export function locatedIn(
  { marks, session }: LocateRow,
  { caller, person, dialled }: Incoming,
  pool: ReadonlyMap<E164, PoolNumber>,
  seals: Seals,
): Omit<Located, 'now'> {
  const [blocked = null, stopped = null, seal = null] = marks ?? [];
  const row = { blocked, texts_stopped: stopped, seal };
  const isOurs = (number: E164 | undefined) => {
    const known = number && pool.get(number);
    return known !== undefined && isInPool(known);
  };
  return {
    caller: person,
    callerIsBlocked: person !== undefined && marksIn(row, person, seals).blocked,
    callerIsInPool: isOurs(caller),
    dialled,
    dialledIsInPool: isOurs(dialled),
    owner: session === null ? undefined : sessionOf(session, seals),
  };
}
