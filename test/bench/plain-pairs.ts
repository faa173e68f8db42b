import { randomUUID } from 'node:crypto';
import pg from 'pg';

const NUMBERS = Array.from({ length: 40 }, (_, n) => `+4420${String(10_000_000 + n)}`);

/**
 * Pairs as simply as can be, to compare with: six statements in a transaction by the same driver, which take the first
 * number that is free for each side. Nothing ends, is encrypted, or is decided again when somebody was faster.
 */
export class PlainPairs {
  readonly #pool: pg.Pool;

  constructor(url: string) {
    this.#pool = new pg.Pool({ connectionString: url, max: 20 });
  }

  async make(): Promise<void> {
    await this.#pool.query(`CREATE TABLE plain_sessions (
      id text PRIMARY KEY, a text NOT NULL, b text NOT NULL, a_virtual text NOT NULL, b_virtual text NOT NULL,
      created_at bigint NOT NULL
    )`);
    await this.#pool.query(`CREATE TABLE plain_legs (
      caller text, dialled text, session_id text NOT NULL, PRIMARY KEY (caller, dialled)
    )`);
  }

  async pair(a: string, b: string): Promise<void> {
    const client = await this.#pool.connect();
    const send = (text: string, values: unknown[]) => client.query({ name: text, text, values });
    const legsOf = (person: string) =>
      send('SELECT dialled FROM plain_legs WHERE caller = $1 FOR UPDATE', [person]);
    const id = randomUUID();
    try {
      await client.query('BEGIN');
      const dialledByA = firstFree((await legsOf(a)).rows);
      const dialledByB = firstFree((await legsOf(b)).rows);
      await send('INSERT INTO plain_sessions VALUES ($1, $2, $3, $4, $5, $6)', [
        id,
        a,
        b,
        dialledByB,
        dialledByA,
        Date.now(),
      ]);
      await send('INSERT INTO plain_legs VALUES ($1, $2, $5), ($3, $4, $5)', [
        a,
        dialledByA,
        b,
        dialledByB,
        id,
      ]);
      await client.query('COMMIT');
    } catch {
      await client.query('ROLLBACK');
    } finally {
      client.release();
    }
  }

  async end(): Promise<void> {
    await this.#pool.end();
  }
}

function firstFree(legs: readonly { dialled: string }[]): string | undefined {
  const taken = new Set(legs.map(({ dialled }) => dialled));
  return NUMBERS.find((number) => !taken.has(number));
}
