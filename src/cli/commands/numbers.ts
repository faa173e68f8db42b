import type { Command } from 'commander';
import type { Choose } from '../handler.js';

export type SearchFlags = { features?: string; type?: string; pattern?: string; limit?: string };
export type ProvisionFlags = { count?: string; type?: string; yes?: true; dryRun?: true };
export type BuyFlags = { country?: string; yes?: true; dryRun?: true };
export type LinkFlags = { yes?: true; dryRun?: true };
export type BlockFlags = { country?: string };
export type ReleaseFlags = { whenIdle?: true; force?: true; yes?: true; dryRun?: true };
export type SyncFlags = { dryRun?: true };
export type PlanFlags = {
  country?: string;
  people?: string;
  sessionsEach?: string;
  ttl?: string;
  quarantine?: string;
};

const actions = () => import('../actions/numbers.js');
const COUNTRY = ['<country>', 'two letters, for example GB'] as const;

export function addNumbersCommands(program: Command, choose: Choose): void {
  const numbers = program.command('numbers').description('rent, list and release virtual numbers');
  numbers
    .command('provision')
    .description('rent numbers, link them to the application and add them to the pool')
    .argument(...COUNTRY)
    .option('--count <n>', 'how many', '2')
    .option('--type <type>', 'landline, mobile-lvn or landline-toll-free')
    .option('--yes', 'do not ask before spending')
    .option('--dry-run', 'show what would be rented; buy nothing')
    .addHelpText(
      'after',
      '\nExamples:\n  voxproxy numbers provision GB --count 3\n  voxproxy numbers provision GB --dry-run\n',
    )
    .action((country: string, flags: ProvisionFlags) =>
      choose(async (context) =>
        (await import('../actions/provision.js')).provisionNumbers(context, country, flags),
      ),
    );
  numbers
    .command('list')
    .description('the pool, and how many legs each number carries')
    .addHelpText('after', '\nExamples:\n  voxproxy numbers list\n')
    .action(() => choose(async (context) => (await actions()).list(context)));
  numbers
    .command('plan')
    .description('how many numbers the sessions need, what to buy and what could be released')
    .option('--country <code>', 'where to buy; by default where most people are')
    .option('--people <n>', 'forecast: how many people there will be, on either side')
    .option(
      '--sessions-each <n>',
      'forecast: sessions of one person a day, each with somebody else, e.g. 0.5',
    )
    .option('--ttl <duration>', 'forecast: how long a session lasts (1d)')
    .option('--quarantine <duration>', 'forecast: how long its numbers stay reserved (as configured)')
    .addHelpText(
      'after',
      '\nExamples:\n  voxproxy numbers plan\n' +
        '  voxproxy numbers plan --people 200 --sessions-each 3 --ttl 2h --quarantine 1d\n',
    )
    .action((flags: PlanFlags) =>
      choose(async (context) => (await import('../actions/plan-numbers.js')).plan(context, flags)),
    );
  numbers
    .command('sync')
    .description('bring the pool up to date with the numbers linked to the application at Vonage')
    .option('--dry-run', 'show what would change; change nothing')
    .addHelpText('after', '\nExamples:\n  voxproxy numbers sync --dry-run\n  voxproxy numbers sync\n')
    .action((flags: SyncFlags) =>
      choose(async (context) => (await import('../actions/sync-numbers.js')).sync(context, flags)),
    );
  numbers
    .command('search')
    .description('what can be rented, and its price')
    .argument(...COUNTRY)
    .option('--features <list>', 'what they must have, for example VOICE,SMS')
    .option('--type <type>', 'landline, mobile-lvn or landline-toll-free')
    .option('--pattern <digits>', 'digits that the number contains')
    .option('--limit <n>', 'how many to list, at most 100', '10')
    .addHelpText('after', '\nExamples:\n  voxproxy numbers search US --features VOICE,SMS --pattern 212\n')
    .action((country: string, flags: SearchFlags) =>
      choose(async (context) => {
        const { search } = await import('../actions/search-numbers.js');
        return search(context, country, flags);
      }),
    );
  numbers
    .command('buy')
    .description('rent just these numbers, without linking them')
    .argument('<number...>', 'as numbers search lists them')
    .option('--country <code>', 'the country they are listed under')
    .option('--yes', 'do not ask before spending')
    .option('--dry-run', 'show the price; buy nothing')
    .addHelpText('after', '\nExamples:\n  voxproxy numbers buy +442079460958 --country GB\n')
    .action((list: string[], flags: BuyFlags) =>
      choose(async (context) => (await import('../actions/buy-numbers.js')).buy(context, list, flags)),
    );
  numbers
    .command('link')
    .description('link numbers of the account to the application and add them to the pool')
    .argument('<number...>', 'that the account rents')
    .option('--yes', 'take them from another use without asking')
    .option('--dry-run', 'show what they are used for; change nothing')
    .addHelpText(
      'after',
      '\nExamples:\n  voxproxy numbers link +442079460958\n  voxproxy numbers link +442079460958 --dry-run\n',
    )
    .action((list: string[], flags: LinkFlags) =>
      choose(async (context) => (await import('../actions/link-numbers.js')).link(context, list, flags)),
    );
  numbers
    .command('release')
    .description('give a number back; it is never routed again')
    .argument('<number>', 'of the pool')
    .option('--when-idle', 'hand it to no new session, wait until no session uses it, then give it back')
    .option('--force', 'close the sessions that use it')
    .option('--yes', 'do not ask for the number to be typed')
    .option('--dry-run', 'show what it is used for; change nothing')
    .addHelpText(
      'after',
      '\nInterrupted while it waits, --when-idle goes on when it is run again.\n' +
        'A number that drains is taken back into use by: voxproxy numbers link <number>\n' +
        '\nExamples:\n  voxproxy numbers release +442079460958 --when-idle\n' +
        '  voxproxy numbers release +442079460958 --dry-run\n',
    )
    .action((number: string, flags: ReleaseFlags) =>
      choose(async (context) =>
        (await import('../actions/release-number.js')).release(context, number, flags),
      ),
    );
  numbers
    .command('block')
    .description('refuse the calls and texts of a person, whatever number they dial')
    .argument('<number>', 'their real number')
    .option('--country <code>', 'country of a number typed in national form')
    .addHelpText(
      'after',
      "\nExamples:\n  voxproxy numbers block '+44 7400 123456'\n  voxproxy numbers block 07400123456 --country GB\n",
    )
    .action((number: string, flags: BlockFlags) =>
      choose(async (context) =>
        (await import('../actions/block-number.js')).block(context, number, true, flags),
      ),
    );
  numbers
    .command('unblock')
    .description('take the calls of a person again')
    .argument('<number>', 'their real number')
    .option('--country <code>', 'country of a number typed in national form')
    .addHelpText('after', "\nExamples:\n  voxproxy numbers unblock '+44 7400 123456'\n")
    .action((number: string, flags: BlockFlags) =>
      choose(async (context) =>
        (await import('../actions/block-number.js')).block(context, number, false, flags),
      ),
    );
}
