import type { Send } from './database.js';
import { LostRace } from './failure.js';

const TAKEN = `SELECT id FROM voxproxy_sessions WHERE id = ANY($1::text[])
  UNION SELECT name AS id FROM voxproxy_names WHERE name = ANY($1::text[])`;
const ROUNDS = 20;
/** More than are wanted, once some were taken. */
const SPARE = 64;

/**
 * Draws so many different ids that no session has, and no name is called.
 * @throws LostRace when nearly all that there are seem to be taken
 */
export async function freeIds(look: Send, count: number, newId: () => string): Promise<string[]> {
  const free = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    const wanted = count - free.size;
    const drawn = new Set(Array.from({ length: round === 0 ? wanted : wanted + SPARE }, newId));
    const { rows } = await look<{ id: string }>(TAKEN, [[...drawn]]);
    for (const { id } of rows) drawn.delete(id);
    for (const id of drawn) free.add(id);
    if (free.size >= count) return [...free];
  }
  throw new LostRace();
}
