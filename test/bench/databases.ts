import pg from 'pg';
import { freePort, PostgresServer } from '../support/postgres-server.js';

/** One PostgreSQL for a whole run, started when it is first needed, and a database for each who asks. */
export class Databases {
  #server: Promise<PostgresServer> | null = null;

  /** @returns the address of an empty database of this name */
  async make(name: string): Promise<string> {
    this.#server ??= started();
    const server = await this.#server;
    await administer(server.url(), `CREATE DATABASE ${name}`);
    return server.url(name);
  }

  async remove(): Promise<void> {
    await (await this.#server)?.remove();
  }
}

/** Says something to a database as its administrator. */
export async function administer(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(text);
  await client.end();
}

async function started(): Promise<PostgresServer> {
  const server = new PostgresServer(await freePort());
  await server.make();
  // What it is asked for fits into memory, as on any machine that is meant for it.
  await server.start('shared_buffers=1GB');
  return server;
}
