import type { Command } from 'commander';
import type { Choose } from '../handler.js';

export type AppFlags = { name?: string; publicUrl?: string; dryRun?: true };

const actions = () => import('../actions/app.js');

export function addAppCommands(program: Command, choose: Choose): void {
  const app = program.command('app').description('the Vonage voice application');
  app
    .command('create')
    .description('make an application whose webhooks lead here, and save its id and private key')
    .option('--name <name>', 'its name in the Vonage dashboard', 'voxproxy')
    .option('--public-url <url>', 'where Vonage reaches this listener')
    .option('--dry-run', 'show its webhooks; make nothing')
    .addHelpText(
      'after',
      '\nExamples:\n  voxproxy app create --public-url https://calls.example.com\n  voxproxy app create --name staging --public-url https://staging.example.com --dry-run\n',
    )
    .action((flags: AppFlags) => choose(async (context) => (await actions()).create(context, flags)));
  app
    .command('show')
    .description('its webhooks, and whether they are signed')
    .addHelpText('after', '\nExamples:\n  voxproxy app show\n')
    .action(() => choose(async (context) => (await actions()).show(context)));
  app
    .command('update')
    .description('point its webhooks somewhere else, or rename it')
    .option('--name <name>', 'its name in the Vonage dashboard')
    .option('--public-url <url>', 'where Vonage reaches this listener')
    .option('--dry-run', 'show its webhooks; change nothing')
    .addHelpText(
      'after',
      '\nExamples:\n  voxproxy app update --public-url https://calls.example.com\n  voxproxy app update --name "voxproxy staging"\n',
    )
    .action((flags: AppFlags) => choose(async (context) => (await actions()).update(context, flags)));
}
