const MOST_EDITS = 3;
const LEAST_SIMILARITY = 0.4;
/** From so many letters on, the beginning of a word means the word. */
const SHORTEST_BEGINNING = 3;
const MOST_NAMED = 3;

/**
 * What a mistyped word probably was meant to be: the candidates that begin with it, else those that the
 * fewest typing errors lead to. Empty when nothing is near, or too much.
 */
export function nearest(word: string, candidates: readonly string[]): string[] {
  const typed = bare(word);
  const known = [...new Set(candidates)];
  const begun = known.filter((one) => bare(one).startsWith(typed));
  const near = typed.length >= SHORTEST_BEGINNING && begun.length > 0 ? begun : similar(typed, known);
  return near.length > MOST_NAMED ? [] : near;
}

/** The nearest as a hint. */
export function didYouMean(near: readonly string[]): string | null {
  if (near.length === 0) return null;
  const last = near.at(-1);
  return `Did you mean ${near.length === 1 ? last : `${near.slice(0, -1).join(', ')} or ${last}`}?`;
}

function bare(word: string): string {
  return word.replace(/^--/, '').toLowerCase();
}

function similar(typed: string, candidates: readonly string[]): string[] {
  let fewest = MOST_EDITS;
  let near: string[] = [];
  for (const candidate of candidates) {
    const name = bare(candidate);
    const longest = Math.max(typed.length, name.length);
    if (Math.abs(typed.length - name.length) > MOST_EDITS) continue;
    const edits = editsBetween(typed, name);
    if (edits > fewest || (longest - edits) / longest <= LEAST_SIMILARITY) continue;
    near = edits < fewest ? [candidate] : [...near, candidate];
    fewest = edits;
  }
  return near;
}

/** Letters to put in, take out, replace or swap with their neighbour (optimal string alignment distance). */
function editsBetween(one: string, other: string): number {
  let [before, last]: number[][] = [[], [...Array(other.length + 1).keys()]];
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const differs = one[i - 1] === other[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      row[j] = Math.min(
        at(last, j) + 1,
        at(row, j - 1) + 1,
        at(last, j - 1) + differs,
        swapped ? at(before, j - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [before, last] = [last, row];
  }
  return at(last, other.length);
}

function at(row: readonly number[] | undefined, j: number): number {
  return row?.[j] ?? Number.POSITIVE_INFINITY;
}
