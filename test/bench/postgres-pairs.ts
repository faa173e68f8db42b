import { randomBytes } from 'node:crypto';
import type { E164 } from '../../src/domain/phone-number.js';
import { readAddress } from '../../src/store/postgres/address.js';
import { PostgresStore } from '../../src/store/postgres-store.js';
import { poolOf, request } from '../contract/fixtures.js';
import { freePort, PostgresServer } from '../support/postgres-server.js';
import { percentile } from './figures.js';
import type { Section } from './section.js';
import { atLeast } from './target.js';

type Loaded = { clients: number; people: number; perSecond: number; p50: number; p99: number };

const CLIENTS = [1, 8, 20];
const MANY = 100_000;
/** Who are in everything. */
const FEW = 40;

export const postgresPairs: Section = {
  title: 'Pairs a second in PostgreSQL, which writes to memory alone',
  run: async ({ effort, step }) => {
    const server = new PostgresServer(await freePort());
    await server.make();
    await server.start();
    const store = new PostgresStore({ ...readAddress(server.url()), pool: 22 });
    try {
      for (const number of poolOf(FEW)) await store.putNumber(number, Date.now());
      const rounds: Loaded[] = [];
      for (const [clients, people] of [...CLIENTS.map((one) => [one, MANY] as const), [20, FEW] as const]) {
        step('measuring', `${clients} clients, ${people} people`);
        rounds.push(await load(store, clients, people, effort.postgres.pairSeconds));
      }
      const at = (clients: number, people: number) =>
        rounds.find((round) => round.clients === clients && round.people === people)?.perSecond;
      return {
        table: {
          columns: ['clients', 'people', 'pairs/s', 'p50 ms', 'p99 ms'],
          rows: rounds.map(({ clients, people, perSecond, p50, p99 }) => [
            clients,
            people,
            perSecond,
            p50,
            p99,
          ]),
        },
        targets: [
          atLeast('pairs/s, 20 clients over 100,000 people', at(20, MANY), 2_500),
          atLeast('pairs/s, 20 clients over the same 40 people', at(20, FEW), 600),
        ],
        rounds,
      };
    } finally {
      await store.end();
      await server.remove();
    }
  },
};

/** Pairs people at random for a while; those who are in everything are parted again, or nobody would be left. */
async function load(
  store: PostgresStore,
  clients: number,
  people: number,
  duration: number,
): Promise<Loaded> {
  const run = randomBytes(4).toString('hex');
  const times: number[] = [];
  let made = 0;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() - start < duration * 1_000) {
        const [one, other] = twoOf(people);
        const before = performance.now();
        const asked = request(personAt(one), personAt(other), { quarantine: 0 });
        const [opened] = await store.open([asked], Date.now(), () => `${run}-${++made}`);
        times.push(performance.now() - before);
        if (people <= FEW && opened?.kind === 'created') await store.close(opened.session.id, Date.now());
      }
    }),
  );
  const seconds = (performance.now() - start) / 1_000;
  const waits = Float64Array.from(times);
  return {
    clients,
    people,
    perSecond: times.length / seconds,
    p50: percentile(waits, 0.5),
    p99: percentile(waits, 0.99),
  };
}

function twoOf(people: number): [number, number] {
  const one = Math.floor(Math.random() * people);
  return [one, (one + 1 + Math.floor(Math.random() * (people - 1))) % people];
}

function personAt(n: number): E164 {
  return `+4474${String(10_000_000 + n)}` as E164;
}
