/** Random enough, and the same in every run: numbers from 0 up to and without the given one. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/**
 * So many different pairs of people, told by their index.
 * @param most the most partners that anybody has
 */
export function randomPairs(count: number, people: number, most: number, random: (below: number) => number) {
  const partners = new Uint32Array(people);
  const taken = new Set<number>();
  const pairs: (readonly [number, number])[] = [];
  while (pairs.length < count) {
    const [a, b] = [random(people), random(people)];
    const key = Math.min(a, b) * people + Math.max(a, b);
    if (a === b || taken.has(key) || Math.max(partners[a] ?? 0, partners[b] ?? 0) >= most) continue;
    taken.add(key);
    for (const person of [a, b]) partners[person] = (partners[person] ?? 0) + 1;
    pairs.push([a, b]);
  }
  return { pairs, mostPartners: partners.reduce((largest, one) => Math.max(largest, one), 0) };
}
