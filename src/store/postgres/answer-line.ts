import type { QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { type Client, post, sever } from './connect.js';

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
    const client = await this.#connected();
    return post<Row>(client, question);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const client = await this.#client?.catch(() => null);
    if (client) sever(client);
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
