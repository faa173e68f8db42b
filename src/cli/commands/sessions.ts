import type { Command } from 'commander';
import type { Choose } from '../handler.js';

export type ListFlags = { status?: string };
export type EraseFlags = { country?: string; yes?: true; dryRun?: true };
export type ExtendFlags = { ttl?: string };

const SESSION = ['<session>', 'its id, the beginning of its id, or its name'] as const;
const actions = () => import('../actions/sessions.js');

export function addSessionsCommands(program: Command, choose: Choose): void {
  const sessions = program.command('sessions').description('list, show, close, extend and notify sessions');
  sessions
    .command('list')
    .description('every session, newest first')
    .option('--status <status>', 'only those that are open, expired or closed')
    .addHelpText('after', '\nExamples:\n  voxproxy sessions list\n  voxproxy sessions list --status open\n')
    .action((flags: ListFlags) =>
      choose(async (context) => (await import('../actions/list-sessions.js')).listSessions(context, flags)),
    );
  sessions
    .command('show')
    .description('one session')
    .argument(...SESSION)
    .addHelpText(
      'after',
      '\nExamples:\n  voxproxy sessions show brave-otter\n  voxproxy sessions show brave --reveal\n',
    )
    .action((session: string) => choose(async (context) => (await actions()).show(context, session)));
  sessions
    .command('close')
    .description('end a session now')
    .argument(...SESSION)
    .addHelpText('after', '\nExamples:\n  voxproxy sessions close brave-otter\n')
    .action((session: string) => choose(async (context) => (await actions()).close(context, session)));
  sessions
    .command('extend')
    .description('let a session last longer, or live again')
    .argument(...SESSION)
    .option('--ttl <duration>', 'its time from now, for example 2h')
    .addHelpText('after', '\nExamples:\n  voxproxy sessions extend brave-otter --ttl 2h\n')
    .action((session: string, flags: ExtendFlags) =>
      choose(async (context) => (await actions()).extend(context, session, flags)),
    );
  sessions
    .command('notify')
    .description('tell by SMS those who have not been told; if both have, tell both again')
    .argument(...SESSION)
    .addHelpText('after', '\nExamples:\n  voxproxy sessions notify brave-otter\n')
    .action((session: string) => choose(async (context) => (await actions()).tell(context, session)));
  sessions
    .command('erase')
    .description('forget a person: close their sessions, and take their number out of all of them')
    .argument('<number>', 'their real number')
    .option('--country <code>', 'country of a number typed in national form')
    .option('--yes', 'do not ask')
    .option('--dry-run', 'show what would be erased; change nothing')
    .addHelpText(
      'after',
      "\nExamples:\n  voxproxy sessions erase '+44 7400 123456' --dry-run\n  voxproxy sessions erase 07400123456 --country GB\n",
    )
    .action((number: string, flags: EraseFlags) =>
      choose(async (context) => (await import('../actions/erase.js')).erase(context, number, flags)),
    );
  program
    .command('unpair')
    .description('the same as sessions close')
    .argument(...SESSION)
    .addHelpText('after', '\nExamples:\n  voxproxy unpair brave-otter\n')
    .action((session: string) => choose(async (context) => (await actions()).close(context, session)));
}
