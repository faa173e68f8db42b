import type { Session } from '../../domain/session.js';
import type { SessionPages, StoreFrame } from '../portable.js';
import type { Access } from './access.js';
import { claimLegs, claimNames, claimsOf } from './claims.js';
import type { Send } from './database.js';
import { type Frame, keptLookupKey } from './frame.js';
import { hold } from './locks.js';
import { readMarked } from './marks.js';
import { NUMBER_COLUMNS, type NumberRow, numberOf, numberRow, PUT_NUMBER } from './number-rows.js';
import type { Seals } from './seals.js';
import { insertSessions, rowOf } from './session-rows.js';

/** A statement has 65,535 parameters at most. */
const AT_ONCE = 1_000;
const TABLES = ['names', 'legs', 'sessions', 'people', 'numbers'];

/** What stands beside the sessions. */
export async function readFrame(send: Send, { lookupKey }: Frame, seals: Seals): Promise<StoreFrame> {
  const numbers = await send<NumberRow>(`SELECT ${NUMBER_COLUMNS} FROM voxproxy_numbers ORDER BY placed`);
  const marked = await readMarked(send, seals);
  const counted = await send<{ count: number }>('SELECT count(*) AS count FROM voxproxy_sessions');
  return {
    lookupKey,
    numbers: numbers.rows.map((row) => numberOf(row, seals)),
    marked: {
      blocked: marked.filter(({ marks }) => marks.blocked).map(({ person }) => person),
      textsStopped: marked.filter(({ marks }) => marks.textsStopped).map(({ person }) => person),
    },
    count: counted.rows[0]?.count ?? 0,
  };
}

/** Replaces everything, as one step; calls are answered from what was until it is done. */
export async function replaceAll(access: Access, store: StoreFrame, pages: SessionPages): Promise<void> {
  const { database, seals, cipher } = access;
  // Pages are read once: another attempt would find nothing left.
  let begun = false;
  await database.transact(async (send, frame: Frame) => {
    await hold(send, frame, 'UPDATE', null);
    if (begun) throw new Error('the copy was interrupted; nothing was changed');
    begun = true;
    for (const table of TABLES) await send(`DELETE FROM voxproxy_${table}`);
    for (const number of store.numbers) await send(PUT_NUMBER, numberRow(number, seals));
    await putMarks(send, store, seals);
    for await (const page of pages)
      for (let from = 0; from < page.length; from += AT_ONCE)
        await putSessions(send, page.slice(from, from + AT_ONCE), seals);
    await send(
      'UPDATE voxproxy_store SET lookup_key = $1, generation = generation + 1, pool_version = pool_version + 1',
      [keptLookupKey(store.lookupKey, cipher)],
    );
  }, access.frame);
  // The planner knows nothing of tables that were filled just now.
  for (const table of [...TABLES, 'log'])
    await database.transact((send) => send(`ANALYZE voxproxy_${table}`));
}

async function putMarks(send: Send, { marked }: StoreFrame, seals: Seals): Promise<void> {
  const [blocked, stopped] = [new Set(marked.blocked), new Set(marked.textsStopped)];
  for (const person of new Set([...blocked, ...stopped])) {
    const marks = { blocked: blocked.has(person), textsStopped: stopped.has(person) };
    await send('INSERT INTO voxproxy_people (person, blocked, texts_stopped, seal) VALUES ($1, $2, $3, $4)', [
      person,
      marks.blocked,
      marks.textsStopped,
      seals.ofMarks(person, marks),
    ]);
  }
}

/** A later session takes over legs and names of those before it. */
async function putSessions(send: Send, sessions: readonly Session[], seals: Seals): Promise<void> {
  const { legs, names } = claimsOf(sessions);
  await Promise.all([
    send(
      insertSessions(sessions.length, 1),
      sessions.flatMap((session) => rowOf(session, seals)),
    ),
    send(claimLegs(legs.length, 1), legs.flat()),
    names.length > 0 && send(claimNames(names.length, 1), names.flat()),
  ]);
}
