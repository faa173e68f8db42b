import { PassThrough, Writable } from 'node:stream';
import type { Command } from 'commander';
import { CommanderError } from 'commander';
import type { Handler } from './cli/handler.js';
import { allowsColor, Output } from './cli/output.js';
import { buildProgram } from './cli/program.js';
import { Context, type Globals, type Ran, type World } from './context.js';
import { exitCodeOf, interrupted, reportOf, VoxproxyError } from './errors.js';

/** Runs one command line and returns its exit code; the process ends when its work is done. */
export async function main(argv: readonly string[], world: World = processWorld()): Promise<number> {
  const color = allowsColor(world.env) && !argv.includes('--no-color');
  const early = new Output(world.stdout, world.stderr, { json: argv.includes('--json'), color });
  let verbose = argv.includes('--verbose');
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
  const program = buildProgram(
    {
      write: (text) => world.stdout.write(text),
      width: world.stdout.isTTY ? (world.stdout.columns ?? 80) : 80,
    },
    (chosen) => {
      handler = chosen;
    },
  );
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { handler: null, globals: globalsOf(program) };
    if (error.code !== 'commander.help') throw wrongUse(error);
    const noun = program.commands.find((command) => command.name() === program.args[0]);
    if (noun !== undefined) throw incomplete(noun);
    if (program.opts().json) throw wrong('a command is needed', null);
    program.outputHelp();
  }
  return { handler, globals: globalsOf(program) };
}

function globalsOf(program: Command): Globals {
  const { profile = null, json = false, input, reveal = false, verbose = false, color } = program.opts();
  return { profile, json, input, reveal, verbose, color };
}

function incomplete(noun: Command): VoxproxyError {
  const verbs = noun.commands.map((verb) => verb.name()).join(', ');
  return new VoxproxyError(
    'usage',
    `voxproxy ${noun.name()} needs one of: ${verbs}.`,
    `See voxproxy ${noun.name()} --help.`,
  );
}

const TYPED = /'([^']*)'/su;
/** What could be a command or an option; anything else may be nearly a real number, or a secret. */
const HARMLESS_WORD = /^(--)?[a-z]+(-[a-z]+)*$/;

/** commander repeats what was typed; here that is repeated only where it is harmless. */
function wrongUse({ code, message }: CommanderError): VoxproxyError {
  const nearest = /\((Did you mean [^()]*)\)$/.exec(message)?.[1] ?? null;
  const what = NOT_KNOWN[code];
  if (what === undefined) return wrong(message.replace(/^error: /, ''), nearest);
  const word = TYPED.exec(message)?.[1] ?? '';
  return wrong(
    HARMLESS_WORD.test(word) ? `there is no ${what} '${word}'` : `what was typed is no ${what}`,
    nearest,
  );
}

/** The kinds of commander's errors that repeat words of the command line. */
const NOT_KNOWN: Readonly<Record<string, string>> = {
  'commander.unknownCommand': 'command',
  'commander.unknownOption': 'option',
};

function wrong(what: string, hint: string | null): VoxproxyError {
  const sentence = what.charAt(0).toUpperCase() + what.slice(1);
  return new VoxproxyError('usage', sentence.replace(/\.?$/, '.'), hint ?? 'See voxproxy --help.');
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
