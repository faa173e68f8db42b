/**
 * One statement that does all of its parts, or fails as a lost race where a condition does not hold: by a division by
 * zero, which every engine refuses. `isTransient` knows it.
 *
 * @param parts common table expressions
 */
export function allOrNothing(parts: readonly string[], conditions: readonly string[]): string {
  return `WITH ${parts.join(', ')} SELECT 1 / CASE WHEN ${conditions.join(' AND ')} THEN 1 ELSE 0 END`;
}
