import { Allocator, type Person } from '../../src/domain/allocation.js';
import type { E164 } from '../../src/domain/phone-number.js';
import type { Participant, PersonId, Session } from '../../src/domain/session.js';
import { poolNumber, START, USUAL_TERMS } from '../contract/fixtures.js';
import type { Allocated } from './allocation.js';
import { median } from './figures.js';
import { randomFrom, randomPairs } from './random.js';

/** Gives random pairs of people their numbers, all live at once, from the smallest pool that can do. */
const [sessions = 0, people = 0] = process.argv.slice(2).map(Number);
const { pairs, mostPartners } = randomPairs(sessions, people, Number.POSITIVE_INFINITY, randomFrom(1));
const everybody: Person[] = Array.from({ length: people }, (_, n) => ({
  person: `person-${n}` as PersonId,
  realNumber: `+447${String(400_000_000 + n)}` as E164,
  country: 'GB',
}));
const pool = Array.from({ length: mostPartners }, (_, n) =>
  poolNumber(`+44207946${String(n).padStart(4, '0')}` as E164),
);

const allocator = new Allocator(pool, [], START);
const used = new Set<E164>();
let unserved = 0;
const batch = Math.max(1, Math.floor(sessions / 100));
const times: number[] = [];
let spent = 0;
for (const [i, [one, other]] of pairs.entries()) {
  const [a, b] = [everybody[one] as Person, everybody[other] as Person];
  const start = performance.now();
  const allocated = allocator.allocate(a, b);
  spent += performance.now() - start;
  if (allocated.kind === 'full') unserved++;
  else {
    const session = sessionOf(`s${i}`, participant(a, allocated.a), participant(b, allocated.b));
    const added = performance.now();
    allocator.add(session);
    spent += performance.now() - added;
    used.add(allocated.a).add(allocated.b);
  }
  if ((i + 1) % batch > 0) continue;
  times.push((spent * 1000) / batch);
  spent = 0;
}
const microseconds = {
  median: median(times),
  first: times[0] ?? 0,
  last: times.at(-1) ?? 0,
  slowest: Math.max(...times),
};
const told: Allocated = { sessions, people, mostPartners, numbersUsed: used.size, unserved, microseconds };
process.stdout.write(`${JSON.stringify(told)}\n`);

function participant(person: Person, virtualNumber: E164): Participant {
  return { ...person, virtualNumber, label: null, language: null, notifiedAt: null };
}

function sessionOf(id: string, a: Participant, b: Participant): Session {
  return { ...USUAL_TERMS, id, a, b };
}
