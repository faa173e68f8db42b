import type { Opened } from '../../domain/opening.js';
import type { Session } from '../../domain/session.js';
import { allOrNothing } from './all-or-nothing.js';
import { type Claims, claimLegs, claimNames, claimsOf, overlapping } from './claims.js';
import type { Send } from './database.js';
import type { Seals } from './seals.js';
import { freeAtOf, insertSessions, rowOf, SESSION_PARAMETERS } from './session-rows.js';
import type { Survey } from './survey.js';

/** New sessions, what they claim, and the sessions that they take something of that from. */
export type Plan = { seen: Survey; created: Session[]; claims: Claims; ended: Session[] };

/** Null when there is nothing to be saved. */
export function planOf(opened: readonly Opened[], seen: Survey): Plan | null {
  const created = opened.flatMap((one) => (one.kind === 'created' ? [one.session] : []));
  if (created.length === 0) return null;
  const claims = claimsOf(created);
  return { seen, created, claims, ended: overlapping(seen.sessions, claims) };
}

/**
 * Saves new sessions with what they claim in one statement, or fails as a lost race: when the pool changed since the
 * survey, when somebody else has an id or a claim that the survey did not know, or when a session that a claim is taken
 * from has another end by now.
 */
export function save(write: Send, { seen, created, claims, ended }: Plan, seals: Seals): Promise<unknown> {
  const text = textFor({
    sessions: created.length,
    legs: claims.legs.length,
    names: claims.names.length,
    ended: ended.length,
  });
  return write(text, [
    seen.generation,
    seen.poolVersion,
    seen.sessions.map(({ id }) => id),
    created.map(({ id }) => id),
    ...(ended.length > 0 ? [ended.map(({ id }) => id), ended.map(freeAtOf)] : []),
    ...created.flatMap((session) => rowOf(session, seals)),
    ...claims.legs.flat(),
    ...claims.names.flat(),
  ]);
}

/** How many of each there are in a statement. */
type Counts = { sessions: number; legs: number; names: number; ended: number };

/** Of a single session: there are few kinds of those. */
const texts = new Map<string, string>();

function textFor(counts: Counts): string {
  if (counts.sessions > 1) return textOf(counts);
  const key = Object.values(counts).join();
  const text = texts.get(key) ?? textOf(counts);
  texts.set(key, text);
  return text;
}

function textOf({ sessions, legs, names, ended }: Counts): string {
  const firstSession = ended > 0 ? 7 : 5;
  const firstLeg = firstSession + sessions * SESSION_PARAMETERS;
  const firstName = firstLeg + legs * 3;
  const parts = [
    'store AS (SELECT 1 FROM voxproxy_store WHERE generation = $1 AND pool_version = $2 FOR SHARE)',
    `made AS (${insertSessions(sessions, firstSession)})`,
    `led AS (${claimLegs(legs, firstLeg)} ${IF_KNOWN} RETURNING 1)`,
  ];
  const conditions = [
    'EXISTS (SELECT 1 FROM store)',
    `(SELECT count(*) FROM led) = ${legs}`,
    'NOT EXISTS (SELECT 1 FROM voxproxy_names WHERE name = ANY($4::text[]))',
  ];
  if (names > 0) {
    parts.push(`called AS (${claimNames(names, firstName)} ${IF_KNOWN} RETURNING 1)`);
    conditions.push(`(SELECT count(*) FROM called) = ${names}`);
  }
  if (ended > 0) {
    parts.push(`ended AS (SELECT 1 FROM unnest($5::text[], $6::bigint[]) AS was(id, free_at)
      JOIN voxproxy_sessions s ON s.id = was.id AND s.free_at IS NOT DISTINCT FROM was.free_at FOR SHARE OF s)`);
    conditions.push(`(SELECT count(*) FROM ended) = ${ended}`);
  }
  return allOrNothing(parts, conditions);
}

/** A claim is taken over from those alone whom the decision knew as its owners. */
const IF_KNOWN = 'WHERE known.session_id = ANY($3::text[])';
