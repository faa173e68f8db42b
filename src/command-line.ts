import { type Command, CommanderError } from 'commander';
import type { Choose, Handler } from './cli/handler.js';
import { helpWidth } from './cli/help-layout.js';
import { buildProgram } from './cli/program.js';
import { isGroup, readLine } from './cli/typed-line.js';
import { incomplete, unknownCommand, wrongUse } from './cli/wrong-use.js';
import type { Globals, World } from './context.js';
import { VoxproxyError } from './errors.js';
import { HELP, USUAL_WIDTH } from './help-words.js';

type Parsed = { handler: Handler | null; globals: Globals };

/** What the command line asks for; nothing to do after `--help` and `--version`, which have answered. */
export function parse(argv: readonly string[], world: World): Parsed {
  return parseQuickly(argv) ?? parseWhole(argv, world);
}

/** Knows only the command that the line begins with, as good lines do; undefined when there is more to say. */
function parseQuickly(argv: readonly string[]): Parsed | undefined {
  if (argv.some((word) => HELP.has(word))) return undefined;
  let handler: Handler | null = null;
  const choose = (chosen: Handler) => {
    handler = chosen;
  };
  // What there is to say is said by the whole of it.
  const silent = { write: () => {}, width: 80 };
  const program = buildProgram(silent, choose, { command: argv[0] ?? '' });
  try {
    program.parse(argv, { from: 'user' });
  } catch {
    return undefined;
  }
  return handler === null ? undefined : { handler, globals: globalsOf(program) };
}

function parseWhole(argv: readonly string[], world: World): Parsed {
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

export function programOn({ stdout }: World, choose: Choose): Command {
  return buildProgram(
    {
      write: (text) => stdout.write(text),
      width: helpWidth(stdout.isTTY ? (stdout.columns ?? USUAL_WIDTH) : USUAL_WIDTH),
    },
    choose,
  );
}

function globalsOf(program: Command): Globals {
  const { profile = null, json = false, input, reveal = false, verbose = false, color } = program.opts();
  return { profile, json, input, reveal, verbose, color };
}
