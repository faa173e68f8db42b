import { PassThrough, Writable } from 'node:stream';
import type { Command } from 'commander';
import { CommanderError } from 'commander';
import type { Choose, Handler } from './cli/handler.js';
import { helpWidth } from './cli/help-layout.js';
import { allowsColor, Output } from './cli/output.js';
import { buildProgram } from './cli/program.js';
import { isGroup, readLine } from './cli/typed-line.js';
import { incomplete, unknownCommand, wrongUse } from './cli/wrong-use.js';
import { Context, type Globals, type Ran, type World } from './context.js';
import { exitCodeOf, interrupted, reportOf, VoxproxyError } from './errors.js';

/** Runs one command line and returns its exit code; the process ends when its work is done. */
export async function main(argv: readonly string[], world: World = processWorld()): Promise<number> {
  const color = allowsColor(world.env) && !argv.includes('--no-color');
  const early = new Output(world.stdout, world.stderr, { json: argv.includes('--json'), color });
  let verbose = argv.includes('--verbose');
  if (argv[0] === ASKED_BY_SHELL) return completing(argv.slice(1), world);
  try {
    const { handler, globals } = parse(argv, world);
    verbose = globals.verbose;
    if (handler === null) return 0;
    const context = new Context(world, globals, (line, env, signal, onLine) =>
      runInside(line, world, env, signal, onLine),
    );
    return (await handler(context)) ?? 0;
  } catch (thrown) {
    const error = world.signal.aborted && thrown === world.signal.reason ? interrupted() : thrown;
    const report = reportOf(error);
    early.fail(report);
    if (verbose && report.code === 'bug') early.say(framesOf(error));
    return exitCodeOf(report.code);
  }
}

/** What the command line asks for; nothing to do after `--help` and `--version`, which have answered. */
function parse(argv: readonly string[], world: World): { handler: Handler | null; globals: Globals } {
  let handler: Handler | null = null;
  const program = programOn(world, (chosen) => {
    handler = chosen;
  });
  const line = readLine(program, argv);
  if (line.asksHelp) {
    // commander shows the help of the last command that it knows, whatever stands behind that.
    if (isGroup(line.command) && line.operands.length > 0) throw unknownCommand(line);
    line.command.outputHelp();
    return { handler, globals: globalsOf(program) };
  }
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { handler: null, globals: globalsOf(program) };
    if (error.code !== 'commander.help') throw wrongUse(error, line);
    if (line.command !== program) throw incomplete(line.command);
    if (program.opts().json) throw new VoxproxyError('usage', 'A command is needed.', 'See voxproxy --help.');
    program.outputHelp();
  }
  return { handler, globals: globalsOf(program) };
}

function programOn({ stdout }: World, choose: Choose): Command {
  return buildProgram(
    {
      write: (text) => stdout.write(text),
      width: helpWidth(stdout.isTTY ? (stdout.columns ?? 80) : 80),
    },
    choose,
  );
}

function globalsOf(program: Command): Globals {
  const { profile = null, json = false, input, reveal = false, verbose = false, color } = program.opts();
  return { profile, json, input, reveal, verbose, color };
}

/** Not for people, and in no help: the scripts of `voxproxy completion` call it. */
const ASKED_BY_SHELL = '__complete';

async function completing(argv: readonly string[], world: World): Promise<number> {
  const { complete } = await import('./cli/completion/complete.js');
  // Warnings would stand amid the line that somebody types.
  const stderr = new Writable({ write: (_chunk, _encoding, done) => done() });
  const contextOf = (profile: string | null) =>
    new Context(
      { ...world, stderr },
      { profile, json: false, input: false, reveal: false, verbose: false, color: false },
      (line, env, signal, onLine) => runInside(line, world, env, signal, onLine),
    );
  world.stdout.write(
    await complete(
      argv,
      programOn(world, () => {}),
      contextOf,
    ),
  );
  return 0;
}

/** Where an error came from, without its message, which may hold data. */
function framesOf(error: unknown): string {
  const frames =
    error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
  return frames.join('\n');
}

function processWorld(): World {
  // The SDK prints keys and headers when DEBUG asks for its name; it reads the variable when it is loaded.
  delete process.env.DEBUG;
  const ending = new AbortController();
  // Once: a second Ctrl-C ends the process at once, as anywhere.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => ending.abort());
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
  const { env, stdin, stdout, stderr } = process;
  return { env, cwd: process.cwd(), stdin, stdout, stderr, signal: ending.signal };
}

/** Runs a command in this process with an environment, signal and streams of its own. */
async function runInside(
  argv: readonly string[],
  outer: World,
  env: World['env'],
  signal: AbortSignal = outer.signal,
  onLine: (line: string) => void = () => {},
): Promise<Ran> {
  const text = { stdout: '', stderr: '' };
  const collect = (name: 'stdout' | 'stderr') =>
    new Writable({
      write(chunk, _encoding, done) {
        text[name] += chunk;
        if (name === 'stdout') onLine(String(chunk).trimEnd());
        done();
      },
    });
  const world: World = {
    env,
    cwd: outer.cwd,
    stdin: new PassThrough().end(),
    stdout: collect('stdout'),
    stderr: collect('stderr'),
    signal,
  };
  return { code: await main(argv, world), ...text };
}
