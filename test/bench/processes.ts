import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stage } from './stage.js';

export type Place = { env: NodeJS.ProcessEnv; cwd: string };

/** What every process gets and nothing else: an inherited NODE_EXTRA_CA_CERTS alone triples Node's start. */
export function cleanEnv(home: string, more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: home, ...more };
}

export type Ran = { stdout: string; milliseconds: number };

/**
 * Runs a process to its end.
 * @param hears whether somebody reads its standard output
 * @throws unless it ends with 0
 */
export async function run(stage: Stage, argv: readonly string[], place: Place, hears = false): Promise<Ran> {
  const text = { stdout: '', stderr: '' };
  const start = performance.now();
  const child = stage.node(argv, { ...place, stdio: ['ignore', hears ? 'pipe' : 'ignore', 'pipe'] });
  child.stdout?.on('data', (chunk) => {
    text.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    text.stderr += chunk;
  });
  let milliseconds = 0;
  child.once('exit', () => {
    milliseconds = performance.now() - start;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`node ${argv.join(' ')} ended with ${code}: ${text.stderr}${text.stdout}`);
  return { stdout: text.stdout, milliseconds };
}

/** A server in a process of its own, which says in its first line where it listens. */
export class ServerProcess {
  private constructor(
    readonly name: string,
    readonly url: string,
    // biome-ignore lint/suspicious/noExplicitAny: each server says something else
    readonly said: any,
    readonly pid: number,
    readonly stop: () => Promise<void>,
  ) {}

  static async start(
    stage: Stage,
    name: string,
    argv: readonly string[],
    place: Place,
  ): Promise<ServerProcess> {
    // As in production, its log goes to a file.
    const log = join(stage.directory, `${name}.log`);
    const child = stage.node(argv, { ...place, stdio: ['ignore', 'pipe', openSync(log, 'a')] });
    const said = JSON.parse(
      (await firstLine(child)) ?? fail(`${name} did not start: ${readFileSync(log, 'utf8')}`),
    );
    const stop = async () => {
      child.kill('SIGTERM');
      child.kill('SIGCONT');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    };
    return new ServerProcess(name, said.url, said, child.pid as number, stop);
  }
}

/** Keeps a server from running: an idle process still tidies up its memory, at the cost of whoever is measured. */
export function halt({ pid }: ServerProcess): void {
  process.kill(pid, 'SIGSTOP');
}

export function resume({ pid }: ServerProcess): void {
  process.kill(pid, 'SIGCONT');
}

/** Null when it ends without one. */
async function firstLine({ stdout }: ChildProcess): Promise<string | null> {
  let text = '';
  for await (const chunk of stdout as NodeJS.ReadableStream) {
    text += chunk;
    if (text.includes('\n')) break;
  }
  const end = text.indexOf('\n');
  return end < 0 ? null : text.slice(0, end);
}

function fail(message: string): never {
  throw new Error(message);
}
