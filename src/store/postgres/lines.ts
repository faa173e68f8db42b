import type { Client } from './connect.js';
import { isConnectionLost } from './failure.js';
import type { Pool } from './pool.js';

/** Of the pool's connections, for single statements. */
const MOST = 2;

/** A connection with several statements under way. */
type Line = { client: Promise<Client>; users: number; isLost: boolean };

/**
 * Lets single statements share a few connections of the pool. Most of what a short one costs is that client and server
 * wake each other; many on one connection do that once for all of them, so twice as many are done in the same time.
 */
export class Lines {
  readonly #pool: Pool;
  #lines: Line[] = [];

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** @param use sends one statement, which is a transaction by itself */
  async share<T>(use: (client: Client) => Promise<T>): Promise<T> {
    const line = this.#leastUsed();
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

  /** A new one as long as there are few, and while somebody waits for a whole connection, who must have a turn. */
  #leastUsed(): Line {
    const few = this.#pool.isExhausted ? 1 : MOST;
    if (this.#lines.length >= few && !this.#pool.isAwaited)
      return this.#lines.reduce((least, line) => (line.users < least.users ? line : least));
    const line = { client: this.#pool.take(), users: 0, isLost: false };
    this.#lines.push(line);
    return line;
  }

  async #giveBack(line: Line): Promise<void> {
    this.#retire(line);
    const client = await line.client.catch(() => null);
    if (client === null) return;
    if (line.isLost) this.#pool.drop(client);
    else this.#pool.give(client);
  }

  #retire(line: Line): void {
    this.#lines = this.#lines.filter((one) => one !== line);
  }
}
