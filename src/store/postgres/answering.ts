import type { E164 } from '../../domain/phone-number.js';
import { isInPool, type NumberState, type PoolNumber } from '../../domain/pool.js';
import type { Located } from '../../domain/routing.js';
import type { Instant, PersonId } from '../../domain/session.js';
import { NOW } from './locks.js';
import { marksIn } from './marks.js';
import { type NumberRow, numberOf } from './number-rows.js';
import type { Seals } from './seals.js';
import { SESSION_JSON, type SessionJson, sessionOf } from './session-rows.js';

/** All that routing needs to know of a call, in one statement: the caller as person, what was dialled, the caller's number. */
export const LOCATE = `SELECT m.generation, ${NOW} AS now,
    json_build_array(d.number, d.country, d.type, d.features, d.state, d.purchase, d.seal) AS dialled,
    c.state AS caller_state,
    CASE WHEN p.person IS NULL THEN NULL ELSE json_build_array(p.blocked, p.texts_stopped, p.seal) END AS marks,
    CASE WHEN s.id IS NULL THEN NULL ELSE ${SESSION_JSON} END AS session
  FROM voxproxy_store m
  LEFT JOIN voxproxy_numbers d ON d.number = $2
  LEFT JOIN voxproxy_numbers c ON c.number = $3
  LEFT JOIN voxproxy_people p ON p.person = $1
  LEFT JOIN voxproxy_legs l ON l.caller = $1 AND l.dialled = $2
  LEFT JOIN voxproxy_sessions s ON s.id = l.session_id`;

export type LocateRow = {
  now: Instant;
  dialled: [string | null, string, string, string, string, string | null, string | null];
  caller_state: NumberState | null;
  marks: [boolean, boolean, string | null] | null;
  session: SessionJson | null;
};

/** @throws VoxproxyError `store` when something in it was tampered with */
export function locatedIn(
  { dialled: kept, caller_state: state, marks, session }: LocateRow,
  caller: PersonId | undefined,
  dialled: E164,
  seals: Seals,
): Omit<Located, 'now'> {
  const [blocked = null, stopped = null, seal = null] = marks ?? [];
  const row = { blocked, texts_stopped: stopped, seal };
  return {
    caller,
    callerIsBlocked: caller !== undefined && marksIn(row, caller, seals).blocked,
    callerIsInPool: state !== null && isInPool({ state } as PoolNumber),
    dialled,
    dialledIsInPool: kept[0] !== null && isInPool(numberOf(rowOf(kept), seals)),
    owner: session === null ? undefined : sessionOf(session, seals),
  };
}

function rowOf([number, country, type, features, state, purchase, seal]: LocateRow['dialled']): NumberRow {
  return { number: number ?? '', country, type, features, state, purchase, seal };
}
