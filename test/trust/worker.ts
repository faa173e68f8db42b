import { type ChildProcess, spawn } from 'node:child_process';

/** What `npm test` builds before. */
const BUILT = new URL('../../dist/main.cjs', import.meta.url).href;

/** Runs command lines of the built voxproxy as they are sent, one after the other. */
const SCRIPT = `
  import { PassThrough, Writable } from 'node:stream';
  const { main } = await import(${JSON.stringify(BUILT)});
  process.on('message', async ({ argv, env, uid }) => {
    if (uid !== undefined) process.setuid(uid);
    let stdout = '';
    const collect = new Writable({ write(chunk, encoding, done) { stdout += chunk; done(); } });
    const stderr = new Writable({ write(chunk, encoding, done) { done(); } });
    const world = { env, cwd: '/', stdin: new PassThrough().end(), stdout: collect, stderr,
      signal: new AbortController().signal };
    const code = await main([...argv, '--json'], world);
    process.send({ code, stdout });
  });
  process.send('ready');
`;

// biome-ignore lint/suspicious/noExplicitAny: documents are what the tests are about
export type Outcome = { code: number; document: any };

/** A process with the built voxproxy in it, which takes one command line after the other. */
export class Worker {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #answered: ((message: unknown) => void) | null = null;
  readonly ready: Promise<unknown>;

  constructor(
    readonly env: Readonly<Record<string, string>>,
    { uid }: { uid?: number } = {},
  ) {
    this.#child = spawn(process.execPath, ['--input-type=module', '--eval', SCRIPT], {
      env: { PATH: process.env.PATH ?? '' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      ...(uid === undefined ? {} : { uid }),
    });
    this.#child.on('message', (message) => this.#answered?.(message));
    this.#ended = new Promise((done) => {
      this.#child.on('close', () => {
        this.#answered?.(null);
        done();
      });
    });
    this.ready = this.#next();
  }

  /** What became of a command; null when the process ended in the middle of it. */
  async run(
    argv: readonly string[],
    { env = {}, uid }: { env?: Record<string, string>; uid?: number } = {},
  ): Promise<Outcome | null> {
    await this.ready;
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return null;
    const answer = this.#next();
    this.#child.send({ argv, env: { ...this.env, ...env }, uid }, () => {});
    const told = (await answer) as { code: number; stdout: string } | null;
    return told && { code: told.code, document: JSON.parse(told.stdout) };
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #next(): Promise<unknown> {
    return new Promise((resolve) => {
      this.#answered = resolve;
    });
  }
}

/** How often something is done in one run of the tests; more by hand. */
export function times(variable: string, fallback: number): number {
  return Number(process.env[variable] ?? fallback);
}

/** Says what a run by hand wants to know. */
export function report(what: string, figures: unknown): void {
  if (process.env.TRUST_FIGURES) process.stdout.write(`${what}: ${JSON.stringify(figures)}\n`);
}
