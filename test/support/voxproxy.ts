import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { main } from '../../src/main.js';
import type { SandboxEnv } from '../../src/sandbox/sandbox.js';
import { expectNothingPrivate } from './privacy.js';
import { keyboard, screen, type Typing } from './terminal.js';

export type Result = { code: number; stdout: string; stderr: string };

// biome-ignore lint/suspicious/noExplicitAny: documents are what the tests are about
export type Document = any;

export type RunOptions = {
  env?: Record<string, string>;
  /** What stands on standard input. */
  stdin?: string;
  signal?: AbortSignal;
  /** Told every piece of standard output as it comes. */
  onOutput?: (text: string) => void;
  /** Told every piece of standard error as it comes. */
  onError?: (text: string) => void;
  /** Somebody sits there; without it nobody can be asked. */
  terminal?: { typing?: Typing; columns?: number };
};

/** A voxproxy home of its own, in which command lines are run through the front door. */
export class Operator {
  readonly home = mkdtempSync(join(tmpdir(), 'voxproxy-test-'));
  readonly env: Record<string, string>;

  /** @param vonage where Vonage is; without it there are no credentials */
  constructor(vonage: Partial<SandboxEnv> = {}) {
    this.env = { VOXPROXY_HOME: this.home, ...vonage };
  }

  async run(argv: readonly string[], options: RunOptions = {}): Promise<Result> {
    const text = { stdout: '', stderr: '' };
    const env = { ...this.env, ...options.env };
    const { terminal } = options;
    const columns = terminal && (terminal.columns ?? 80);
    const { keys, sees } = keyboard(terminal?.typing ?? []);
    const code = await main(argv, {
      env,
      cwd: this.home,
      stdin: terminal ? keys : new PassThrough().end(options.stdin ?? ''),
      stdout: screen(columns, (written) => {
        text.stdout += written;
        options.onOutput?.(written);
      }),
      stderr: screen(columns, (written) => {
        text.stderr += written;
        options.onError?.(written);
        sees(written);
      }),
      signal: options.signal ?? new AbortController().signal,
    });
    expectNothingPrivate(text, env, argv.includes('--reveal'));
    return { code, ...text };
  }

  /** Runs with --json and reads the one document; whatever else stands on standard output fails. */
  async json(
    argv: readonly string[],
    options: RunOptions = {},
  ): Promise<{ code: number; document: Document; stderr: string }> {
    const { code, stdout, stderr } = await this.run([...argv, '--json'], options);
    if (!/^[^\n]+\n$/.test(stdout)) throw new Error(`not one line of JSON: ${stdout}${stderr}`);
    return { code, document: JSON.parse(stdout), stderr };
  }

  /** Starts the listener; `stop` ends it as a signal would. */
  async serve(argv: readonly string[] = [], options: RunOptions = {}) {
    const ending = new AbortController();
    let announced = (_line: string) => {};
    const line = new Promise<string>((resolve) => {
      announced = resolve;
    });
    const ended = this.run(['serve', '--json', '--port', '0', ...argv], {
      ...options,
      signal: ending.signal,
      onOutput: announced,
    });
    const first = await Promise.race([
      line,
      ended.then(({ code, stdout, stderr }) =>
        Promise.reject(new Error(`serve ended with ${code}: ${stdout}${stderr}`)),
      ),
    ]);
    const { url, answerUrl, eventUrl } = JSON.parse(first) as {
      url: string;
      answerUrl: string;
      eventUrl: string;
    };
    return {
      url,
      answerUrl,
      eventUrl,
      stop: async () => {
        ending.abort();
        return ended;
      },
    };
  }

  clean(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}
