import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context, Ran } from '../context.js';
import { fromNetwork } from '../domain/phone-number.js';
import { Recent } from '../domain/recent.js';
import { policyFor, type Refusal, refuse, route } from '../domain/routing.js';
import type { Decision, Operator } from '../sandbox/operator.js';
import { Settings } from '../settings.js';
import { policyOf } from './call-settings.js';
import { reasoningOf, WHY_REFUSED } from './reasoning.js';

/** How long the listener's log may take to name a call that it has answered (ms). */
const PATIENCE = 1000;
const CALLS_REMEMBERED = 100;

/** What the listener's log says of a call. */
type Logged = { route: string; session: string | null; reason?: Refusal };

/** Types the real commands for the sandbox's page, in a home of their own that goes when the sandbox does. */
export class PageOperator implements Operator {
  readonly #context: Context;
  readonly #env: Readonly<Record<string, string>>;
  readonly #ending = new AbortController();
  readonly #calls = new Recent<Logged>(CALLS_REMEMBERED);
  readonly #awaited = new Map<string, () => void>();
  readonly #running = new Set<Promise<Ran>>();
  #home: string | null = null;
  #served: Promise<Ran> | null = null;
  #announced: Ran | null = null;

  /** @param env the sandbox's; whole once that listens */
  constructor(context: Context, env: Readonly<Record<string, string>>) {
    this.#context = context;
    this.#env = env;
  }

  /** Commands typed in there have the same settings, store and Vonage, because voxproxy reads `.env`. */
  directory(): string {
    if (this.#home !== null) return this.#home;
    const home = mkdtempSync(join(tmpdir(), 'voxproxy-page-'));
    const lines = Object.entries({ ...this.#env, VOXPROXY_HOME: home }).map(
      ([name, value]) => `${name}='${value}'\n`,
    );
    writeFileSync(join(home, '.env'), lines.join(''), { mode: 0o600 });
    this.#home = home;
    return home;
  }

  async type(argv: readonly string[]): Promise<Ran> {
    const running = this.#context.run(argv, this.#world(), this.#ending.signal);
    this.#running.add(running);
    return running.finally(() => this.#running.delete(running));
  }

  async serve(): Promise<Ran> {
    if (this.#announced !== null) return this.#announced;
    const announced = new Promise<Ran>((resolve) => {
      const onLine = (line: string) => {
        const { url, answerUrl } = JSON.parse(line);
        const stdout = `✔ voxproxy listens on ${url}\n  answers  ${answerUrl}`;
        resolve({ code: 0, stdout, stderr: '' });
      };
      this.#served = this.#context.run(
        ['serve', '--json', '--port', '0'],
        this.#world(),
        this.#ending.signal,
        onLine,
        (line) => this.#note(line),
      );
      this.#served.then(
        (ran) => {
          this.#announced = null;
          resolve(ran);
        },
        () => resolve({ code: 1, stdout: '', stderr: 'The listener did not start.' }),
      );
    });
    const ran = await announced;
    if (ran.code === 0) this.#announced = ran;
    return ran;
  }

  isServing(): boolean {
    return this.#announced !== null;
  }

  async decision({ uuid, from, to }: Parameters<Operator['decision']>[0]): Promise<Decision | undefined> {
    const logged = await this.#logged(uuid);
    const dialled = fromNetwork(to);
    if (logged === undefined || dialled === undefined) return undefined;
    const home = this.directory();
    const caller = from === undefined ? undefined : fromNetwork(from);
    const located = await (await this.#context.scratchStore(home)).locate(caller, dialled);
    const now = this.#context.now();
    const { reason, session } = logged;
    if (logged.route === 'refuse' && reason !== undefined) {
      return {
        route: `refused: ${reason}`,
        isConnected: false,
        reasons: [...reasoningOf(located, refuse(reason), now, false), `Refused: ${WHY_REFUSED[reason]}.`],
      };
    }
    const settings = await Settings.load(this.#world(), home, null);
    const decided = route(located, now, policyFor(caller, await policyOf(settings)));
    return {
      route: `connect${session === null ? '' : `, session ${session}`}`,
      isConnected: true,
      reasons: reasoningOf(located, decided, now, false),
    };
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await Promise.allSettled([this.#served, ...this.#running]);
    if (this.#home !== null) rmSync(this.#home, { recursive: true, force: true });
  }

  #world(): Record<string, string> {
    return { ...this.#env, VOXPROXY_HOME: this.directory(), NO_COLOR: '1' };
  }

  #note(line: string): void {
    if (!line.includes('"msg":"call"')) return;
    const { call, route: kind, session, reason } = JSON.parse(line);
    this.#calls.set(call, { route: kind, session, reason });
    this.#awaited.get(call)?.();
  }

  /** The log is written a moment after the answer. */
  async #logged(uuid: string): Promise<Logged | undefined> {
    if (this.#calls.get(uuid) === undefined) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, PATIENCE);
        this.#awaited.set(uuid, () => {
          clearTimeout(timer);
          resolve();
        });
      });
      this.#awaited.delete(uuid);
    }
    return this.#calls.get(uuid);
  }
}
