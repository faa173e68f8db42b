import { median } from './figures.js';
import { cleanEnv, run } from './processes.js';
import type { Section } from './section.js';
import { atMost } from './target.js';

const NODE = 'node -e 0';
/** Each with what is to be reached, as a multiple of `node -e 0`, and what would be better still. */
const COMMANDS = {
  '--version': [1.5, 1.3],
  '--help': [1.5, 1.3],
  explain: [2.8, 2.2],
  'sessions list': [2.8, 2.2],
  'numbers search': [3.5, 3],
} as const;

const SESSIONS = 10;

export const startUp: Section = {
  title: 'Start-up of whole commands, in a clean environment',
  run: async ({ effort, stage, homes, step }) => {
    const { home, pairs } = await homes.withSessions(SESSIONS);
    const [first] = pairs;
    const argvOf: Record<keyof typeof COMMANDS, string[]> = {
      '--version': ['--version'],
      '--help': ['--help'],
      explain: ['explain', `+${first?.a.realNumber}`, `+${first?.b.virtualNumber}`],
      'sessions list': ['sessions', 'list'],
      'numbers search': ['numbers', 'search', 'GB'],
    };
    const names = Object.keys(COMMANDS) as (keyof typeof COMMANDS)[];
    const bare = { env: cleanEnv(stage.directory), cwd: home };
    const { url, env } = homes.sandbox;
    const rounds: Record<string, number>[] = [];
    // The first round only brings the files into memory.
    for (let round = 0; round <= effort.startUp.rounds; round++) {
      step('measuring', `round ${round} of ${effort.startUp.rounds}`);
      const times: Record<string, number> = {};
      times[NODE] = (await run(stage, ['-e', '0'], bare)).milliseconds;
      for (const name of names) times[name] = (await homes.command(home, argvOf[name])).milliseconds;
      times.network = await timeOfSearch(url, env);
      if (round > 0) rounds.push(times);
    }
    const ratio = (name: string) => {
      const network = (one: Record<string, number>) => (name === 'numbers search' ? (one.network ?? 0) : 0);
      return median(rounds.map((one) => ((one[name] ?? 0) - network(one)) / (one[NODE] ?? 0)));
    };
    return {
      table: {
        columns: ['command', 'ms', 'of node -e 0'],
        rows: [NODE, ...names].map((name) => [
          name,
          median(rounds.map((one) => one[name] ?? 0)),
          ratio(name),
        ]),
      },
      targets: names.map((name) => {
        const [bound, aim] = COMMANDS[name];
        return atMost(`${name} / ${NODE}`, ratio(name), bound, aim);
      }),
      rounds,
    };
  },
};

/** What the search itself takes, in milliseconds: no command can be quicker. */
async function timeOfSearch(url: string, env: { VONAGE_API_KEY: string; VONAGE_API_SECRET: string }) {
  const basic = Buffer.from(`${env.VONAGE_API_KEY}:${env.VONAGE_API_SECRET}`).toString('base64');
  const start = performance.now();
  const answer = await fetch(`${url}/number/search?country=GB`, {
    headers: { authorization: `Basic ${basic}` },
  });
  await answer.text();
  if (!answer.ok) throw new Error(`the sandbox answered a search with ${answer.status}`);
  return performance.now() - start;
}
