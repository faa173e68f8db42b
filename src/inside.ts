import { PassThrough, Writable } from 'node:stream';
import type { Ran, World } from './context.js';

type Main = (argv: readonly string[], world: World) => Promise<number>;

/**
 * Runs a command in this process with an environment, signal and streams of its own.
 * @param onLine told each line of standard output; `onLogLine` each of standard error
 */
export async function runInside(
  main: Main,
  argv: readonly string[],
  outer: World,
  env: World['env'],
  signal: AbortSignal = outer.signal,
  onLine: (line: string) => void = () => {},
  onLogLine: (line: string) => void = () => {},
): Promise<Ran> {
  const text = { stdout: '', stderr: '' };
  const collect = (name: 'stdout' | 'stderr') =>
    new Writable({
      write(chunk, _encoding, done) {
        text[name] += chunk;
        const tell = name === 'stdout' ? onLine : onLogLine;
        for (const line of String(chunk).trimEnd().split('\n')) tell(line);
        done();
      },
    });
  const world: World = {
    env,
    // A .env file where the outer command runs is not of this world.
    cwd: env.VOXPROXY_HOME ?? outer.cwd,
    stdin: new PassThrough().end(),
    stdout: collect('stdout'),
    stderr: collect('stderr'),
    signal,
  };
  return { code: await main(argv, world), ...text };
}

/** The same world with nobody to listen: warnings would stand amid the line that somebody types. */
export function silenced(world: World): World {
  return { ...world, stderr: new Writable({ write: (_chunk, _encoding, done) => done() }) };
}
