import { Connection } from './connection.js';
import { median } from './figures.js';
import { newcomer, type Pair, pairOf, UNTOLD } from './homes.js';
import { connects, questionOf, signingOf } from './questions.js';
import type { Bench, Section } from './section.js';
import { atMost } from './target.js';

type Round = {
  sessions: number;
  round: number;
  /** Milliseconds from the end of `pair` to the first right answer. */
  untilRight: number;
  /** Answers before that one. */
  early: number;
  /** Calls that were put through after `close` had ended. */
  stale: number;
};

/** Milliseconds. */
const PATIENCE = 10_000;

export const freshness: Section = {
  title: 'From a command to the answers',
  run: async (bench) => {
    const rounds: Round[] = [];
    for (const [sessions, repetitions] of bench.effort.freshness)
      rounds.push(...(await roundsWith(bench, sessions, repetitions)));
    const stale = rounds.reduce((sum, one) => sum + one.stale, 0);
    const early = rounds.reduce((sum, one) => sum + one.early, 0);
    return {
      table: {
        columns: [
          'sessions',
          'pairs made and closed',
          'pair to first right answer, ms',
          'longest, ms',
          'wrong before it',
          'put through after close',
        ],
        rows: bench.effort.freshness.map(([sessions, repetitions]) => {
          const own = rounds.filter((one) => one.sessions === sessions);
          const waits = own.map(({ untilRight }) => untilRight);
          return [
            sessions,
            repetitions,
            median(waits),
            Math.max(...waits),
            own.reduce((sum, one) => sum + one.early, 0),
            own.reduce((sum, one) => sum + one.stale, 0),
          ];
        }),
      },
      targets: [
        atMost('answers of before the pair', early, 0),
        atMost('calls put through after close', stale, 0),
      ],
      rounds,
      ...(early + stale === 0 ? {} : { wrong: `${early + stale} answers were stale.` }),
    };
  },
};

async function roundsWith({ homes, step }: Bench, sessions: number, repetitions: number): Promise<Round[]> {
  step('seeding', `${sessions} sessions`);
  const { home } = await homes.withSessions(sessions);
  const server = await homes.serve(`fresh-${sessions}`, home);
  const connection = await Connection.open(server.url);
  const signing = signingOf(homes.sandbox.env);
  const rounds: Round[] = [];
  for (let round = 1; round <= repetitions; round++) {
    step('pairing and closing', `${round} of ${repetitions}, ${sessions} sessions`);
    const people = [newcomer(2 * round), newcomer(2 * round + 1)];
    const made = await homes.command(home, ['pair', ...people, ...UNTOLD, '--json', '--reveal'], true);
    const ended = performance.now();
    const { id, a, b }: Pair = pairOf(JSON.parse(made.stdout).session);
    let early = -1;
    for (let right = false; !right; ) {
      if (performance.now() - ended > PATIENCE) throw new Error(`${id} was never connected`);
      const question = questionOf(signing, a, b);
      right = connects(await connection.asked(question.bytes), question);
      early++;
    }
    const untilRight = performance.now() - ended;
    await homes.command(home, ['sessions', 'close', id]);
    let stale = 0;
    for (const question of [questionOf(signing, b, a), questionOf(signing, a, b)])
      if ((await connection.asked(question.bytes)).includes('"action":"connect"')) stale++;
    rounds.push({ sessions, round, untilRight, early, stale });
  }
  connection.close();
  await server.stop();
  return rounds;
}
