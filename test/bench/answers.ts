import { askOnce } from './connection.js';
import { median, medianOrNull } from './figures.js';
import type { Homes, Pair } from './homes.js';
import { type Loaded, load, type Right } from './load.js';
import { startBareFastify, startTutorial } from './opponents.js';
import { halt, resume, type ServerProcess } from './processes.js';
import { connects, questionsOf, signingOf } from './questions.js';
import { randomFrom } from './random.js';
import type { Bench, Result, Section } from './section.js';
import { atLeast, atMost } from './target.js';

const SERVERS = ['voxproxy', 'bare Fastify', 'tutorial'] as const;
type Name = (typeof SERVERS)[number];
type Round = Loaded & { round: number; turn: number; sessions: number; server: Name };

/** Some servers that answer for the same sessions, and how many questions they are given in a second. */
type Field = { sessions: number; pairs: Pair[]; servers: Record<Name, ServerProcess>; perSecond: number };

/** Questions take time to sign: not many more are made than the fastest server answered while it warmed up. */
const MARGIN = 1.5;

/** Seconds; whoever searches 100,000 sessions is warm long before. */
const LONGEST_WARM_UP = 10;

const answersAtAll: Right = (answer) => answer.startsWith('HTTP/1.1 200 ');
export const RIGHT: Record<Name, Right> = {
  voxproxy: connects,
  tutorial: connects,
  'bare Fastify': answersAtAll,
};

export const answers: Section = {
  title: 'Verified answers at 50 connections',
  run: async (bench) => {
    const { effort, homes, step } = bench;
    const { rounds: count, wakeUp, turns, runIn, seconds, warmUp } = effort.answers;
    const signing = signingOf(homes.sandbox.env);
    const random = randomFrom(1);
    const fields = await fieldsOf(bench);
    for (const field of fields) {
      for (const name of SERVERS) {
        step('warming up', `${name}, ${field.sessions} sessions`);
        const questions = questionsOf(signing, field.pairs, warmUp, random);
        const { perSecond } = await load(
          field.servers[name],
          questions,
          { seconds: LONGEST_WARM_UP },
          RIGHT[name],
        );
        field.perSecond = Math.max(field.perSecond, perSecond * MARGIN);
      }
    }
    const rounds: Round[] = [];
    const all = new Set(fields.flatMap(({ servers }) => Object.values(servers)));
    for (const server of all) halt(server);
    for (let round = 1; round <= count; round++) {
      for (const { sessions, pairs, servers, perSecond } of turned(fields, round)) {
        for (let turn = 0; turn <= turns; turn++) {
          // Who slept while others had their rounds tidies up its memory first, as nobody does who is busy.
          const span = turn === 0 ? { runIn: wakeUp, seconds: 0 } : { runIn, seconds };
          const asked = Math.ceil(perSecond * (span.runIn + span.seconds));
          const questions = questionsOf(signing, pairs, asked, random);
          for (const server of turned(SERVERS, round + turn)) {
            step('measuring', `round ${round} of ${count}, ${sessions} sessions, ${server}`);
            resume(servers[server]);
            const loaded = await load(servers[server], questions, span, RIGHT[server]);
            halt(servers[server]);
            if (turn > 0) rounds.push({ round, turn, sessions, server, ...loaded });
          }
        }
      }
    }
    for (const server of all) await server.stop();
    return resultOf(rounds, effort.sizes);
  },
};

async function fieldsOf({ effort, stage, homes, step }: Bench): Promise<Field[]> {
  const fields: Field[] = [];
  let fastify: ServerProcess | null = null;
  for (const sessions of effort.sizes) {
    step('seeding', `${sessions} sessions`);
    const { home, pairs } = await homes.withSessions(sessions);
    const voxproxy = await homes.serve(`serve-${sessions}`, home);
    // The first answer of each reads the store: the others are not to wait for that.
    const answer = await anAnswer(homes, voxproxy, pairs);
    fastify ??= await startBareFastify(stage, answer);
    const tutorial = await startTutorial(stage, pairs);
    fields.push({ sessions, pairs, servers: { voxproxy, tutorial, 'bare Fastify': fastify }, perSecond: 0 });
  }
  return fields;
}

/** The body of an answer of ours, for whoever is to send as much. */
export async function anAnswer(
  { sandbox }: Homes,
  server: ServerProcess,
  pairs: readonly Pair[],
): Promise<string> {
  const [question] = questionsOf(signingOf(sandbox.env), pairs, 1, randomFrom(1));
  const answer = await askOnce(server.url, question?.bytes as Buffer);
  return answer.slice(answer.indexOf('\r\n\r\n') + 4);
}

/** Each round begins with another one, so that nobody always comes first. */
function turned<T>(all: readonly T[], round: number): T[] {
  const from = round % all.length;
  return [...all.slice(from), ...all.slice(0, from)];
}

function resultOf(rounds: readonly Round[], sizes: readonly number[]): Result {
  const of = (server: Name, sessions: number) =>
    rounds.filter((one) => one.server === server && one.sessions === sessions);
  /** The median of ratios, each within one turn of one round. */
  const ratio = (
    pick: 'perSecond' | 'p99',
    [above, aboveSessions]: readonly [Name, number],
    [below, belowSessions]: readonly [Name, number],
  ) => {
    const divisors = of(below, belowSessions);
    const ratios = of(above, aboveSessions).map((one, i) => one[pick] / (divisors[i]?.[pick] ?? Number.NaN));
    return ratios.length === 0 || divisors.length === 0 ? null : median(ratios);
  };
  const most = 100_000;
  const p99 = sizes.map((size) => ratio('p99', ['voxproxy', size], ['bare Fastify', size]) ?? 0);
  return {
    table: {
      columns: [
        'sessions',
        'server',
        'requests/s',
        'of bare Fastify',
        'p50 ms',
        'p99 ms',
        'CPU µs/request',
        'CPU of a core',
        'memory MB',
      ],
      rows: sizes.flatMap((size) =>
        SERVERS.map((server) => {
          const own = of(server, size);
          return [
            size,
            server,
            median(own.map(({ perSecond }) => perSecond)),
            ratio('perSecond', [server, size], ['bare Fastify', size]),
            median(own.map(({ p50 }) => p50)),
            median(own.map(({ p99 }) => p99)),
            medianOrNull(own.map(({ cpu }) => cpu)),
            medianOrNull(own.map(({ busy }) => busy)),
            medianOrNull(own.map(({ memory }) => memory)),
          ];
        }),
      ),
    },
    targets: [
      atLeast(
        '1 session / bare Fastify',
        ratio('perSecond', ['voxproxy', 1], ['bare Fastify', 1]),
        0.5,
        0.65,
      ),
      atLeast('100,000 sessions / 1 session', ratio('perSecond', ['voxproxy', most], ['voxproxy', 1]), 0.9),
      atLeast('1 session / tutorial', ratio('perSecond', ['voxproxy', 1], ['tutorial', 1]), 4),
      atLeast('100,000 sessions / tutorial', ratio('perSecond', ['voxproxy', most], ['tutorial', most]), 30),
      atMost('p99 / p99 of bare Fastify, the worst size', Math.max(...p99), 2),
    ],
    rounds,
  };
}
