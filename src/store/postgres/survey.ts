import type { Opening } from '../../domain/opening.js';
import type { Instant, PersonId, Session } from '../../domain/session.js';
import { everybodyIn } from '../openings.js';
import { togetherOf } from './claims.js';
import type { Send } from './database.js';
import type { Frame } from './frame.js';
import { ABOUT_STORE, type AboutStore, type Held, heldIn } from './locks.js';
import type { Seals } from './seals.js';
import { SESSION_OR_TRACE, type SessionJson, sessionOrTraceOf } from './session-rows.js';

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

/** What a decision is made from, as it was at one moment. */
export type Survey = Held & {
  /** Oldest first; of those that are forgotten no more than decides anything. */
  sessions: Session[];
};

/**
 * Everything about a concern in one statement: what the store says of itself, and the sessions that had a leg of these
 * people last, that were the last of a pair, or that are called so. Older ones of the same people decide nothing: that
 * keeps somebody with thousands of them as quick as anybody.
 */
const surveying = ({ isNamed }: { isNamed: boolean }) => `SELECT ${ABOUT_STORE}, (
      SELECT json_agg(${SESSION_OR_TRACE} ORDER BY s.made) FROM (
        SELECT DISTINCT session_id FROM voxproxy_legs WHERE caller = ANY($2::text[])
        ${isNamed ? CALLED_SO : ''}
      ) AS concerned JOIN voxproxy_sessions s ON s.id = concerned.session_id
    ) AS sessions
  FROM voxproxy_store m`;

const CALLED_SO = `UNION SELECT session_id FROM voxproxy_names WHERE name = ANY($3::text[])
        UNION SELECT named.id FROM unnest($3::text[]) AS named(id)`;

const SURVEY = surveying({ isNamed: false });
const SURVEY_NAMED = surveying({ isNamed: true });

/**
 * @param given the time that decides what is due; null for the database's own
 * @throws LostRace when the store is another than it was
 */
export async function survey(
  read: Send,
  frame: Frame,
  { people, pairs, names }: Concern,
  given: Instant | null,
  seals: Seals,
): Promise<Survey> {
  const callers = [...people, ...pairs.map((pair) => togetherOf(...pair))];
  const { rows } = await (names.length > 0
    ? read<SurveyRow>(SURVEY_NAMED, [given, callers, names])
    : read<SurveyRow>(SURVEY, [given, callers]));
  const [row] = rows;
  const held = heldIn(row, frame);
  return { ...held, sessions: row?.sessions?.map((session) => sessionOrTraceOf(session, seals)) ?? [] };
}

type SurveyRow = AboutStore & { sessions: SessionJson[] | null };
