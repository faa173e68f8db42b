import { expect, it } from 'vitest';
import { CallBook } from '../../src/domain/call-book.js';
import { isOfCall } from '../../src/domain/call-record.js';
import type { LogEntry } from '../../src/store/call-log.js';
import { readAddress } from '../../src/store/postgres/address.js';
import { PostgresCallLog } from '../../src/store/postgres-call-log.js';
import { PostgresStore } from '../../src/store/postgres-store.js';
import { administer, schemaOfEachTest } from '../support/postgres.js';

const DAY = 86_400_000;
const NOW = Date.now();

const own = schemaOfEachTest();

/** The log as another process would have it. */
function open(): PostgresCallLog {
  const store = own.keep(new PostgresStore({ ...readAddress(own.schema.url), pool: 2 }));
  return new PostgresCallLog(store.database, () => store.ready());
}

const unwelcome = (error: unknown) => expect.fail(String(error));
const event = (status: string, change: Partial<Extract<LogEntry, { kind: 'event' }>> = {}): LogEntry => ({
  kind: 'event',
  call: 'CON-1',
  leg: 'leg-1',
  outbound: true,
  status,
  at: NOW,
  duration: null,
  price: null,
  by: null,
  ...change,
});
const started: LogEntry = {
  kind: 'call',
  call: 'CON-1',
  leg: 'leg-0',
  at: NOW - 1,
  sessionId: 's1',
  from: 'a',
  refused: false,
};
const EVERY_KIND: LogEntry[] = [
  started,
  { kind: 'declined', call: 'CON-1', at: NOW },
  event('answered'),
  { kind: 'moved', call: 'CON-1', to: 'CON-2', leg: 'leg-1', at: NOW },
  { kind: 'text', text: 'text-1', at: NOW, sessionId: 's1', from: 'b', fate: 'forwarded' },
  { kind: 'text-status', text: 'text-1', at: NOW, status: 'delivered' },
];

async function all(log: PostgresCallLog, since?: number): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for await (const some of log.reader(since).read()) entries.push(...some);
  return entries;
}

it('keeps every kind of entry whole, for every process', async () => {
  const log = open();
  for (const entry of EVERY_KIND) log.append(entry, unwelcome);
  await log.settled();
  const kept = await all(open());
  expect(kept).toHaveLength(EVERY_KIND.length);
  expect(kept).toEqual(expect.arrayContaining(EVERY_KIND));
});

it('has a row for a leg and a status, however often and by whom it is told', async () => {
  const logs = [open(), open(), open()];
  const told = [
    event('completed'),
    event('completed', { duration: 12 }),
    event('completed', { price: '0.02', at: NOW + 5 }),
  ];
  for (const log of logs)
    for (const entry of [started, ...told, event('answered')]) log.append(entry, unwelcome);
  await Promise.all(logs.map((log) => log.settled()));
  expect(await administer(`SELECT count(*)::int AS count FROM ${own.schema.name}.voxproxy_log`)).toEqual([
    { count: 3 },
  ]);
  const book = new CallBook();
  for (const entry of await all(open())) if (isOfCall(entry)) book.add(entry);
  expect(book.calls()).toMatchObject([
    { id: 'CON-1', duration: 12, price: '0.02000000', outcome: 'completed' },
  ]);
});

it('is followed: each entry once, and again when more is known of it', async () => {
  const [log, other] = [open(), open()];
  const reader = open().reader();
  const read = async () => {
    const found: string[] = [];
    for await (const some of reader.read())
      for (const entry of some)
        found.push(entry.kind === 'event' ? `${entry.status} ${entry.price}` : entry.kind);
    return found.sort();
  };
  expect(await read()).toEqual([]);
  await log.write([started, event('ringing')]);
  expect(await read()).toEqual(['call', 'ringing null']);
  await other.write([event('completed'), event('ringing')]);
  expect(await read()).toEqual(['completed null']);
  await log.write([event('completed', { price: '0.02' })]);
  expect(await read()).toEqual(['completed 0.02']);
  expect(await read()).toEqual([]);
});

it('leaves out what is older than was asked for, and forgets it', async () => {
  const log = open();
  await log.write([event('old', { at: NOW - 3 * DAY }), event('new')]);
  expect(await all(log, NOW - DAY)).toEqual([event('new')]);
  await log.forget(NOW - DAY);
  expect(await all(log)).toEqual([event('new')]);
});

it('keeps in mind what could not be written, says so once, and writes it when it can', async () => {
  const log = open();
  await log.write([started]);
  await administer(`ALTER TABLE ${own.schema.name}.voxproxy_log RENAME TO away`);
  const failures: unknown[] = [];
  for (const status of ['ringing', 'answered', 'completed'])
    log.append(event(status), (error) => failures.push(error));
  await expect.poll(() => failures.length).toBe(1);
  await administer(`ALTER TABLE ${own.schema.name}.away RENAME TO voxproxy_log`);
  await expect.poll(async () => (await all(open())).length, { timeout: 5_000 }).toBe(4);
  expect(failures).toHaveLength(1);
});

it('reads a log of many pages whole', async () => {
  const log = open();
  const entries = Array.from({ length: 12_000 }, (_, n) => event('answered', { leg: `leg-${n}` }));
  await log.write(entries);
  expect(new Set((await all(open())).map((entry) => ('leg' in entry ? entry.leg : ''))).size).toBe(12_000);
});
