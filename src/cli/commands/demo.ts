import type { Command } from 'commander';
import type { Choose } from '../handler.js';

export type DemoFlags = { open?: true };

export function addDemoCommand(program: Command, choose: Choose): void {
  program
    .command('demo')
    .description('the whole story on this machine in seconds, without an account')
    .option('--open', 'play it yourself, on two phones in the browser')
    .addHelpText('after', '\nExamples:\n  voxproxy demo\n  voxproxy demo --open\n')
    .action(({ open }: DemoFlags) =>
      choose(async (context) =>
        open
          ? (await import('../actions/open-demo.js')).openDemo(context)
          : (await import('../actions/demo.js')).demo(context),
      ),
    );
}
