import type { Ran } from '../context.js';
import type { E164 } from '../domain/phone-number.js';
import { VoxproxyError } from '../errors.js';

/** A call as the sandbox's network saw it. */
export type Call = {
  ncco: unknown;
  caller: { hears: string[] };
  callee: { number: E164; callerId: E164; joined: boolean } | null;
};

export type Text = { from: E164; to: E164; text: string };

type Run = (argv: readonly string[], signal?: AbortSignal, onLine?: (line: string) => void) => Promise<Ran>;

/** A listener and the phones of a sandbox, played with by typing commands and placing calls. */
export class Rehearsal {
  readonly #sandboxUrl: string;
  readonly #run: Run;
  readonly #ending = new AbortController();
  readonly #signal: AbortSignal;
  #served: Promise<Ran> | null = null;

  /** @param signal ends the rehearsal early */
  constructor(sandboxUrl: string, run: Run, signal: AbortSignal) {
    this.#sandboxUrl = sandboxUrl;
    this.#run = run;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#ending.abort(), { once: true });
  }

  /** Starts the listener on a free port. */
  async serve(): Promise<{ answerUrl: string }> {
    return new Promise((resolve, reject) => {
      const onLine = (line: string) => resolve(JSON.parse(line));
      this.#served = this.#run(['serve', '--json', '--port', '0'], this.#ending.signal, onLine);
      this.#served.then(({ code, stderr }) => reject(this.#failed('serve', code, stderr)), reject);
    });
  }

  /** @returns what the command printed */
  async type(argv: readonly string[]): Promise<string> {
    this.#signal.throwIfAborted();
    const { code, stdout, stderr } = await this.#run(argv);
    if (code !== 0) throw this.#failed(argv[0] ?? '', code, stderr);
    return stdout.trimEnd();
  }

  async texts(): Promise<Text[]> {
    const { messages } = (await this.#ask('/sandbox/messages')) as { messages: Text[] };
    return messages;
  }

  /** @param outcome what the person who is called does */
  async call(from: E164, to: E164, outcome: 'answered' | 'busy'): Promise<Call> {
    return (await this.#ask('/sandbox/calls', { from, to, outcome })) as Call;
  }

  /** Sends a text from a phone, and waits until it is dealt with. */
  async text(text: Text): Promise<void> {
    await this.#ask('/sandbox/messages', text);
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#served;
  }

  async #ask(path: string, body?: unknown): Promise<unknown> {
    this.#signal.throwIfAborted();
    const post = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    const response = await fetch(this.#sandboxUrl + path, body === undefined ? {} : post);
    return response.json();
  }

  /** Why it ended: somebody ended the rehearsal, or it went wrong by itself. */
  #failed(command: string, code: number, said: string): unknown {
    if (this.#signal.aborted) return this.#signal.reason;
    return new VoxproxyError(
      'bug',
      `voxproxy ${command} ended with exit code ${code} in the demo.`,
      said.trim() || null,
    );
  }
}
