import pg from 'pg';
import { afterEach, beforeEach } from 'vitest';
import { accepting } from './postgres-server.js';

let made = 0;
let client: Promise<pg.Client> | null = null;
let last: Promise<unknown> = Promise.resolve();

/** The PostgreSQL of this run: the tests' own, or that of DATABASE_URL. */
export function postgresUrl(): string {
  const url = process.env.DATABASE_URL;
  if (url === undefined) throw new Error('run the tests with test/vitest.config.ts, or set DATABASE_URL');
  return url;
}

/** Says something to the server, as its administrator; one thing after the other. */
export async function administer(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  client ??= connected();
  const connection = client;
  const answer = last.catch(() => {}).then(async () => (await connection).query(text, values));
  last = answer;
  return (await answer).rows;
}

async function connected(): Promise<pg.Client> {
  await accepting(postgresUrl());
  const made = new pg.Client({ connectionString: postgresUrl() });
  await made.connect();
  return made;
}

export type Schema = { url: string; name: string; drop: () => Promise<void> };

/** An empty schema of its own, as quick as a database would be slow. */
export async function emptySchema(): Promise<Schema> {
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

/** An empty schema for each test of this file or group, and an end to what is opened on it. */
export function schemaOfEachTest(): { readonly schema: Schema; keep: <T extends Ending>(opened: T) => T } {
  let schema: Schema;
  let kept: Ending[];
  beforeEach(async () => {
    schema = await emptySchema();
    kept = [];
  });
  afterEach(async () => {
    await Promise.all(kept.map((opened) => opened.end()));
    await schema.drop();
  });
  return {
    get schema() {
      return schema;
    },
    keep(opened) {
      kept.push(opened);
      return opened;
    },
  };
}

type Ending = { end: () => Promise<void> };
