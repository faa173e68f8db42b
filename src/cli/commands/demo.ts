import type { Command } from 'commander';
import type { Choose } from '../handler.js';

export function addDemoCommand(program: Command, choose: Choose): void {
  program
    .command('demo')
    .description('the whole story on this machine in seconds, without an account')
    .addHelpText('after', '\nExamples:\n  voxproxy demo\n')
    .action(() => choose(async (context) => (await import('../actions/demo.js')).demo(context)));
}
