import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median } from './figures.js';
import { Homes, newcomer, UNTOLD } from './homes.js';
import type { Bench, Section } from './section.js';
import { atMost } from './target.js';

const NAMES = ['pair', 'sessions list', 'close'] as const;
type Round = { round: number; sessions: number } & Record<(typeof NAMES)[number], number>;

const BULK = 10_000;
const BULK_NAME = 'pair --file of 10,000 pairs';

export const commands: Section = {
  title: 'Whole commands, by the sessions in the store, in ms',
  run: async (bench) => {
    const { effort, homes, step } = bench;
    // A store with a single session tells nothing that one with ten does not.
    const sizes = effort.sizes.map((size) => Math.max(10, size));
    const places: { sessions: number; home: string }[] = [];
    for (const sessions of sizes) {
      step('seeding', `${sessions} sessions`);
      places.push({ sessions, home: (await homes.withSessions(sessions)).home });
    }
    const rounds: Round[] = [];
    for (let round = 1; round <= effort.commands.rounds; round++) {
      for (const { sessions, home } of places) {
        step('measuring', `round ${round} of ${effort.commands.rounds}, ${sessions} sessions`);
        const time = async (...argv: string[]) => (await homes.command(home, argv)).milliseconds;
        const name = `round-${round}`;
        const people = [newcomer(2 * round), newcomer(2 * round + 1)];
        rounds.push({
          round,
          sessions,
          pair: await time('pair', ...people, '--name', name, ...UNTOLD),
          'sessions list': await time('sessions', 'list'),
          close: await time('sessions', 'close', name),
        });
      }
    }
    const bulk = await bulkRounds(bench);
    const of = (sessions: number) => rounds.filter((one) => one.sessions === sessions);
    const ratio = (above: number, below: number) => {
      const divisors = of(below);
      return median(of(above).map(({ pair }, i) => pair / (divisors[i]?.pair ?? Number.NaN)));
    };
    return {
      table: {
        columns: ['sessions', ...NAMES, 'pair / pair with 10', BULK_NAME],
        rows: [
          ...sizes.map((sessions) => [
            sessions,
            ...NAMES.map((name) => median(of(sessions).map((one) => one[name]))),
            ratio(sessions, 10),
            null,
          ]),
          [0, ...NAMES.map(() => null), null, median(bulk)],
        ],
      },
      targets: [
        atMost('pair with 10,000 / pair with 10', ratio(10_000, 10), 1.5),
        atMost(`${BULK_NAME}, seconds`, median(bulk) / 1000, 3),
      ],
      rounds: [...rounds, ...bulk.map((milliseconds, i) => ({ round: i + 1, [BULK_NAME]: milliseconds }))],
    };
  },
};

async function bulkRounds({ effort, stage, homes, step }: Bench): Promise<number[]> {
  const file = join(stage.directory, 'bulk.csv');
  writeFileSync(file, Homes.pairsFile(BULK));
  const times: number[] = [];
  for (let round = 1; round <= effort.commands.bulkRounds; round++) {
    step(BULK_NAME, `round ${round} of ${effort.commands.bulkRounds}`);
    const home = await homes.pooled();
    times.push((await homes.command(home, ['pair', '--file', file, ...UNTOLD])).milliseconds);
  }
  return times;
}
