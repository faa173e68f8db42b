import type { Command } from 'commander';
import type { Choose } from '../handler.js';

export type SearchFlags = { features?: string; type?: string; pattern?: string; limit?: string };
export type ProvisionFlags = { count?: string; type?: string; yes?: true; dryRun?: true };
export type BuyFlags = { country?: string; yes?: true; dryRun?: true };
export type LinkFlags = { yes?: true; dryRun?: true };
export type BlockFlags = { country?: string };
export type ReleaseFlags = { force?: true; yes?: true; dryRun?: true };

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
    .addHelpText('after', '\nExample:\n  voxproxy numbers provision GB --count 3\n')
    .action((country: string, flags: ProvisionFlags) =>
      choose(async (context) =>
        (await import('../actions/provision.js')).provisionNumbers(context, country, flags),
      ),
    );
  numbers
    .command('list')
    .description('the pool, and how many legs each number carries')
    .action(() => choose(async (context) => (await actions()).list(context)));
  numbers
    .command('search')
    .description('what can be rented, and its price')
    .argument(...COUNTRY)
    .option('--features <list>', 'what they must have, for example VOICE,SMS')
    .option('--type <type>', 'landline, mobile-lvn or landline-toll-free')
    .option('--pattern <digits>', 'digits that the number contains')
    .option('--limit <n>', 'how many to list, at most 100', '10')
    .addHelpText('after', '\nExample:\n  voxproxy numbers search US --features VOICE,SMS --pattern 212\n')
    .action((country: string, flags: SearchFlags) =>
      choose(async (context) => (await actions()).search(context, country, flags)),
    );
  numbers
    .command('buy')
    .description('rent just these numbers, without linking them')
    .argument('<number...>')
    .option('--country <code>', 'the country they are listed under')
    .option('--yes', 'do not ask before spending')
    .option('--dry-run', 'show the price; buy nothing')
    .action((list: string[], flags: BuyFlags) =>
      choose(async (context) => (await import('../actions/buy-numbers.js')).buy(context, list, flags)),
    );
  numbers
    .command('link')
    .description('link numbers of the account to the application and add them to the pool')
    .argument('<number...>')
    .option('--yes', 'take them from another use without asking')
    .option('--dry-run', 'show what they are used for; change nothing')
    .action((list: string[], flags: LinkFlags) =>
      choose(async (context) => (await import('../actions/link-numbers.js')).link(context, list, flags)),
    );
  numbers
    .command('release')
    .description('give a number back; it is never routed again')
    .argument('<number>')
    .option('--force', 'close the sessions that use it')
    .option('--yes', 'do not ask for the number to be typed')
    .option('--dry-run', 'show what it is used for; change nothing')
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
    .action((number: string, flags: BlockFlags) =>
      choose(async (context) =>
        (await import('../actions/block-number.js')).block(context, number, false, flags),
      ),
    );
}
