import type { Command } from 'commander';
import type { Choose } from '../handler.js';

export type SandboxFlags = { port?: string };

export function addSandboxCommand(program: Command, choose: Choose): void {
  program
    .command('sandbox')
    .description('a local stand-in for the Vonage services, to try voxproxy without an account')
    .option('--port <port>', 'where to listen; 0 picks a free port', '4010')
    .addHelpText(
      'after',
      `
Examples:
  # then, in another terminal in the same directory, every command talks to it
  voxproxy sandbox > .env
  voxproxy sandbox --port 0
`,
    )
    .action((flags: SandboxFlags) =>
      choose(async (context) => (await import('../actions/sandbox.js')).sandbox(context, flags)),
    );
}
