import type { Command } from 'commander';
import type { Choose } from '../handler.js';

export type InitFlags = {
  apiKey?: string;
  application?: string;
  privateKey?: string;
  name?: string;
  publicUrl?: string;
  ngrok?: string | true;
  country?: string;
  count?: string;
  type?: string;
  numbers: boolean;
  rehearsal: boolean;
  yes?: true;
  sandbox?: true;
};

export function addInitCommand(program: Command, choose: Choose): void {
  program
    .command('init')
    .description('set everything up, step by step; run again, it goes on where it stopped')
    .option(
      '--api-key <key>',
      'of the Vonage account; the secrets are asked for, or come from the environment',
    )
    .option('--application <id>', 'an application that there is already; "new" makes one')
    .option('--private-key <path>', 'the private key of that application')
    .option('--name <name>', 'the name of a new application', 'voxproxy')
    .option('--public-url <url>', 'where Vonage reaches the listener')
    .option('--ngrok [api-url]', 'where the ngrok that runs on this machine is reached')
    .option('--country <code>', 'where to rent numbers')
    .option('--count <n>', 'how many numbers; 2 where nobody is asked')
    .option('--type <type>', 'landline, mobile-lvn or landline-toll-free')
    .option('--no-numbers', 'rent no numbers now')
    .option('--no-rehearsal', 'leave out the rehearsal call at the end')
    .option('--yes', 'do not ask before spending')
    .option('--sandbox', 'walk through all of it without an account; nothing is saved')
    .addHelpText(
      'after',
      `
Examples:
  voxproxy init --sandbox
  voxproxy init
  voxproxy init --application new --ngrok --country GB --yes
`,
    )
    .action((flags: InitFlags) =>
      choose(async (context) => (await import('../actions/init.js')).init(context, flags)),
    );
}
