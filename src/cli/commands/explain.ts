import type { Command } from 'commander';
import type { Choose } from '../handler.js';

export type ExplainFlags = { at?: string };

export function addExplainCommand(program: Command, choose: Choose): void {
  program
    .command('explain')
    .description('what a call would do and why, without placing it')
    .argument('<from>', 'who calls; "anonymous" for a withheld number')
    .argument('<to>', 'the virtual number that is dialled')
    .option('--at <time>', 'at another time: 2026-12-24T18:00:00Z, or 2h from now')
    .addHelpText(
      'after',
      `
Examples:
  voxproxy explain '+44 7400 123456' '+44 20 7946 0958'
  # will it still be connected on Christmas Eve?
  voxproxy explain +447400123456 +442079460958 --at 2026-12-24T18:00:00Z
  voxproxy explain anonymous +442079460958
`,
    )
    .action((from: string, to: string, flags: ExplainFlags) =>
      choose(async (context) => (await import('../actions/explain.js')).explain(context, from, to, flags)),
    );
}
