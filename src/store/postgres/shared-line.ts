import { type Client, set } from './connect.js';
import { isConnectionLost } from './failure.js';
import type { Pool } from './pool.js';

/** Milliseconds in which more statements are put on a connection: whoever waits for a whole one gets this one soon after. */
const LIFE = 20;

/** A connection with several statements under way; `until` is null while it is waited for, when nobody needs another. */
type Line = { client: Promise<Client>; users: number; until: number | null; isLost: boolean };

/** What is set for as long as a connection is shared, and from then on. */
type Settings = { shared: string; alone: string };

/**
 * Lets single statements share a connection of the pool. Most of what a short one costs is that client and server wake
 * each other; many on one connection do that once for all of them, so twice as many are done in the same time.
 */
export class SharedLine {
  readonly #pool: Pool;
  readonly #settings: Settings | null;
  #line: Line | null = null;

  /** @param settings what holds on a connection only while it is shared */
  constructor(pool: Pool, settings: Settings | null = null) {
    this.#pool = pool;
    this.#settings = settings;
  }

  /** @param use sends one statement, which is a transaction by itself */
  async share<T>(use: (client: Client) => Promise<T>): Promise<T> {
    const line = this.#current();
    line.users++;
    try {
      const client = await line.client;
      line.until ??= performance.now() + LIFE;
      return await use(client);
    } catch (error) {
      line.isLost ||= isConnectionLost(error);
      if (line.isLost) this.#retire(line);
      throw error;
    } finally {
      line.users--;
      if (line.users === 0) await this.#giveBack(line);
    }
  }

  #current(): Line {
    const until = this.#line?.until ?? Number.POSITIVE_INFINITY;
    if (this.#line !== null && performance.now() < until) return this.#line;
    this.#line = { client: this.#take(), users: 0, until: null, isLost: false };
    return this.#line;
  }

  async #take(): Promise<Client> {
    const client = await this.#pool.take();
    if (this.#settings !== null) set(client, this.#settings.shared);
    return client;
  }

  async #giveBack(line: Line): Promise<void> {
    this.#retire(line);
    const client = await line.client.catch(() => null);
    if (client === null) return;
    if (line.isLost) return this.#pool.drop(client);
    if (this.#settings !== null) set(client, this.#settings.alone);
    this.#pool.give(client);
  }

  #retire(line: Line): void {
    if (this.#line === line) this.#line = null;
  }
}
