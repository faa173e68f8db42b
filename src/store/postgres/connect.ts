import type { Socket } from 'node:net';
import pg, { type QueryConfig, type QueryResult, type QueryResultRow } from 'pg';
import pgpass from 'pgpass';
import type { Address, Host } from './address.js';

export type Client = pg.Client;

/** Milliseconds, told to the server for every statement of a connection. */
export type Limits = { statement: number; lock: number; connect: number };

/** Who gives no password, in the address or in PGPASSWORD, may have it in ~/.pgpass, or the file that PGPASSFILE names. */
Object.assign(pg.defaults, {
  password: (place: Parameters<typeof pgpass>[0]) =>
    new Promise<string | undefined>((found) => pgpass(place, found)),
});

const INT8 = 20;
const KEEP_ALIVE = 10_000;
/** A process that died amid a transaction keeps nobody waiting for longer. */
const LONGEST_PAUSE = 10_000;

/**
 * Each statement finds a few rows by their keys. Planned once a connection, maybe while a table is still empty, it must
 * not read whole tables for as long as the connection lives.
 */
const PLANNING = [
  'plan_cache_mode = force_generic_plan',
  'enable_seqscan = off',
  'enable_hashjoin = off',
  'enable_mergejoin = off',
  'jit = off',
];

/** Times and counts fit a number; the driver would give text. */
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text'),
};

/** Where to try first: all connections of a process follow the one that found who takes writes. */
export type Preferred = { at: number };

/**
 * Connects to the first host that takes writes.
 * @throws the driver's error for the last host, when none does in time
 */
export async function connect(address: Address, preferred: Preferred, limits: Limits): Promise<Client> {
  const { hosts } = address;
  let failure: unknown;
  for (let tried = 0; tried < hosts.length; tried++) {
    const client = new pg.Client(configOf(address, hosts[preferred.at] as Host, limits));
    // Told to whoever asks next; without a listener it would end the process.
    client.on('error', () => {});
    try {
      await client.connect();
      if (hosts.length > 1) await refuseReadOnly(client);
      for (const setting of PLANNING) set(client, setting);
      return client;
    } catch (error) {
      failure = error;
      sever(client);
      preferred.at = (preferred.at + 1) % hosts.length;
    }
  }
  throw failure;
}

function configOf(
  { hosts, database, user, password, tls, options }: Address,
  { host, port }: Host,
  limits: Limits,
): pg.ClientConfig {
  return {
    host,
    port,
    database,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(options === undefined ? {} : { options }),
    ssl: tls ?? false,
    application_name: 'voxproxy',
    connectionTimeoutMillis: Math.ceil(limits.connect / hosts.length),
    statement_timeout: limits.statement,
    lock_timeout: limits.lock,
    // The server may be beyond answering.
    query_timeout: limits.statement * 1.5,
    idle_in_transaction_session_timeout: LONGEST_PAUSE,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE,
    types: types as pg.CustomTypesConfig,
    pipeline: true,
  } as pg.ClientConfig;
}

async function refuseReadOnly(client: Client): Promise<void> {
  const { rows } = await client.query('SHOW transaction_read_only');
  if (rows[0]?.transaction_read_only === 'on') throw Object.assign(new Error('read-only'), { code: '25006' });
}

/** Ends a connection without a word: a host that went silent would never answer a farewell. */
export function sever(client: Client): void {
  client.end().catch(() => {});
  streamOf(client).destroy();
}

function streamOf(client: Client): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream;
}

/** Sends a statement, in one packet with the others of the same moment. */
export function post<Row extends QueryResultRow>(
  client: Client,
  query: QueryConfig,
): Promise<QueryResult<Row>> {
  const stream = streamOf(client);
  stream.cork();
  process.nextTick(() => stream.uncork());
  return client.query<Row>(query);
}

/** Sets something before whatever is sent next; engines that do not know it go on as they like. */
export function set(client: Client, setting: string): void {
  post(client, { text: `SET ${setting}` }).catch(() => {});
}
