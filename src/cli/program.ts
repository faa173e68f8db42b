import { Command } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { addAppCommands } from './commands/app.js';
import { addAuditCommand } from './commands/audit.js';
import { addCallCommand } from './commands/call.js';
import { addCallsCommand } from './commands/calls.js';
import { addCompletionCommand } from './commands/completion.js';
import { addConfigCommands } from './commands/config.js';
import { addDemoCommand } from './commands/demo.js';
import { addDoctorCommand } from './commands/doctor.js';
import { addExplainCommand } from './commands/explain.js';
import { addInitCommand } from './commands/init.js';
import { addNumbersCommands } from './commands/numbers.js';
import { addPairCommand } from './commands/pair.js';
import { addSandboxCommand } from './commands/sandbox.js';
import { addServeCommand } from './commands/serve.js';
import { addSessionsCommands } from './commands/sessions.js';
import { addStoreCommands } from './commands/store.js';
import type { Choose } from './handler.js';
import { fitted, GLOBALS, HELP_LAYOUT } from './help-layout.js';

/** The top-level commands by their groups, in the order of help. */
const COMMANDS: Record<string, Record<string, (program: Command, choose: Choose) => void>> = {
  'The main job:': { numbers: addNumbersCommands, pair: addPairCommand, serve: addServeCommand },
  'Sessions:': {
    sessions: addSessionsCommands,
    explain: addExplainCommand,
    call: addCallCommand,
    calls: addCallsCommand,
  },
  'Set-up:': {
    init: addInitCommand,
    app: addAppCommands,
    config: addConfigCommands,
    store: addStoreCommands,
    doctor: addDoctorCommand,
    audit: addAuditCommand,
  },
  'Without an account:': { demo: addDemoCommand, sandbox: addSandboxCommand },
  'Help:': { completion: addCompletionCommand },
};

/**
 * The command line: flags are declared here, bodies are loaded when they run.
 * @param wanted all of it, or the one top-level command that was typed
 */
export function buildProgram(
  screen: { write: (text: string) => void; width: number },
  choose: Choose,
  wanted: { command: string } | 'all' = 'all',
): Command {
  const program = new Command('voxproxy')
    .description("lets two people phone each other without either learning the other's number")
    .optionsGroup(GLOBALS)
    .version(manifest.version, '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .option('--profile <name>', 'use separate settings and a separate store')
    .option('--json', 'answer with one JSON document')
    .option('--no-input', 'never ask')
    .option('--reveal', 'show real numbers whole')
    .option('--verbose', 'say where in the code a bug showed')
    .option('--no-color', 'no colours')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => screen.write(fitted(text, screen.width)),
      writeErr: () => {},
      getOutHelpWidth: () => screen.width,
    })
    .configureHelp(HELP_LAYOUT)
    .showSuggestionAfterError(false)
    .addHelpText('after', EXAMPLES);

  for (const [group, commands] of Object.entries(COMMANDS)) {
    program.commandsGroup(group);
    for (const [name, add] of Object.entries(commands))
      if (wanted === 'all' || wanted.command === name) add(program, choose);
  }
  // Nouns have it without showing it: `numbers help buy` is `numbers buy --help`.
  for (const noun of program.commands) noun.helpCommand(false);
  program.helpCommand('help [command...]', 'how to use a command');
  return program;
}

const EXAMPLES = `
Examples:
  # see a private call happen, without an account
  voxproxy demo
  # rent two numbers, let two people call each other, and answer their calls
  voxproxy numbers provision GB
  voxproxy pair +447400123456 +447400654321 --ttl 2h
  voxproxy serve --public-url https://calls.example.com

More about a command: voxproxy help pair
`;
