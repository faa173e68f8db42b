import pg from 'pg';
import { accepting } from './postgres-server.js';

let made = 0;
let client: Promise<pg.Client> | null = null;

/** The PostgreSQL of this run: the tests' own, or that of DATABASE_URL. */
export function postgresUrl(): string {
  const url = process.env.DATABASE_URL;
  if (url === undefined) throw new Error('run the tests with test/vitest.config.ts, or set DATABASE_URL');
  return url;
}

/** Says something to the server, as its administrator. */
export async function administer(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  client ??= (async () => {
    await accepting(postgresUrl());
    const made = new pg.Client({ connectionString: postgresUrl() });
    await made.connect();
    return made;
  })();
  return (await (await client).query(text, values)).rows;
}

/** An empty schema of its own, as quick as a database would be slow. */
export async function emptySchema(): Promise<{ url: string; name: string; drop: () => Promise<void> }> {
  const name = `test_${process.pid}_${++made}_${Math.random().toString(36).slice(2, 8)}`;
  await administer(`CREATE SCHEMA ${name}`);
  const url = new URL(postgresUrl());
  url.searchParams.set('options', `-c search_path=${name}`);
  return {
    url: url.href,
    name,
    drop: async () => {
      await administer(`DROP SCHEMA ${name} CASCADE`);
    },
  };
}
