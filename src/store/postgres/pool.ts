import { setTimeout as wait } from 'node:timers/promises';
import { type Client, sever } from './connect.js';

/** Milliseconds in which the server may answer a farewell, and whoever is at work may finish. */
const FAREWELL = 1_000;
const LOOK = 10;

/** Connections, so many at most, each for one who takes it; whoever comes when all are taken waits for one. */
export class Pool {
  readonly #connect: () => Promise<Client>;
  readonly #most: number;
  readonly #idle: Client[] = [];
  readonly #all = new Set<Client>();
  readonly #waiting: ((client: Client | null) => void)[] = [];
  #made = 0;
  #isClosed = false;

  constructor(connect: () => Promise<Client>, most: number) {
    this.#connect = connect;
    this.#most = most;
  }

  async take(): Promise<Client> {
    if (this.#isClosed) throw new Error('the connection is closed');
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#made >= this.#most) {
      const given = await new Promise<Client | null>((resolve) => this.#waiting.push(resolve));
      return given ?? this.take();
    }
    this.#made++;
    try {
      const client = await this.#connect();
      if (this.#isClosed) {
        sever(client);
        throw new Error('the connection is closed');
      }
      this.#all.add(client);
      client.on('end', () => {
        this.#all.delete(client);
        this.#forget(client);
      });
      client.on('error', () => this.#forget(client));
      return client;
    } catch (error) {
      this.#made--;
      this.#waiting.shift()?.(null);
      throw error;
    }
  }

  give(client: Client): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(client);
    else next(client);
  }

  /** Takes a connection that failed out of use. */
  drop(client: Client): void {
    this.#made--;
    this.#all.delete(client);
    sever(client);
    // Whoever waits makes a new one.
    this.#waiting.shift()?.(null);
  }

  async close(): Promise<void> {
    for (const client of this.#idle.splice(0)) client.end().catch(() => {});
    for (let waited = 0; this.#all.size > 0 && waited < FAREWELL; waited += LOOK) await wait(LOOK);
    this.#isClosed = true;
    for (const client of this.#all) sever(client);
    for (const next of this.#waiting.splice(0)) next(null);
  }

  /** One that the server ended while nobody used it. */
  #forget(client: Client): void {
    const at = this.#idle.indexOf(client);
    if (at < 0) return;
    this.#idle.splice(at, 1);
    this.#made--;
  }
}
