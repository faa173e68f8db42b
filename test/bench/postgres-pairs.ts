import { randomBytes } from 'node:crypto';
import type { E164 } from '../../src/domain/phone-number.js';
import { readAddress } from '../../src/store/postgres/address.js';
import { PostgresStore } from '../../src/store/postgres-store.js';
import { poolOf, request } from '../contract/fixtures.js';
import { median, percentile } from './figures.js';
import { PlainPairs } from './plain-pairs.js';
import type { Section } from './section.js';
import { atLeast } from './target.js';

type Pairing = { name: string; people: number; pair: (a: E164, b: E164) => Promise<void> };
type Loaded = { name: string; clients: number; people: number; perSecond: number; p50: number; p99: number };

const CLIENTS = [1, 8, 20];
const MANY = 100_000;
/** Who are in everything. */
const FEW = 40;
const OURS = 'voxproxy';
const PLAIN = 'six plain statements';

export const postgresPairs: Section = {
  title: 'Pairs a second in PostgreSQL, which writes to memory alone',
  run: async ({ effort, databases, step }) => {
    const { rounds: count, seconds } = effort.postgres.pairs;
    const url = await databases.make('pairs');
    const store = new PostgresStore({ ...readAddress(url), pool: 22 });
    const plain = new PlainPairs(url);
    try {
      for (const number of poolOf(FEW)) await store.putNumber(number, Date.now());
      await plain.make();
      const entrants: (Pairing & { clients: number })[] = [
        ...CLIENTS.flatMap((clients) => [
          { name: OURS, people: MANY, clients, pair: pairingWith(store) },
          { name: PLAIN, people: MANY, clients, pair: (a: E164, b: E164) => plain.pair(a, b) },
        ]),
        { name: OURS, people: FEW, clients: 20, pair: pairingWith(store, { isParted: true }) },
      ];
      const rounds: Loaded[] = [];
      for (let round = 0; round <= count; round++) {
        for (const { clients, ...pairing } of entrants) {
          const shown = `${pairing.name}, ${clients} clients, ${pairing.people.toLocaleString('en')} people`;
          step('measuring', `round ${round} of ${count}, ${shown}`);
          const loaded = await load(pairing, clients, round === 0 ? 0.3 : seconds);
          if (round > 0) rounds.push(loaded);
        }
      }
      return resultOf(entrants, rounds);
    } finally {
      await plain.end();
      await store.end();
    }
  },
};

/** @param isParted for people who are in everything: nobody would be left to pair */
function pairingWith(store: PostgresStore, { isParted = false } = {}): Pairing['pair'] {
  const run = randomBytes(4).toString('hex');
  let made = 0;
  return async (a, b) => {
    const asked = request(a, b, { quarantine: 0 });
    const [opened] = await store.open([asked], Date.now(), () => `${run}-${++made}`);
    if (isParted && opened?.kind === 'created') await store.close(opened.session.id, Date.now());
  };
}

/** Pairs people at random for a while. */
async function load({ name, people, pair }: Pairing, clients: number, seconds: number): Promise<Loaded> {
  const times: number[] = [];
  const start = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() - start < seconds * 1_000) {
        const [one, other] = twoOf(people);
        const before = performance.now();
        await pair(personAt(one), personAt(other));
        times.push(performance.now() - before);
      }
    }),
  );
  const perSecond = times.length / ((performance.now() - start) / 1_000);
  const waits = Float64Array.from(times);
  return { name, clients, people, perSecond, p50: percentile(waits, 0.5), p99: percentile(waits, 0.99) };
}

function resultOf(entrants: readonly (Pairing & { clients: number })[], rounds: readonly Loaded[]) {
  const of = (name: string, clients: number, people: number) =>
    rounds.filter((round) => round.name === name && round.clients === clients && round.people === people);
  const perSecond = (name: string, clients: number, people: number) =>
    median(of(name, clients, people).map((round) => round.perSecond));
  const ofPlain = (clients: number) => {
    const plain = of(PLAIN, clients, MANY);
    return median(
      of(OURS, clients, MANY).map((round, i) => round.perSecond / (plain[i]?.perSecond ?? Number.NaN)),
    );
  };
  return {
    table: {
      columns: ['pairs', 'clients', 'people', 'pairs/s', `of ${PLAIN}`, 'p50 ms', 'p99 ms'],
      rows: entrants.map(({ name, clients, people }) => [
        name,
        clients,
        people,
        perSecond(name, clients, people),
        name === OURS && people === MANY ? ofPlain(clients) : null,
        median(of(name, clients, people).map(({ p50 }) => p50)),
        median(of(name, clients, people).map(({ p99 }) => p99)),
      ]),
    },
    targets: [
      atLeast('pairs/s, 20 clients over 100,000 people', perSecond(OURS, 20, MANY), 2_500),
      atLeast(`the same of ${PLAIN}`, ofPlain(20), 0.8),
      atLeast('pairs/s, 20 clients over the same 40 people, parted again', perSecond(OURS, 20, FEW), 600),
    ],
    rounds,
  };
}

function twoOf(people: number): [number, number] {
  const one = Math.floor(Math.random() * people);
  return [one, (one + 1 + Math.floor(Math.random() * (people - 1))) % people];
}

function personAt(n: number): E164 {
  return `+4474${String(10_000_000 + n)}` as E164;
}
