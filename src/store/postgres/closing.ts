import type { Instant, Session } from '../../domain/session.js';
import type { Access } from './access.js';
import { allOrNothing } from './all-or-nothing.js';
import { isOvertaken } from './failure.js';
import { ABOUT_STORE, type AboutStore, forget, heldIn } from './locks.js';
import {
  freeAtOf,
  putSession,
  readHeld,
  rowOf,
  SESSION_IF_ANY,
  SESSION_JSON,
  SESSION_PARAMETERS,
  type SessionJson,
  sessionOf,
  UPDATE_SESSION,
} from './session-rows.js';

const LOOK = `SELECT ${ABOUT_STORE},
    ${SESSION_IF_ANY} AS session, (${SESSION_JSON})::text AS was
  FROM voxproxy_store m LEFT JOIN voxproxy_sessions s ON s.id = $2`;

type LookRow = AboutStore & { session: SessionJson | null; was: string };

const LAST = SESSION_PARAMETERS;
/** Replaces a session that is still as it was read. */
const REPLACE = allOrNothing(
  [
    `store AS (SELECT 1 FROM voxproxy_store WHERE generation = $${LAST + 1} FOR SHARE)`,
    `replaced AS (${UPDATE_SESSION} AND (${SESSION_JSON})::text = $${LAST + 2} RETURNING 1)`,
  ],
  ['EXISTS (SELECT 1 FROM store)', 'EXISTS (SELECT 1 FROM replaced)'],
);

/** Closes a session; one that is closed already stays as it is. Undefined when there is none with this id. */
export async function close(access: Access, id: string, given: Instant): Promise<Session | undefined> {
  try {
    const closed = await closeUnheld(access, id, given);
    if (closed !== null) return closed;
  } catch (error) {
    if (!isOvertaken(error)) throw error;
  }
  return access.writing('SHARE', given, async (send, now) => {
    const [session] = await readHeld(send, [id], access.seals);
    if (session === undefined || session.closedAt !== null) return session;
    const closed = { ...session, closedAt: now };
    await putSession(send, closed, access.seals);
    return closed;
  });
}

/** In two statements, each a transaction by itself, and one more to forget; null where there is nothing to close. */
async function closeUnheld(access: Access, id: string, given: Instant): Promise<Session | null> {
  const { look, change } = access.database;
  const frame = await access.frame();
  const { rows } = await look<LookRow>(LOOK, [access.dueBy(given), id]);
  const [row] = rows;
  const held = heldIn(row, frame);
  if (row?.session == null) return null;
  const session = sessionOf(row.session, access.seals);
  const now = access.at(held, given);
  if (session.closedAt !== null || (freeAtOf(session) ?? Infinity) <= now) return null;
  const closed = { ...session, closedAt: now };
  const values = [...rowOf(closed, access.seals), held.generation, row.was];
  if (held.isDue) await forget(change, now);
  await change(REPLACE, values);
  return closed;
}
