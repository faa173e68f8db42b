import { EventEmitter, once } from 'node:events';

/** Lets calls wait, in real time, for what people and applications do. */
export class Waiting {
  readonly #happened = new EventEmitter().setMaxListeners(0);

  /** Something happened: whoever waits looks again. */
  wake(): void {
    this.#happened.emit('something');
  }

  /** Waits until it holds, but not for longer (ms); says whether it does. */
  async until(holds: () => boolean, atMost: number): Promise<boolean> {
    const signal = AbortSignal.timeout(atMost);
    while (!holds() && !signal.aborted) {
      await once(this.#happened, 'something', { signal }).catch(() => {});
    }
    return holds();
  }
}
