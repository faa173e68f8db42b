import { setTimeout as wait } from 'node:timers/promises';
import type { QueryConfig, QueryResult, QueryResultRow } from 'pg';
import type { Address } from './address.js';
import { AnswerLine } from './answer-line.js';
import { type Client, connect, type Limits, post } from './connect.js';
import { failureOf, isConnectionLost, isTransient } from './failure.js';
import { Pool } from './pool.js';

/** Milliseconds. A caller hears an apology rather than wait. */
const ANSWERING: Limits = { statement: 400, lock: 200, connect: 600 };
/** As long as writers of the JSON store wait for one another. */
const WRITING: Limits = { statement: 60_000, lock: 20_000, connect: 5_000 };
const ANSWER_LINES = 2;
const ATTEMPTS = 40;
const LOST_CONNECTIONS = 2;
const SHORTEST_WAIT = 2;
const LONGEST_WAIT = 250;

/** Sends a statement of a transaction; several may be sent before the first is answered. */
export type Send = <Row extends QueryResultRow = QueryResultRow>(
  text: string,
  values?: readonly unknown[],
) => Promise<QueryResult<Row>>;

/** A PostgreSQL: short questions on the path of calls, and transactions that are tried again where that is right. */
export class Database {
  readonly shown: string;
  readonly #lines: AnswerLine[];
  readonly #pool: Pool;
  #asked = 0;

  constructor(address: Address) {
    this.shown = address.shown;
    const preferred = { at: 0 };
    this.#lines = Array.from(
      { length: Math.min(ANSWER_LINES, address.pool) },
      () => new AnswerLine(() => connect(address, preferred, ANSWERING)),
    );
    this.#pool = new Pool(
      () => connect(address, preferred, WRITING),
      Math.max(1, address.pool - this.#lines.length),
    );
  }

  /** One short question on the path of a call; whoever asks gives it up in time. */
  async ask<Row extends QueryResultRow>(question: QueryConfig): Promise<Row[]> {
    const line = this.#lines[this.#asked++ % this.#lines.length] as AnswerLine;
    try {
      return (await line.ask<Row>(question)).rows;
    } catch (error) {
      throw failureOf(error, this.shown);
    }
  }

  /** One question of a command, which has time. */
  async look<Row extends QueryResultRow>(question: QueryConfig): Promise<Row[]> {
    for (let lost = 0; ; lost++) {
      try {
        return await this.#lookOnce<Row>(question);
      } catch (error) {
        if (!isConnectionLost(error) || lost >= LOST_CONNECTIONS) throw failureOf(error, this.shown);
      }
    }
  }

  /**
   * Does everything in `work` as one step. It is done again from its beginning when others were faster, or when the
   * connection was lost before anything was saved; so `work` changes nothing but through `send`.
   *
   * @param prepare what `work` needs besides: it would wait for ever for a connection of its own
   */
  async transact<T, P = void>(
    work: (send: Send, prepared: P) => Promise<T>,
    prepare: () => Promise<P> = async () => undefined as P,
    isolation = 'READ COMMITTED',
  ): Promise<T> {
    let lost = 0;
    for (let attempt = 1; ; attempt++) {
      const state = { committing: false };
      try {
        const prepared = await prepare();
        return await this.#once((send) => work(send, prepared), isolation, state);
      } catch (error) {
        const isLost = isConnectionLost(error) && !state.committing && ++lost <= LOST_CONNECTIONS;
        if (attempt >= ATTEMPTS || !(isTransient(error) || isLost))
          throw failureOf(error, this.shown, state.committing);
      }
      const longest = Math.min(LONGEST_WAIT, SHORTEST_WAIT * 2 ** attempt);
      await wait(Math.random() * longest);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#pool.close(), ...this.#lines.map((line) => line.close())]);
  }

  async #lookOnce<Row extends QueryResultRow>(question: QueryConfig): Promise<Row[]> {
    const client = await this.#pool.take();
    try {
      const { rows } = await post<Row>(client, question);
      this.#pool.give(client);
      return rows;
    } catch (error) {
      await this.#abandon(client, error);
      throw error;
    }
  }

  async #once<T>(
    work: (send: Send) => Promise<T>,
    isolation: string,
    state: { committing: boolean },
  ): Promise<T> {
    const client = await this.#pool.take();
    try {
      const begun = post(client, { text: `BEGIN ISOLATION LEVEL ${isolation}` });
      begun.catch(() => {});
      const result = await work((text, values = []) => sent(client, text, values));
      await begun;
      state.committing = true;
      const { command } = await client.query('COMMIT');
      // So it answers when a statement failed that nobody looked at.
      if (command !== 'COMMIT') throw new Error('the transaction was rolled back');
      this.#pool.give(client);
      return result;
    } catch (error) {
      await this.#abandon(client, error);
      throw error;
    }
  }

  async #abandon(client: Client, error: unknown): Promise<void> {
    if (isConnectionLost(error)) return this.#pool.drop(client);
    try {
      await client.query('ROLLBACK');
      this.#pool.give(client);
    } catch {
      this.#pool.drop(client);
    }
  }
}

/** Statements are prepared once a connection, under their own text's number. */
function sent<Row extends QueryResultRow>(client: Client, text: string, values: readonly unknown[]) {
  const answer = post<Row>(client, {
    text,
    values: [...values],
    ...(values.length === 0 ? {} : { name: nameOf(text) }),
  });
  // One that fails behind another that failed is nobody's news.
  answer.catch(() => {});
  return answer;
}

const names = new Map<string, string>();

function nameOf(text: string): string {
  const name = names.get(text) ?? `voxproxy-${names.size + 1}`;
  names.set(text, name);
  return name;
}
