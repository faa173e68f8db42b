import { type Client, post } from './connect.js';
import { isConnectionLost } from './failure.js';
import type { Pool } from './pool.js';

/** Milliseconds in which more statements are put on a connection: whoever waits for a whole one gets this one soon after. */
const LIFE = 20;

/** A connection with several statements under way. */
type Line = { client: Promise<Client>; users: number; until: number; isLost: boolean };

/** Statements that set something, for as long as a connection is shared and from then on. */
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
      return await use(await line.client);
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
    if (this.#line !== null && performance.now() < this.#line.until) return this.#line;
    const line: Line = {
      client: this.#take(),
      users: 0,
      until: Number.POSITIVE_INFINITY,
      isLost: false,
    };
    // Whoever comes while the connection is being waited for is in no hurry to have another.
    line.client.then(
      () => {
        line.until = performance.now() + LIFE;
      },
      () => {},
    );
    this.#line = line;
    return line;
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

/** It is answered before whatever is sent next; engines that do not know the setting go on as they like. */
function set(client: Client, setting: string): void {
  post(client, { text: setting }).catch(() => {});
}
