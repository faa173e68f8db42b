import { programOf } from './opponents.js';
import { cleanEnv, run } from './processes.js';
import type { Section } from './section.js';
import { atMost } from './target.js';

/** What the program says of one run; `mostPartners` is the fewest numbers that any scheme can do with. */
export type Allocated = {
  sessions: number;
  people: number;
  mostPartners: number;
  numbersUsed: number;
  unserved: number;
  /** Microseconds an allocation, by every hundredth of the sessions. */
  microseconds: { median: number; first: number; last: number; slowest: number };
};

export const allocation: Section = {
  title: 'Allocation alone',
  run: async ({ effort, stage, step }) => {
    const { sessions, people } = effort.allocation;
    step('measuring', `${sessions} sessions`);
    const place = { env: cleanEnv(stage.directory), cwd: stage.directory };
    // A million sessions at once are more than Node's own bound of memory on small machines.
    const argv = ['--max-old-space-size=6144', programOf('allocations'), String(sessions), String(people)];
    const told: Allocated = JSON.parse((await run(stage, argv, place, true)).stdout);
    const { microseconds, mostPartners, numbersUsed, unserved } = told;
    return {
      table: {
        columns: [
          'sessions',
          'people',
          'µs, median',
          'µs, first',
          'µs, last',
          'most partners at once',
          'numbers used',
          'people left without a number',
        ],
        rows: [
          [
            sessions,
            people,
            microseconds.median,
            microseconds.first,
            microseconds.last,
            mostPartners,
            numbersUsed,
            unserved,
          ],
        ],
      },
      targets: [
        atMost('numbers used / most partners at once', numbersUsed / mostPartners, 1),
        atMost('people left without a number', unserved, 0),
      ],
      rounds: [told],
    };
  },
};
