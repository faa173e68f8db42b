import type { Opening } from '../../domain/opening.js';
import type { PersonId, Session } from '../../domain/session.js';
import { everybodyIn } from '../openings.js';
import type { Send } from './database.js';
import { LostRace } from './failure.js';
import type { Ids } from './ids.js';
import { legsAndNamesOf } from './legs-and-names.js';
import type { Seals } from './seals.js';
import {
  columnsOf,
  INSERT_SESSIONS,
  SESSION_JSON,
  SESSION_PARAMETERS,
  type SessionJson,
  sessionOf,
} from './session-rows.js';

/** Whose sessions a decision is made from. */
export type Concern = {
  people: readonly PersonId[];
  pairs: readonly (readonly [PersonId, PersonId])[];
  /** Ids and names. */
  names: readonly string[];
};

export function concernOf(openings: readonly Opening[]): Concern {
  return {
    // In the order in which everybody locks them, so that no two wait for each other.
    people: everybodyIn(openings).sort(),
    pairs: openings.map(({ a, b }) => [a.person, b.person] as const),
    names: openings.flatMap(({ given }) => given.name ?? []),
  };
}

/**
 * Sessions that had a leg of these people last, that were the last of a pair, or that are called so. Older ones of the
 * same people decide nothing: that keeps somebody with thousands of them as quick as anybody.
 */
const CONCERNED = `SELECT ${SESSION_JSON} AS session FROM (
    SELECT session_id AS id FROM voxproxy_legs WHERE caller = ANY($1::text[])
    UNION SELECT session_id FROM voxproxy_names WHERE name = ANY($2::text[])
    UNION SELECT named.id FROM unnest($2::text[]) AS named(id)
    UNION SELECT (
      SELECT last.id FROM voxproxy_sessions last
      WHERE last.a_person = pair.one AND last.b_person = pair.other ORDER BY last.made DESC LIMIT 1
    ) FROM unnest($3::text[], $4::text[]) AS pair(one, other)
  ) AS concerned JOIN voxproxy_sessions s ON s.id = concerned.id ORDER BY s.made`;

/** Oldest first. */
export async function readConcerned(
  send: Send,
  { people, pairs, names }: Concern,
  seals: Seals,
): Promise<Session[]> {
  const both = [...pairs, ...pairs.map(([one, other]) => [other, one] as const)];
  const { rows } = await send<{ session: SessionJson }>(CONCERNED, [
    people,
    names,
    both.map(([one]) => one),
    both.map(([, other]) => other),
  ]);
  return rows.map(({ session }) => sessionOf(session, seals));
}

const $ = (n: number) => `$${SESSION_PARAMETERS + n}::text[]`;

/**
 * Sessions, their legs and their names in one statement. A leg or a name is taken over from those alone whom the
 * decision knew as its owners: whoever else has it by now was faster.
 */
const SAVE = `WITH made AS (${INSERT_SESSIONS} ON CONFLICT (id) DO NOTHING RETURNING 1),
  led AS (
    INSERT INTO voxproxy_legs AS leg (caller, dialled, session_id)
    SELECT * FROM unnest(${$(1)}, ${$(2)}, ${$(3)})
    ON CONFLICT (caller, dialled) DO UPDATE SET session_id = excluded.session_id
      WHERE leg.session_id = ANY(${$(6)})
    RETURNING 1
  ),
  called AS (
    INSERT INTO voxproxy_names AS known (name, session_id)
    SELECT * FROM unnest(${$(4)}, ${$(5)})
    ON CONFLICT (name) DO UPDATE SET session_id = excluded.session_id
      WHERE known.session_id = ANY(${$(6)})
    RETURNING 1
  )
  SELECT (SELECT count(*) FROM made) AS made, (SELECT count(*) FROM led) AS led, (SELECT count(*) FROM called) AS called,
    (SELECT count(*) FROM voxproxy_names WHERE name = ANY($1::text[])) AS taken`;

/**
 * Saves new sessions.
 * @throws LostRace when an id, a leg or a name is somebody else's by now
 */
export async function save(
  send: Send,
  created: readonly Session[],
  known: readonly Session[],
  ids: Ids,
  seals: Seals,
): Promise<void> {
  const { legs, names } = legsAndNamesOf(created);
  const { rows } = await send<{ made: number; led: number; called: number; taken: number }>(SAVE, [
    ...columnsOf(created, seals),
    ...legs,
    ...names,
    known.map(({ id }) => id),
  ]);
  const [counted] = rows;
  if (counted?.made !== created.length || counted.taken > 0) {
    ids.reject(created.map(({ id }) => id));
    throw new LostRace();
  }
  if (counted.led !== legs[0].length || counted.called !== names[0].length) throw new LostRace();
}
