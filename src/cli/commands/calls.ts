import type { Command } from 'commander';
import type { Choose } from '../handler.js';

export type CallsFlags = { since?: string };

export function addCallsCommand(program: Command, choose: Choose): void {
  program
    .command('calls')
    .description('the call log: when, which session, who called, how it ended')
    .argument('[session]', 'only calls of this session')
    .option('--since <duration>', 'only calls of this last time, for example 24h')
    .action((session: string | undefined, flags: CallsFlags) =>
      choose(async (context) => (await import('../actions/calls.js')).listCalls(context, session, flags)),
    );
}
