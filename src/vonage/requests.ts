import { failureOf, retryAfterOf, statusOf } from './failure.js';

export type Patience = {
  sleep: (milliseconds: number) => Promise<void>;
  /** Told before each wait, in seconds. */
  onWait: (seconds: number) => void;
};

/** Sends requests through the SDK: waits as long as Vonage asks for, and makes its failures ours. */
export class Requests {
  readonly #patience: Patience;
  readonly #mostWaits: number;

  constructor(patience: Patience, mostWaits: number) {
    this.#patience = patience;
    this.#mostWaits = mostWaits;
  }

  /** @param doing for the error: "Searching numbers" */
  async call<T>(doing: string, request: () => Promise<T>): Promise<T> {
    try {
      return await this.patiently(request);
    } catch (error) {
      throw await failureOf(error, doing);
    }
  }

  /** Fails with what the SDK throws. */
  async patiently<T>(request: () => Promise<T>): Promise<T> {
    for (let waits = 0; ; waits++) {
      try {
        return await request();
      } catch (error) {
        if (statusOf(error) !== 429 || waits === this.#mostWaits) throw error;
        const seconds = retryAfterOf(error);
        this.#patience.onWait(seconds);
        await this.#patience.sleep(seconds * 1000);
      }
    }
  }
}
