import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';

const BIN = resolve(import.meta.dirname, '../../bin/voxproxy.js');

export type Ended = { code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string };

/** A voxproxy in a process of its own, as somebody would start it. */
export class Voxproxy {
  readonly #child: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';
  #onOutput = () => {};

  constructor(argv: readonly string[], env: Readonly<Record<string, string>>, cwd: string) {
    this.#child = spawn(process.execPath, [BIN, ...argv], {
      env: { PATH: process.env.PATH ?? '', ...env },
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (chunk) => {
      this.stdout += chunk;
      this.#onOutput();
    });
    this.#child.stderr?.on('data', (chunk) => {
      this.stderr += chunk;
    });
    this.ended = new Promise((done) => {
      this.#child.on('close', (code, signal) => {
        this.#onOutput();
        done({ code, signal, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  /** The first line on standard output, which is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: documents are what the tests are about
  async firstLine(): Promise<any> {
    const line = () => /^.*\n/.exec(this.stdout)?.[0];
    if (line() === undefined) {
      await new Promise<void>((done) => {
        this.#onOutput = done;
      });
    }
    const first = line();
    if (first === undefined) throw new Error(`nothing was said: ${this.stderr}`);
    return JSON.parse(first);
  }

  /** Stops reading what it says, as a terminal that was closed does. */
  closeOutput(): void {
    this.#child.stdout?.destroy();
    this.closeErrorOutput();
  }

  /** Stops reading its log, as a pipe does whose reader has gone. */
  closeErrorOutput(): void {
    this.#child.stderr?.destroy();
  }

  /** Sends a signal and waits for the end. */
  async end(signal: NodeJS.Signals): Promise<Ended & { milliseconds: number }> {
    const start = performance.now();
    this.#child.kill(signal);
    const ended = await this.ended;
    return { ...ended, milliseconds: performance.now() - start };
  }
}
