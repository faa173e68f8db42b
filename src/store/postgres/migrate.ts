import { VoxproxyError } from '../../errors.js';
import type { Database, Send } from './database.js';
import { isMadeAlready, LostRace } from './failure.js';
import { SESSIONS } from './migrations/0001-sessions.js';
import { LOG } from './migrations/0002-log.js';
import { PAIRS } from './migrations/0003-pairs.js';

/** Each by its number, from 1 on; what was released once is never changed. */
const MIGRATIONS: readonly (readonly string[])[] = [SESSIONS, LOG, PAIRS];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** How a store begins its life. */
export type Birth = { lookupKey: string; encrypted: boolean };

/**
 * Brings the schema to this version, as one step: of processes that come at once, one does it and the others find it
 * done.
 *
 * @returns the version that was there before
 * @throws VoxproxyError `settings` when a newer voxproxy made the schema
 */
export async function migrate(database: Database, birth: () => Birth): Promise<number> {
  return database.transact(async (send) => {
    const from = await lockedVersion(send);
    refuseNewer(from);
    try {
      for (const statement of MIGRATIONS.slice(from).flat()) await send(statement);
    } catch (error) {
      // Whoever was faster has it done by now: it waited for their tables to be saved.
      if (isMadeAlready(error)) throw new LostRace();
      throw error;
    }
    if (from === 0) {
      const { lookupKey, encrypted } = birth();
      await send(
        `INSERT INTO voxproxy_store (version, encrypted, lookup_key, generation, pool_version)
          VALUES ($1, $2, $3, 1, 1)`,
        [SCHEMA_VERSION, encrypted, lookupKey],
      );
    } else if (from < SCHEMA_VERSION) {
      // Listeners that run look at the store anew.
      await send('UPDATE voxproxy_store SET version = $1, generation = generation + 1', [SCHEMA_VERSION]);
    }
    return from;
  });
}

const EXISTS = "SELECT to_regclass('voxproxy_store')::text AS name";

/** The version of the schema; 0 while there is none. */
export async function schemaVersion(database: Database): Promise<number> {
  const [found] = (await database.look<{ name: string | null }>(EXISTS)).rows;
  if (found?.name == null) return 0;
  const [row] = (await database.look<{ version: number }>('SELECT version FROM voxproxy_store')).rows;
  return row?.version ?? 0;
}

async function lockedVersion(send: Send): Promise<number> {
  const [found] = (await send<{ name: string | null }>(EXISTS)).rows;
  if (found?.name == null) return 0;
  const { rows } = await send<{ version: number }>('SELECT version FROM voxproxy_store FOR UPDATE');
  return rows[0]?.version ?? 0;
}

/** @throws VoxproxyError `settings` unless the schema has the version of this voxproxy */
export function refuseOtherVersion(version: number): void {
  refuseNewer(version);
  if (version < SCHEMA_VERSION) {
    throw new VoxproxyError(
      'settings',
      `The PostgreSQL store has version ${version} of the schema, and this voxproxy wants ${SCHEMA_VERSION}.`,
      'Bring it up with: voxproxy store migrate',
    );
  }
}

function refuseNewer(version: number): void {
  if (version > SCHEMA_VERSION) {
    throw new VoxproxyError(
      'settings',
      `The PostgreSQL store was made by a newer voxproxy (version ${version} of the schema).`,
      'Update voxproxy. Nothing was changed.',
    );
  }
}
