import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { median, percentile } from './figures.js';
import { type Homes, newcomer, UNTOLD } from './homes.js';
import { usageOf } from './process-usage.js';
import { questionsOf, signingOf } from './questions.js';
import { randomFrom } from './random.js';
import type { Bench, Section } from './section.js';
import { PER_SECOND, SteadyLoad, type Wait } from './steady-load.js';
import { atMost } from './target.js';

/** A server under steady load; the store of one is rewritten meanwhile, and nothing befalls the other's. */
type Watched = {
  p50: number;
  p99: number;
  longest: number;
  /** Of the longest answers at each rewriting, the median. */
  longestEach: number;
  memoryBefore: number | null;
  memoryPeak: number | null;
};
type Measured = {
  sessions: number;
  commands: number;
  rewritten: Watched;
  idle: Watched;
  /** How long the load itself was held up at most: no figure can be better. */
  ownDelay: number;
  /** For each command the longest answer begun meanwhile or soon after. */
  rounds: { command: string; rewritten: number; idle: number }[];
};
type Command = { command: string; from: number; to: number };

/** Milliseconds after a command in which the listener may still be reading. */
const AFTERMATH = 250;
const WARM_UP = 3_000;
/** Seconds for which there are questions beyond the time: the last commands may take long. */
const SPARE = 60;
const BOUNDS: Record<number, number> = { 10000: 50, 100000: 200 };

export const reload: Section = {
  title: `The store rewritten by commands, at ${PER_SECOND} answers a second`,
  run: async (bench) => {
    const measured: Measured[] = [];
    for (const { sessions, seconds } of bench.effort.reload)
      measured.push(await measure(bench, sessions, seconds));
    return {
      table: {
        columns: [
          'sessions',
          'store',
          'commands',
          'p50 ms',
          'p99 ms',
          'longest ms',
          'longest at each command, median ms',
          'memory before MB',
          'memory peak MB',
        ],
        rows: measured.flatMap((one) =>
          (['rewritten', 'idle'] as const).map((store) => [
            one.sessions,
            store,
            store === 'idle' ? 0 : one.commands,
            one[store].p50,
            one[store].p99,
            one[store].longest,
            one[store].longestEach,
            one[store].memoryBefore,
            one[store].memoryPeak,
          ]),
        ),
      },
      targets: Object.entries(BOUNDS).map(([sessions, bound]) => {
        const found = measured.find((one) => one.sessions === Number(sessions));
        const name = `longest answer with ${Number(sessions).toLocaleString('en')} sessions, ms`;
        return atMost(name, found?.rewritten.longest, bound);
      }),
      rounds: measured,
    };
  },
};

async function measure({ homes, step }: Bench, sessions: number, seconds: number): Promise<Measured> {
  step('seeding', `${sessions} sessions`);
  const { home, pairs } = await homes.withSessions(sessions);
  const servers = [
    await homes.serve(`rewritten-${sessions}`, home),
    await homes.serve(`idle-${sessions}`, (await homes.withSessions(sessions)).home),
  ] as const;
  const signing = signingOf(homes.sandbox.env);
  const [ours, others] = [1, 2].map((seed) =>
    questionsOf(signing, pairs, PER_SECOND * (seconds + SPARE), randomFrom(seed)),
  );
  step('warming up', `${sessions} sessions`);
  const loads = [
    await SteadyLoad.start(servers[0], ours ?? []),
    await SteadyLoad.start(servers[1], others ?? []),
  ] as const;
  await sleep(WARM_UP);

  const before = servers.map(({ pid }) => usageOf(pid));
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const start = performance.now();
  const commands: Command[] = [];
  while (performance.now() - start < seconds * 1000) {
    step(
      'rewriting',
      `${sessions} sessions, ${Math.round((performance.now() - start) / 1000)} of ${seconds} s`,
    );
    commands.push(...(await rewrite(homes, home, commands.length)));
  }
  await sleep(AFTERMATH);
  delay.disable();
  const waits: Wait[][] = [];
  for (const load of loads) waits.push((await load.stop()).filter(({ at }) => at >= start));
  const rounds = commands.map(({ command, from, to }) => {
    const [rewritten, idle] = waits.map((all) =>
      longestOf(all.filter(({ at, milliseconds }) => at + milliseconds >= from && at <= to + AFTERMATH)),
    );
    return { command, rewritten: rewritten ?? 0, idle: idle ?? 0 };
  });
  const watched = (n: 0 | 1): Watched => {
    const own = Float64Array.from(waits[n] ?? [], ({ milliseconds }) => milliseconds);
    return {
      p50: percentile(own, 0.5),
      p99: percentile(own, 0.99),
      longest: percentile(own, 1),
      longestEach: median(rounds.map((round) => (n === 0 ? round.rewritten : round.idle))),
      memoryBefore: before[n]?.memory ?? null,
      memoryPeak: usageOf(servers[n].pid).peak,
    };
  };
  const [rewritten, idle] = [watched(0), watched(1)];
  for (const server of servers) await server.stop();
  return { sessions, commands: commands.length, rewritten, idle, ownDelay: delay.max / 1e6, rounds };
}

/** Pairs two people, extends their session and closes it. */
async function rewrite(homes: Homes, home: string, n: number): Promise<Command[]> {
  const name = `rewrite-${n}`;
  const lines = [
    ['pair', newcomer(2 * n), newcomer(2 * n + 1), '--name', name, '--ttl', '1h', ...UNTOLD],
    ['sessions', 'extend', name, '--ttl', '2h'],
    ['sessions', 'close', name],
  ];
  const commands: Command[] = [];
  for (const argv of lines) {
    const from = performance.now();
    await homes.command(home, argv);
    const command = argv[0] === 'pair' ? 'pair' : `sessions ${argv[1]}`;
    commands.push({ command, from, to: performance.now() });
  }
  return commands;
}

function longestOf(waits: readonly Wait[]): number {
  return waits.reduce((longest, { milliseconds }) => Math.max(longest, milliseconds), 0);
}
