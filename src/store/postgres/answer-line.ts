import type { QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { type Client, post } from './connect.js';

/** Milliseconds until a question fails, whatever it waits for: a person is on the line. */
const PATIENCE = 800;

/**
 * One connection for short questions, all sent at once without waiting for one another's answers: that is two to
 * three times as many as over a pool, which has each connection wait. When it is lost, the next question makes
 * another.
 */
export class AnswerLine {
  readonly #connect: () => Promise<Client>;
  #client: Promise<Client> | null = null;
  #isClosed = false;

  constructor(connect: () => Promise<Client>) {
    this.#connect = connect;
  }

  async ask<Row extends QueryResultRow>(question: QueryConfig): Promise<QueryResult<Row>> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })), PATIENCE);
    });
    try {
      return await Promise.race([this.#connected().then((client) => post<Row>(client, question)), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const client = await this.#client?.catch(() => null);
    await client?.end().catch(() => {});
  }

  #connected(): Promise<Client> {
    if (this.#isClosed) return Promise.reject(new Error('the connection is closed'));
    this.#client ??= this.#make();
    return this.#client;
  }

  #make(): Promise<Client> {
    const made = this.#connect().then(
      (client) => {
        const forget = () => {
          if (this.#client === made) this.#client = null;
        };
        client.on('error', forget);
        client.on('end', forget);
        return client;
      },
      (error) => {
        this.#client = null;
        throw error;
      },
    );
    return made;
  }
}
