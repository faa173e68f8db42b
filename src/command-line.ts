import { type Command, CommanderError } from 'commander';
import type { Choose, Handler } from './cli/handler.js';
import { helpWidth } from './cli/help-layout.js';
import { buildProgram } from './cli/program.js';
import { isGroup, readLine } from './cli/typed-line.js';
import { incomplete, unknownCommand, wrongUse } from './cli/wrong-use.js';
import type { Globals, World } from './context.js';
import { VoxproxyError } from './errors.js';

/** What the command line asks for; nothing to do after `--help` and `--version`, which have answered. */
export function parse(argv: readonly string[], world: World): { handler: Handler | null; globals: Globals } {
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
      width: helpWidth(stdout.isTTY ? (stdout.columns ?? 80) : 80),
    },
    choose,
  );
}

function globalsOf(program: Command): Globals {
  const { profile = null, json = false, input, reveal = false, verbose = false, color } = program.opts();
  return { profile, json, input, reveal, verbose, color };
}
