import type { Command } from 'commander';
import type { Choose } from '../handler.js';

const actions = () => import('../actions/config.js');

export function addConfigCommands(program: Command, choose: Choose): void {
  const config = program.command('config').description('settings, and where each value came from');
  config
    .command('list')
    .description('every setting')
    .action(() => choose(async (context) => (await actions()).list(context)));
  config
    .command('get')
    .description('one setting')
    .argument('<name>')
    .action((name: string) => choose(async (context) => (await actions()).get(context, name)));
  config
    .command('set')
    .description('write a setting to the file; secrets are asked for or read from standard input')
    .argument('<name>')
    .argument('[value]')
    .addHelpText(
      'after',
      '\nExamples:\n  voxproxy config set quarantine 3d\n  voxproxy config set signatureSecret < secret.txt\n',
    )
    .action((name: string, value: string | undefined) =>
      choose(async (context) => (await actions()).set(context, name, value)),
    );
  config
    .command('unset')
    .description('take a setting out of the file')
    .argument('<name>')
    .action((name: string) => choose(async (context) => (await actions()).unset(context, name)));
  config
    .command('path')
    .description('where the settings lie')
    .action(() => choose(async (context) => (await actions()).path(context)));
}
