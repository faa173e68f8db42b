import type { Command } from 'commander';
import type { Choose } from '../handler.js';

export function addDoctorCommand(program: Command, choose: Choose): void {
  program
    .command('doctor')
    .description('check everything that calls need, and say what to do; changes nothing')
    .addHelpText('after', '\nExamples:\n  voxproxy doctor\n')
    .action(() => choose(async (context) => (await import('../actions/doctor.js')).doctor(context)));
}
