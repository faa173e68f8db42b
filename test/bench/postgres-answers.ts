import { readAddress } from '../../src/store/postgres/address.js';
import { PostgresStore } from '../../src/store/postgres-store.js';
import { anAnswer, RIGHT } from './answers.js';
import { median, medianOrNull } from './figures.js';
import type { Pair } from './homes.js';
import { type Loaded, load, type Right } from './load.js';
import { manySessions } from './many-sessions.js';
import { startBareFastify } from './opponents.js';
import type { ServerProcess } from './processes.js';
import { questionsOf, signingOf } from './questions.js';
import { randomFrom } from './random.js';
import type { Bench, Section } from './section.js';
import { atLeast } from './target.js';

/** A server, whose sessions it answers for, and how fast its store was filled. */
type Entrant = {
  name: string;
  server: ServerProcess;
  pairs: Pair[];
  isRight: Right;
  rowsPerSecond: number | null;
};
type Round = Loaded & { round: number; name: string };

const BARE = 'bare Fastify';
const JSON_STORE = 'JSON store, 1,000 sessions';
const IN_POSTGRES = (sessions: number) => `PostgreSQL, ${sessions.toLocaleString('en')} sessions`;
/** Legs that are asked for, spread over all sessions. */
const ASKED = 20_000;
/** Questions made for each second of a round; more than anybody answers. */
const PER_SECOND = 50_000;

export const postgresAnswers: Section = {
  title: 'Verified answers at 50 connections, with PostgreSQL on the same machine',
  run: async (bench) => {
    const { rounds: count, runIn, seconds, warmUp, sizes } = bench.effort.postgres;
    const entrants = [...(await withoutPostgres(bench)), ...(await inPostgres(bench))];
    const signing = signingOf(bench.homes.sandbox.env);
    const random = randomFrom(1);
    const rounds: Round[] = [];
    for (let round = 0; round <= count; round++) {
      for (const { name, server, pairs, isRight } of entrants) {
        bench.step('measuring', `round ${round} of ${count}, ${name}`);
        const asked = round === 0 ? warmUp : Math.ceil(PER_SECOND * (runIn + seconds));
        const questions = questionsOf(signing, pairs, asked, random);
        const loaded = await load(
          server,
          questions,
          round === 0 ? { seconds: 10 } : { runIn, seconds },
          isRight,
        );
        if (round > 0) rounds.push({ round, name, ...loaded });
      }
    }
    for (const { server } of entrants) await server.stop();
    return resultOf(entrants, rounds, sizes);
  },
};

async function withoutPostgres({ homes, stage, step }: Bench): Promise<Entrant[]> {
  step('seeding', JSON_STORE);
  const { home, pairs } = await homes.withSessions(1_000);
  const json = await homes.serve('serve-json', home);
  const bare = await startBareFastify(stage, await anAnswer(homes, json, pairs));
  return [
    { name: BARE, server: bare, pairs, isRight: RIGHT['bare Fastify'], rowsPerSecond: null },
    { name: JSON_STORE, server: json, pairs, isRight: RIGHT.voxproxy, rowsPerSecond: null },
  ];
}

async function inPostgres({ homes, databases, effort, step }: Bench): Promise<Entrant[]> {
  const entrants: Entrant[] = [];
  for (const sessions of effort.postgres.sizes) {
    const name = IN_POSTGRES(sessions);
    step('seeding', name);
    const database = `sessions_${sessions}`;
    const url = await databases.make(database);
    const many = manySessions(sessions);
    const store = new PostgresStore(readAddress(url));
    const start = performance.now();
    await store.take(many.frame, many.pages);
    const rowsPerSecond = sessions / ((performance.now() - start) / 1_000);
    await store.end();
    const server = await homes.serve(`serve-${database}`, homes.empty(), { VOXPROXY_STORE: url });
    const random = randomFrom(2);
    const pairs = Array.from({ length: ASKED }, () => many.pair(random(sessions)));
    entrants.push({ name, server, pairs, isRight: RIGHT.voxproxy, rowsPerSecond });
  }
  return entrants;
}

function resultOf(entrants: readonly Entrant[], rounds: readonly Round[], sizes: readonly number[]) {
  const of = (name: string) => rounds.filter((one) => one.name === name);
  const ratio = (above: string, below: string) => {
    const divisors = of(below);
    return median(of(above).map(({ perSecond }, i) => perSecond / (divisors[i]?.perSecond ?? Number.NaN)));
  };
  const [fewest = 0, most = 0] = [Math.min(...sizes), Math.max(...sizes)];
  return {
    table: {
      columns: [
        'server',
        'requests/s',
        'of bare Fastify',
        'of the JSON store',
        'p50 ms',
        'p99 ms',
        'CPU µs/request',
        'sessions/s when copied',
      ],
      rows: entrants.map(({ name, rowsPerSecond }) => [
        name,
        median(of(name).map(({ perSecond }) => perSecond)),
        ratio(name, BARE),
        ratio(name, JSON_STORE),
        median(of(name).map(({ p50 }) => p50)),
        median(of(name).map(({ p99 }) => p99)),
        medianOrNull(of(name).map(({ cpu }) => cpu)),
        rowsPerSecond,
      ]),
    },
    targets: [
      atLeast(`${IN_POSTGRES(most)} / ${BARE}`, ratio(IN_POSTGRES(most), BARE), 0.18, 0.25),
      atLeast(
        `${IN_POSTGRES(most)} / with ${fewest.toLocaleString('en')}`,
        most === fewest ? null : ratio(IN_POSTGRES(most), IN_POSTGRES(fewest)),
        0.9,
      ),
    ],
    rounds,
  };
}
