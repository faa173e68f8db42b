import { randomBytes } from 'node:crypto';
import type { E164 } from '../../src/domain/phone-number.js';
import { readAddress } from '../../src/store/postgres/address.js';
import { PostgresStore } from '../../src/store/postgres-store.js';
import { poolOf, request } from '../contract/fixtures.js';
import { freePort, PostgresServer } from '../support/postgres-server.js';

type Loaded = { clients: number; people: number; perSecond: number; p50: number; p99: number };

const CLIENTS = [1, 8, 20];
const SECONDS = 5;
const MANY = 100_000;
/** Who are in everything. */
const FEW = 40;

/** Allocating and saving in PostgreSQL; a section of the benchmark. */
export const postgresPairs = {
  title: 'Pairs a second in PostgreSQL',
  async run({ step }: { step: (what: string, detail?: string) => void }) {
    const server = new PostgresServer(await freePort());
    await server.make();
    await server.start();
    const store = new PostgresStore({ ...readAddress(server.url()), pool: 22 });
    try {
      for (const number of poolOf(FEW)) await store.putNumber(number, Date.now());
      const rounds: Loaded[] = [];
      for (const [clients, people] of [...CLIENTS.map((one) => [one, MANY] as const), [20, FEW] as const]) {
        step('measuring', `${clients} clients, ${people} people`);
        rounds.push(await load(store, clients, people));
      }
      const at = (clients: number, people: number) =>
        rounds.find((round) => round.clients === clients && round.people === people)?.perSecond ?? null;
      return {
        table: {
          columns: ['clients', 'people', 'pairs a second', 'p50 ms', 'p99 ms'],
          rows: rounds.map(({ clients, people, perSecond, p50, p99 }) => [
            clients,
            people,
            perSecond,
            p50,
            p99,
          ]),
        },
        targets: [
          target(`20 clients, ${MANY} people`, at(20, MANY), 2_500),
          target(`20 clients, ${FEW} people`, at(20, FEW), 600),
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
async function load(store: PostgresStore, clients: number, people: number): Promise<Loaded> {
  const run = randomBytes(4).toString('hex');
  const times: number[] = [];
  let made = 0;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() - start < SECONDS * 1_000) {
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
  const sorted = times.toSorted((a, b) => a - b);
  const quantile = (part: number) => Math.round((sorted[Math.floor(sorted.length * part)] ?? 0) * 10) / 10;
  return {
    clients,
    people,
    perSecond: Math.round(times.length / seconds),
    p50: quantile(0.5),
    p99: quantile(0.99),
  };
}

function twoOf(people: number): [number, number] {
  const one = Math.floor(Math.random() * people);
  return [one, (one + 1 + Math.floor(Math.random() * (people - 1))) % people];
}

function personAt(n: number): E164 {
  return `+4474${String(10_000_000 + n)}` as E164;
}

function target(what: string, measured: number | null, value: number) {
  const reached = measured === null ? null : measured >= value;
  return { what, measured, bound: 'at least' as const, value, aim: null, reached };
}
