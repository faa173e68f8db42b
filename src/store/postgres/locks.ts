import type { Instant, PersonId } from '../../domain/session.js';
import type { Send } from './database.js';
import { isUnknownHere, LostRace } from './failure.js';
import type { Frame } from './frame.js';

/** The database's own clock, in milliseconds. */
export const NOW = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

/** The same for a whole statement: an index can be asked with it. */
const STEADY_NOW = '(extract(epoch FROM statement_timestamp()) * 1000)::bigint';

/** What the one row about the store says, called `m`; `$1` is the time that decides what is due. */
export const ABOUT_STORE = `m.generation, m.pool_version, ${NOW} AS now, EXISTS (
    SELECT 1 FROM voxproxy_sessions
    WHERE free_at IS NOT NULL AND NOT forgotten AND free_at <= COALESCE($1::bigint, ${STEADY_NOW})
  ) AS is_due`;

export type AboutStore = { generation: number; pool_version: number; now: number; is_due: boolean };

/** The same as the code knows it. */
export type Held = {
  generation: number;
  now: Instant;
  poolVersion: number;
  /** Whether a session is to be forgotten. */
  isDue: boolean;
};

/** @throws LostRace when the store is another than it was */
export function heldIn(row: AboutStore | undefined, frame: Frame): Held {
  if (row?.generation !== frame.generation) throw new LostRace();
  return { generation: row.generation, now: row.now, poolVersion: row.pool_version, isDue: row.is_due };
}

/**
 * Holds the one row about the store, as everybody does first: together with the others who write sessions, or alone,
 * to change what all of them go by.
 *
 * @param given the time that decides what is due; null for the database's own
 * @throws LostRace when the store is another than it was
 */
export async function hold(
  send: Send,
  frame: Frame,
  how: 'SHARE' | 'UPDATE',
  given: Instant | null,
): Promise<Held> {
  if (how === 'UPDATE') await waitForTurn(send);
  const { rows } = await send<AboutStore>(`SELECT ${ABOUT_STORE} FROM voxproxy_store m FOR ${how} OF m`, [
    given,
  ]);
  return heldIn(rows[0], frame);
}

/**
 * Queues for being alone. Whoever waits for the row itself is passed by for ever by those who hold it together; for
 * the table they wait behind whoever came before. Reading goes on. Engines without that lock have fair rows.
 */
export async function waitForTurn(send: Send): Promise<void> {
  await send('SAVEPOINT waiting');
  try {
    await send('LOCK TABLE voxproxy_store IN EXCLUSIVE MODE');
  } catch (error) {
    if (!isUnknownHere(error)) throw error;
    await send('ROLLBACK TO SAVEPOINT waiting');
  }
}

/** Holds these people: nobody else who does so decides for any of them until the end of the transaction. */
export async function holdPeople(send: Send, people: readonly PersonId[]): Promise<void> {
  await Promise.all([
    send(
      `INSERT INTO voxproxy_people (person) SELECT person FROM unnest($1::text[]) AS p(person) ORDER BY person
        ON CONFLICT (person) DO NOTHING`,
      [people],
    ),
    send('SELECT 1 FROM voxproxy_people WHERE person = ANY($1::text[]) ORDER BY person FOR UPDATE', [people]),
  ]);
}

/** Ended sessions lose their real numbers when their quarantine is over; those that others hold, by the next writer. */
const FORGET = `UPDATE voxproxy_sessions
  SET a_number = NULL, a_label = NULL, b_number = NULL, b_label = NULL, forgotten = true
  WHERE id IN (
    SELECT id FROM voxproxy_sessions WHERE free_at IS NOT NULL AND NOT forgotten AND free_at <= $1
    ORDER BY free_at LIMIT 1000 FOR UPDATE SKIP LOCKED
  )`;

export function forget(send: Send, now: Instant): Promise<unknown> {
  return send(FORGET, [now]);
}
