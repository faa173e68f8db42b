import type { E164 } from '../../src/domain/phone-number.js';
import type { Participant, Session } from '../../src/domain/session.js';
import { peopleOf } from '../../src/store/people.js';
import type { SessionPages, StoreFrame } from '../../src/store/portable.js';
import { poolNumber, USUAL_TERMS } from '../contract/fixtures.js';
import type { Pair } from './homes.js';

const PAGE = 1_000;
const LOOKUP_KEY = Buffer.alloc(32, 7).toString('base64');
const [DIALLED_BY_B, DIALLED_BY_A] = ['+442079460200', '+442079460201'] as [E164, E164];

/** So many sessions, each of two people of its own, as a store would give them; more than any file of pairs should hold. */
export function manySessions(count: number): {
  frame: StoreFrame;
  pages: SessionPages;
  pair: (n: number) => Pair;
} {
  const person = peopleOf(LOOKUP_KEY);
  const real = (n: number) => `+4474${String(10_000_000 + n)}` as E164;
  const participant = (n: number, virtualNumber: E164): Participant => ({
    realNumber: real(n),
    country: 'GB',
    label: null,
    language: null,
    person: person(real(n)),
    virtualNumber,
    notifiedAt: null,
  });
  const session = (n: number): Session => ({
    ...USUAL_TERMS,
    id: `session-${n}`,
    a: participant(2 * n, DIALLED_BY_B),
    b: participant(2 * n + 1, DIALLED_BY_A),
  });
  async function* pages() {
    for (let from = 0; from < count; from += PAGE)
      yield Array.from({ length: Math.min(PAGE, count - from) }, (_, i) => session(from + i));
  }
  const phone = (n: number, virtualNumber: E164) => ({
    realNumber: real(n).slice(1),
    virtualNumber: virtualNumber.slice(1),
  });
  return {
    frame: {
      lookupKey: LOOKUP_KEY,
      numbers: [DIALLED_BY_A, DIALLED_BY_B].map((number) => poolNumber(number)),
      marked: { blocked: [], textsStopped: [] },
      count,
    },
    pages: pages(),
    pair: (n) => ({
      id: `session-${n}`,
      a: phone(2 * n, DIALLED_BY_B),
      b: phone(2 * n + 1, DIALLED_BY_A),
    }),
  };
}
