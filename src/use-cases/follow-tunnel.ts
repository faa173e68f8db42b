import { reportOf } from '../errors.js';
import type { Log } from '../log.js';
import type { FoundTunnel } from './find-tunnel.js';

export type Following = {
  find: (current: string, signal: AbortSignal) => Promise<FoundTunnel>;
  /** Fails when the run is to end. */
  sleep: (milliseconds: number) => Promise<void>;
  /** The public URL is another one from now on. */
  moved: (url: string) => void;
  /** Tells Vonage; fails when Vonage cannot be told. */
  point: (url: string) => Promise<void>;
  log: Log;
};

const LOOK_EVERY = 2_000;
/** Once may be a busy moment. */
const MISSED_UNTIL_GONE = 2;
/** Looks between two attempts to tell Vonage. */
const MOST_PATIENCE = 16;

/** Watches where ngrok forwards from, and leads Vonage there, until it is stopped. */
export class TunnelFollower {
  readonly #deps: Following;
  readonly #ending = new AbortController();
  readonly #ended: Promise<void>;
  #current: string;
  /** Null while that is unsure. */
  #pointed: string | null;
  #missed = 0;
  #patience = 1;
  #wait = 0;

  constructor(deps: Following, url: string) {
    this.#deps = deps;
    this.#current = url;
    this.#pointed = url;
    this.#ended = this.#follow();
  }

  /** Resolves when nothing is changed any more. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#ended;
  }

  async #follow(): Promise<void> {
    while (await this.#waited()) {
      const found = await this.#deps.find(this.#current, this.#ending.signal);
      if (this.#ending.signal.aborted) return;
      if (found.kind === 'found') await this.#see(found.url);
      else this.#miss(found.kind);
    }
  }

  async #waited(): Promise<boolean> {
    try {
      await this.#deps.sleep(LOOK_EVERY);
    } catch {
      return false;
    }
    return !this.#ending.signal.aborted;
  }

  #miss(kind: Exclude<FoundTunnel['kind'], 'found'>): void {
    if (++this.#missed !== MISSED_UNTIL_GONE) return;
    this.#deps.log.warn(`${GONE[kind]}; no call comes in until it does again`, {});
  }

  async #see(url: string): Promise<void> {
    const { log, moved } = this.#deps;
    if (this.#missed >= MISSED_UNTIL_GONE) log.info('ngrok forwards to this listener again', { url });
    this.#missed = 0;
    if (url !== this.#current) {
      this.#current = url;
      this.#wait = 0;
      this.#patience = 1;
      moved(url);
    }
    if (url !== this.#pointed && --this.#wait < 0) await this.#point(url);
  }

  async #point(url: string): Promise<void> {
    const { log, point } = this.#deps;
    this.#pointed = null;
    try {
      await point(url);
      this.#pointed = url;
    } catch (error) {
      this.#wait = this.#patience;
      this.#patience = Math.min(this.#patience * 2, MOST_PATIENCE);
      log.error('Vonage could not be told the new public URL; it is tried again', {
        url,
        error: reportOf(error).message,
      });
    }
  }
}

const GONE = {
  'not-running': 'ngrok is gone',
  insecure: 'ngrok forwards to this listener without https alone',
  tls: 'ngrok speaks TLS to this listener, which does not',
  elsewhere: 'ngrok no longer forwards to this listener',
} as const;
