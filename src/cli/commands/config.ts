import type { Command } from 'commander';
import type { Choose } from '../handler.js';

const actions = () => import('../actions/config.js');

export function addConfigCommands(program: Command, choose: Choose): void {
  const config = program.command('config').description('settings, and where each value came from');
  config
    .command('list')
    .description('every setting')
    .addHelpText('after', '\nExamples:\n  voxproxy config list\n')
    .action(() => choose(async (context) => (await actions()).list(context)));
  config
    .command('get')
    .description('one setting')
    .argument('<name>', 'its name, as config list shows it')
    .addHelpText('after', '\nExamples:\n  voxproxy config get publicUrl\n')
    .action((name: string) => choose(async (context) => (await actions()).get(context, name)));
  config
    .command('set')
    .description('write a setting to the file; secrets are asked for or read from standard input')
    .argument('<name>', 'its name, as config list shows it')
    .argument('[value]', 'never a secret')
    .addHelpText(
      'after',
      `
Examples:
  voxproxy config set quarantine 3d
  voxproxy config set allowedCountries GB,IE
  # is asked for, or read from a file
  voxproxy config set signatureSecret
  voxproxy config set signatureSecret < secret.txt
`,
    )
    .action((name: string, value: string | undefined) =>
      choose(async (context) => (await actions()).set(context, name, value)),
    );
  config
    .command('unset')
    .description('take a setting out of the file')
    .argument('<name>', 'its name, as config list shows it')
    .addHelpText('after', '\nExamples:\n  voxproxy config unset publicUrl\n')
    .action((name: string) => choose(async (context) => (await actions()).unset(context, name)));
  config
    .command('path')
    .description('where the settings lie')
    .addHelpText('after', '\nExamples:\n  voxproxy config path\n  voxproxy config path --profile staging\n')
    .action(() => choose(async (context) => (await actions()).path(context)));
}
