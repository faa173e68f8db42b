import { setTimeout as sleep } from 'node:timers/promises';
import { askOnce, Connection } from './connection.js';
import { expectRight } from './load.js';
import type { ServerProcess } from './processes.js';
import { connects, type Question } from './questions.js';

/** An answer: when it was asked for, on the clock of `performance`, and how long it took. */
export type Wait = { at: number; milliseconds: number };

const CONNECTIONS = 10;
/** Milliseconds between two questions of one connection. */
const PACE = 20;
export const PER_SECOND = (CONNECTIONS * 1000) / PACE;

/** Asks at a steady pace, however long the answers take, until it is stopped. */
export class SteadyLoad {
  readonly waits: Wait[] = [];
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #connections: Connection[] = [];
  #failure: unknown = null;
  #next = 0;
  #unanswered = 0;

  private constructor(
    readonly server: ServerProcess,
    readonly questions: readonly Question[],
  ) {}

  static async start(server: ServerProcess, [first, ...questions]: readonly Question[]): Promise<SteadyLoad> {
    const load = new SteadyLoad(server, questions);
    // The first answer reads the store: the others are not to wait for that.
    await askOnce(server.url, first?.bytes as Buffer);
    for (let n = 0; n < CONNECTIONS; n++) load.#connections.push(await Connection.open(server.url));
    for (const connection of load.#connections) {
      load.#pace(connection);
      // Asked all at once, they would wait for each other.
      await sleep(PACE / CONNECTIONS);
    }
    return load;
  }

  /**
   * Asks no more, and waits for what was asked: a long wait that has not ended is one that counts.
   * @throws WrongAnswer, or whatever else befell it meanwhile
   */
  async stop(): Promise<Wait[]> {
    for (const timer of this.#timers) clearInterval(timer);
    while (this.#unanswered > 0 && this.#failure === null) await sleep(1);
    for (const connection of this.#connections) connection.close();
    if (this.#failure !== null) throw this.#failure;
    return this.waits;
  }

  #pace(connection: Connection): void {
    let waiting = false;
    const ask = () => {
      const question = this.questions[this.#next];
      if (waiting || question === undefined) return;
      this.#next++;
      waiting = true;
      this.#unanswered++;
      const at = performance.now();
      const fail = (error: unknown) => {
        this.#failure ??= error;
      };
      const answered = (answer: string) => {
        waiting = false;
        this.#unanswered--;
        this.waits.push({ at, milliseconds: performance.now() - at });
        try {
          expectRight(this.server.name, answer, question, connects);
        } catch (error) {
          fail(error);
        }
      };
      connection.ask(question.bytes, answered, fail);
    };
    this.#timers.push(setInterval(ask, PACE));
  }
}
