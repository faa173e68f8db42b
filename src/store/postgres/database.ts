import { setTimeout as wait } from 'node:timers/promises';
import type { QueryConfig, QueryResult, QueryResultRow } from 'pg';
import type { Address } from './address.js';
import { AnswerLine } from './answer-line.js';
import { type Client, connect, type Limits, post } from './connect.js';
import { failureOf, isConnectionLost, isOvertaken, isTransient } from './failure.js';
import { Pool } from './pool.js';
import { SharedLine } from './shared-line.js';

/** Milliseconds. A caller hears an apology rather than wait. */
const ANSWERING: Limits = { statement: 400, lock: 200, connect: 600 };
/** As long as writers of the JSON store wait for one another. */
const WRITING: Limits = { statement: 60_000, lock: 20_000, connect: 5_000 };
/** Whoever waits for a lock on a shared connection holds up those behind it; alone it may take longer. */
const SHARED_LOCK = 200;
const ANSWER_LINES = 2;
const ATTEMPTS = 40;
const LOST_CONNECTIONS = 2;
const SHORTEST_WAIT = 2;
const LONGEST_WAIT = 250;

/**
 * Sends a statement. Of a transaction several may be sent before the first is answered, and one whose answer nobody
 * awaits fails it all the same.
 */
export type Send = <Row extends QueryResultRow = QueryResultRow>(
  text: string,
  values?: readonly unknown[],
) => Promise<QueryResult<Row>>;

/** A PostgreSQL: short questions on the path of calls, and transactions that are tried again where that is right. */
export class Database {
  readonly shown: string;
  readonly #answerLines: AnswerLine[];
  readonly #pool: Pool;
  readonly #looks: SharedLine;
  readonly #changes: SharedLine;
  #asked = 0;

  constructor(address: Address) {
    this.shown = address.shown;
    const preferred = { at: 0 };
    this.#answerLines = Array.from(
      { length: Math.min(ANSWER_LINES, address.pool - 1) },
      () => new AnswerLine(() => connect(address, preferred, ANSWERING)),
    );
    this.#pool = new Pool(
      () => connect(address, preferred, WRITING),
      address.pool - this.#answerLines.length,
    );
    this.#looks = new SharedLine(this.#pool);
    this.#changes = new SharedLine(this.#pool, {
      shared: `lock_timeout = ${SHARED_LOCK}`,
      alone: `lock_timeout = ${WRITING.lock}`,
    });
  }

  /** One short question on the path of a call; whoever asks gives it up in time. */
  readonly ask: Send = async <Row extends QueryResultRow>(text: string, values?: readonly unknown[]) => {
    const line = this.#answerLines[this.#asked++ % this.#answerLines.length] as AnswerLine;
    const ask = () => line.ask<Row>(statementOf(text, values));
    try {
      return await ask().catch((error) => {
        if (isTransient(error)) return ask();
        throw error;
      });
    } catch (error) {
      throw failureOf(error, this.shown);
    }
  };

  /** One question of a command, which has time. */
  readonly look: Send = async <Row extends QueryResultRow>(text: string, values?: readonly unknown[]) => {
    for (let failed = 0; ; failed++) {
      try {
        return await this.#looks.share((client) => post<Row>(client, statementOf(text, values)));
      } catch (error) {
        const mayWork = isConnectionLost(error) || isTransient(error);
        if (!mayWork || failed >= LOST_CONNECTIONS) throw failureOf(error, this.shown);
      }
    }
  };

  /**
   * One statement that changes something, and is a transaction by itself.
   * @throws what `isOvertaken` knows when others were faster, or hold what it wants: nothing was changed then
   */
  readonly change: Send = async <Row extends QueryResultRow>(text: string, values?: readonly unknown[]) => {
    const state = { saving: false };
    try {
      return await this.#changes.share((client) => {
        state.saving = true;
        return post<Row>(client, statementOf(text, values));
      });
    } catch (error) {
      throw isOvertaken(error) ? error : failureOf(error, this.shown, state.saving);
    }
  };

  /**
   * Does everything in `work` as one step. It is done again from its beginning when others were faster, or when the
   * connection was lost before anything was saved; so `work` changes nothing but through `send`.
   *
   * @param prepare what `work` needs besides: it would wait for ever for a connection of its own
   */
  async transact<T, P = void>(
    work: (send: Send, prepared: P) => Promise<T>,
    prepare: () => Promise<P> = async () => undefined as P,
    kind: 'change' | 'reading' = 'change',
  ): Promise<T> {
    let lost = 0;
    for (let attempt = 1; ; attempt++) {
      const state = { saving: false };
      try {
        const prepared = await prepare();
        return await this.#once((send) => work(send, prepared), kind, state);
      } catch (error) {
        const isLost = isConnectionLost(error) && !state.saving && ++lost <= LOST_CONNECTIONS;
        if (attempt >= ATTEMPTS || !(isTransient(error) || isLost))
          throw failureOf(error, this.shown, state.saving);
      }
      const longest = Math.min(LONGEST_WAIT, SHORTEST_WAIT * 2 ** attempt);
      await wait(Math.random() * longest);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#pool.close(), ...this.#answerLines.map((line) => line.close())]);
  }

  async #once<T>(
    work: (send: Send) => Promise<T>,
    kind: 'change' | 'reading',
    state: { saving: boolean },
  ): Promise<T> {
    const client = await this.#pool.take();
    try {
      let failure: unknown;
      const send: Send = <Row extends QueryResultRow>(text: string, values?: readonly unknown[]) => {
        const answer = post<Row>(client, statementOf(text, values));
        answer.catch((error) => {
          failure ??= error;
        });
        return answer;
      };
      send(`BEGIN ISOLATION LEVEL ${kind === 'change' ? 'READ COMMITTED' : 'REPEATABLE READ'}`);
      const result = await work(send);
      state.saving = kind === 'change';
      const { command } = await post(client, { text: 'COMMIT' });
      // So it answers when a statement failed, be it one whose answer nobody awaited.
      if (command !== 'COMMIT') throw failure ?? new Error('the transaction was rolled back');
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

/** Parameters; a statement of more is one of many that differ in how many rows they bring. */
const MOST_PREPARED = 200;

/** Statements with values are prepared once a connection, under their own text's number. */
function statementOf(text: string, values: readonly unknown[] = []): QueryConfig {
  if (values.length === 0) return { text };
  const name = values.length <= MOST_PREPARED ? { name: nameOf(text) } : {};
  return { text, values: [...values], ...name };
}

const names = new Map<string, string>();

function nameOf(text: string): string {
  const name = names.get(text) ?? `voxproxy-${names.size + 1}`;
  names.set(text, name);
  return name;
}
