import { readFileSync } from 'node:fs';
import manifest from '../package.json' with { type: 'json' };
import type { Context, Globals, World } from './context.js';
import { exitCodeOf, interrupted, reportOf } from './errors.js';
import { HELP, USUAL_WIDTH } from './help-words.js';

/** Runs one command line and returns its exit code; the process ends when its work is done. */
export async function main(argv: readonly string[], world: World = processWorld()): Promise<number> {
  if (argv.length === 1 && argv[0] === '--version') {
    world.stdout.write(`${manifest.version}\n`);
    return 0;
  }
  const help = argv.length === 1 && HELP.has(argv[0] ?? '') ? helpMadeAhead(world.stdout) : undefined;
  if (help) {
    world.stdout.write(help);
    return 0;
  }
  const { loadCompiled } = await import('./compiled.js');
  loadCompiled();
  if (argv[0] === ASKED_BY_SHELL) return completing(argv.slice(1), world);
  let verbose = argv.includes('--verbose');
  try {
    const { parse } = await import('./command-line.js');
    const { handler, globals } = parse(argv, world);
    verbose = globals.verbose;
    if (handler === null) return 0;
    const context = await contextOf(world, globals);
    try {
      return (await handler(context)) ?? 0;
    } finally {
      await context.close();
    }
  } catch (thrown) {
    const error = world.signal.aborted && thrown === world.signal.reason ? interrupted() : thrown;
    const report = reportOf(error);
    const { allowsColor, Output } = await import('./cli/output.js');
    const color = allowsColor(world.env) && !argv.includes('--no-color');
    const out = await Output.open(world.stdout, world.stderr, { json: argv.includes('--json'), color });
    out.fail(report);
    if (verbose && report.code === 'bug') out.say(framesOf(error));
    return exitCodeOf(report.code);
  }
}

/**
 * The program's own help on a screen of the usual width, which the build asked the program for: to make it takes longer
 * than the rest of the command. Undefined on other screens, and where nothing was built.
 */
function helpMadeAhead({ isTTY, columns }: World['stdout']): string | undefined {
  if (isTTY && columns !== USUAL_WIDTH) return undefined;
  try {
    return readFileSync(new URL('./help.txt', import.meta.url), 'utf8');
  } catch {
    return undefined;
  }
}

/** Loaded only for a command that runs: help needs none of it. */
async function contextOf(world: World, globals: Globals): Promise<Context> {
  const { Context: Running } = await import('./context.js');
  return Running.open(world, globals, async (line, env, signal, onLine, onLogLine) => {
    const { runInside } = await import('./inside.js');
    return runInside(main, line, world, env, signal, onLine, onLogLine);
  });
}

/** Not for people, and in no help: the scripts of `voxproxy completion` call it. */
const ASKED_BY_SHELL = '__complete';

async function completing(argv: readonly string[], world: World): Promise<number> {
  const { complete } = await import('./cli/completion/complete.js');
  const { silenced } = await import('./inside.js');
  const { programOn } = await import('./command-line.js');
  const globals = { json: false, input: false, reveal: false, verbose: false, color: false };
  const program = programOn(world, () => {});
  const answer = await complete(argv, program, (profile) =>
    contextOf(silenced(world), { ...globals, profile }),
  );
  world.stdout.write(answer);
  return 0;
}

/** Where an error came from, without its message, which may hold data. */
function framesOf(error: unknown): string {
  const frames =
    error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
  return frames.join('\n');
}

/** Milliseconds; nobody presses Ctrl-C twice within them. */
const ECHO = 100;

function processWorld(): World {
  // The SDK prints keys and headers when DEBUG asks for its name; it reads the variable when it is loaded.
  delete process.env.DEBUG;
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    let first = Number.POSITIVE_INFINITY;
    const end = () => {
      const now = performance.now();
      if (!ending.signal.aborted) {
        first = now;
        return ending.abort();
      }
      // Libraries that clean up at the end send the same signal once more, at once.
      if (now - first < ECHO) return;
      // A second Ctrl-C ends the process, as anywhere.
      process.off(signal, end);
      process.kill(process.pid, signal);
    };
    // It stays: alone, those libraries would end the process at the first signal.
    process.on(signal, end);
  }
  // Node would print the error whole, and with it whatever its message holds.
  process.on('uncaughtException', (error) => {
    process.stderr.write(`✖ ${reportOf(error).message}\n${framesOf(error)}\n`);
    process.exitCode = 1;
    ending.abort();
  });
  // Nobody is left to be told, and telling them would fail again.
  process.stderr.on('error', () => {});
  // Whoever reads our output may leave before it ends: voxproxy sessions list | head -1
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') {
      process.stderr.write(`✖ The output could not be written (${error.code}).\n`);
      process.exitCode = exitCodeOf('store');
    }
    ending.abort();
  });
  return {
    env: process.env,
    cwd: process.cwd(),
    // Opening it takes time, and few commands read it.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    signal: ending.signal,
  };
}
