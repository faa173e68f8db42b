import type { PersonId } from '../../domain/session.js';
import type { Marks } from '../store.js';
import type { Send } from './database.js';
import type { Seals } from './seals.js';

export const MARKS = `SELECT m.generation, p.blocked, p.texts_stopped, p.seal
  FROM voxproxy_store m LEFT JOIN voxproxy_people p ON p.person = $1`;

export type MarkRow = { blocked: boolean | null; texts_stopped: boolean | null; seal: string | null };

/** @param row undefined where nothing is kept of the person */
export function marksIn(row: MarkRow | undefined, person: PersonId, seals: Seals): Marks {
  const marks = { blocked: row?.blocked ?? false, textsStopped: row?.texts_stopped ?? false };
  seals.checkMarks(person, marks, row?.seal ?? null);
  return marks;
}

/**
 * Everybody who has a mark, or had one.
 * @throws VoxproxyError `store` when one was tampered with
 */
export async function readMarked(send: Send, seals: Seals): Promise<{ person: PersonId; marks: Marks }[]> {
  const { rows } = await send<MarkRow & { person: PersonId }>(
    `SELECT person, blocked, texts_stopped, seal FROM voxproxy_people
      WHERE blocked OR texts_stopped OR seal IS NOT NULL ORDER BY person`,
  );
  return rows.map((row) => ({ person: row.person, marks: marksIn(row, row.person, seals) }));
}
