import type { Command } from 'commander';
import type { Choose } from '../handler.js';

export function addAuditCommand(program: Command, choose: Choose): void {
  program
    .command('audit')
    .description('what personal data and which secrets lie where, and who may read them')
    .addHelpText(
      'after',
      '\nExamples:\n  voxproxy audit\n  # another profile has files of its own\n  voxproxy audit --profile staging\n',
    )
    .action(() => choose(async (context) => (await import('../actions/audit.js')).audit(context)));
}
