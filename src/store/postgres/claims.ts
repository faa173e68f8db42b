import { legOf, type PersonId, type Session, SIDES } from '../../domain/session.js';
import { places } from './rows.js';

/**
 * What one session alone has, as rows of two tables: each leg (who calls, what is dialled, whose it is), the two people
 * together, who stand where legs do as a caller who dials nothing, and the name.
 */
export type Claims = {
  legs: (readonly [caller: string, dialled: string, sessionId: string])[];
  names: (readonly [name: string, sessionId: string])[];
};

/** Where two sessions claim the same, it is the later one's. In the order in which everybody locks rows. */
export function claimsOf(oldestFirst: readonly Session[]): Claims {
  const legs = new Map<string, readonly [string, string, string]>();
  const names = new Map<string, readonly [string, string]>();
  for (const session of oldestFirst) {
    if (session.name !== null) names.set(session.name, [session.name, session.id]);
    for (const [caller, dialled] of keysOf(session))
      legs.set(caller + dialled, [caller, dialled, session.id]);
  }
  const inOrder = <Row>(rows: ReadonlyMap<string, Row>) =>
    [...rows.keys()].sort().map((key) => rows.get(key) as Row);
  return { legs: inOrder(legs), names: inOrder(names) };
}

/** Takes so many legs, from whomever has them unless a condition on `known` follows; the parameters are from `$from` on. */
export const claimLegs = (count: number, from: number) =>
  `INSERT INTO voxproxy_legs AS known (caller, dialled, session_id) VALUES ${places(count, 3, from)}
    ON CONFLICT (caller, dialled) DO UPDATE SET session_id = excluded.session_id`;

/** The same for names. */
export const claimNames = (count: number, from: number) =>
  `INSERT INTO voxproxy_names AS known (name, session_id) VALUES ${places(count, 2, from)}
    ON CONFLICT (name) DO UPDATE SET session_id = excluded.session_id`;

/** Sessions that have something which one of the claims would take from them. */
export function overlapping(sessions: readonly Session[], { legs, names }: Claims): Session[] {
  const claimed = new Set([
    ...legs.map(([caller, dialled]) => caller + dialled),
    ...names.map(([name]) => name),
  ]);
  return sessions.filter(
    (session) =>
      (session.name !== null && claimed.has(session.name)) ||
      keysOf(session).some(([caller, dialled]) => claimed.has(caller + dialled)),
  );
}

function keysOf(session: Session): (readonly [caller: string, dialled: string])[] {
  const legs = SIDES.map((side) => legOf(session, side)).map(
    ({ caller, dialled }) => [caller, dialled] as const,
  );
  return [...legs, [togetherOf(session.a.person, session.b.person), '']];
}

/** Characters of a PersonId, of six bits each. Should two pairs ever be called the same, they take turns, no more. */
const ENOUGH = 11;

/** The same two people, in whichever order. */
export function togetherOf(one: PersonId, other: PersonId): string {
  const [first, second] = one < other ? [one, other] : [other, one];
  return first.slice(0, ENOUGH) + second.slice(0, ENOUGH);
}
