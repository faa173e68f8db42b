import { legOf, type Session, SIDES } from '../../domain/session.js';

type Column = readonly string[];

/** Rows of two tables as one array a column: legs as caller, number and session; names as name and session. */
export type LegsAndNames = { legs: readonly [Column, Column, Column]; names: readonly [Column, Column] };

/** Where two sessions have the same leg or name, it is the later one's. */
export function legsAndNamesOf(oldestFirst: readonly Session[]): LegsAndNames {
  const legs = new Map<string, readonly [string, string, string]>();
  const names = new Map<string, string>();
  for (const session of oldestFirst) {
    if (session.name !== null) names.set(session.name, session.id);
    for (const side of SIDES) {
      const { caller, dialled } = legOf(session, side);
      legs.set(caller + dialled, [caller, dialled, session.id]);
    }
  }
  const column = (n: 0 | 1 | 2) => [...legs.values()].map((leg) => leg[n]);
  return { legs: [column(0), column(1), column(2)], names: [[...names.keys()], [...names.values()]] };
}
