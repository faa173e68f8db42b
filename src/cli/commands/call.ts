import type { Command } from 'commander';
import type { Choose } from '../handler.js';

export type CallFlags = { public?: true };

export function addCallCommand(program: Command, choose: Choose): void {
  program
    .command('call')
    .description('rehearse a call: ask the running listener as Vonage would, without a phone')
    .argument('<from>', 'who calls; "anonymous" for a withheld number')
    .argument('<to>', 'the virtual number that is dialled')
    .option('--public', 'through the public URL, as Vonage does')
    .addHelpText(
      'after',
      `
Examples:
  voxproxy call '+44 7400 123456' '+44 20 7946 0958'
  # what Vonage would hear, through the tunnel
  voxproxy call '+44 7400 123456' '+44 20 7946 0958' --public
  voxproxy call anonymous '+44 20 7946 0958'
`,
    )
    .action((from: string, to: string, flags: CallFlags) =>
      choose(async (context) => (await import('../actions/call.js')).call(context, from, to, flags)),
    );
}
