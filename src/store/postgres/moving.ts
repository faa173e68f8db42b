import type { Session } from '../../domain/session.js';
import type { FieldCipher } from '../field-cipher.js';
import type { SessionPages, StoreFrame } from '../portable.js';
import type { Database, Send } from './database.js';
import { type Frame, keptLookupKey } from './frame.js';
import { legsAndNamesOf } from './legs-and-names.js';
import { hold } from './locks.js';
import { readMarked } from './marks.js';
import { NUMBER_COLUMNS, type NumberRow, numberOf, numberRow, PUT_NUMBER } from './number-rows.js';
import type { Seals } from './seals.js';
import { columnsOf, INSERT_SESSIONS } from './session-rows.js';

const AT_ONCE = 5_000;
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

type Target = { database: Database; frame: () => Promise<Frame>; seals: Seals; cipher: FieldCipher | null };

/** Replaces everything, as one step; calls are answered from what was until it is done. */
export async function replaceAll(target: Target, store: StoreFrame, pages: SessionPages): Promise<void> {
  const { database, seals, cipher } = target;
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
  }, target.frame);
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
  const { legs, names } = legsAndNamesOf(sessions);
  await Promise.all([
    send(INSERT_SESSIONS, columnsOf(sessions, seals)),
    send(
      `INSERT INTO voxproxy_legs (caller, dialled, session_id) SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
        ON CONFLICT (caller, dialled) DO UPDATE SET session_id = excluded.session_id`,
      [...legs],
    ),
    send(
      `INSERT INTO voxproxy_names (name, session_id) SELECT * FROM unnest($1::text[], $2::text[])
        ON CONFLICT (name) DO UPDATE SET session_id = excluded.session_id`,
      [...names],
    ),
    send(
      `INSERT INTO voxproxy_people (person) SELECT * FROM unnest($1::text[]) ON CONFLICT (person) DO NOTHING`,
      [[...new Set(legs[0])]],
    ),
  ]);
}
