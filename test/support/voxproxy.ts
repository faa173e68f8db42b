import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { main } from '../../src/main.js';
import type { SandboxEnv } from '../../src/sandbox/sandbox.js';

export type Result = { code: number; stdout: string; stderr: string };

export type RunOptions = {
  env?: Record<string, string>;
  /** What stands on standard input. */
  stdin?: string;
  signal?: AbortSignal;
  /** Told every piece of standard output as it comes. */
  onOutput?: (text: string) => void;
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
    const collect = (name: 'stdout' | 'stderr') =>
      new Writable({
        write(chunk, _encoding, done) {
          text[name] += chunk;
          if (name === 'stdout') options.onOutput?.(String(chunk));
          done();
        },
      });
    const code = await main(argv, {
      env: { ...this.env, ...options.env },
      cwd: this.home,
      stdin: new PassThrough().end(options.stdin ?? ''),
      stdout: collect('stdout'),
      stderr: collect('stderr'),
      signal: options.signal ?? new AbortController().signal,
    });
    return { code, ...text };
  }

  /** Runs with --json and reads the one document. */
  // biome-ignore lint/suspicious/noExplicitAny: documents are what the tests are about
  async json(
    argv: readonly string[],
    options: RunOptions = {},
  ): Promise<{ code: number; document: any; stderr: string }> {
    const { code, stdout, stderr } = await this.run([...argv, '--json'], options);
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
