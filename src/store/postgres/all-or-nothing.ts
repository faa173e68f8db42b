/** What PostgreSQL's own log says of a lost race: a reader who looks for the cause of an error finds that it is none. */
export const LOST_RACE = 'voxproxy: another was faster, so this is decided again';

/**
 * One statement that does all of its parts, or fails as a lost race where a condition does not hold: by reading a text
 * as a number, which every engine refuses, and repeats. `isTransient` knows it.
 *
 * @param parts common table expressions
 */
export function allOrNothing(parts: readonly string[], conditions: readonly string[]): string {
  return `WITH ${parts.join(', ')}
    SELECT (CASE WHEN ${conditions.join(' AND ')} THEN '1' ELSE '${LOST_RACE}' END)::integer`;
}
