import type { Command } from 'commander';
import type { Choose } from '../handler.js';

export type RekeyFlags = { newKeyFile?: string };
export type CopyFlags = { from?: string; to?: string; dryRun?: boolean };
export type MigrateFlags = { dryRun?: boolean };

const actions = () => import('../actions/store.js');
const KEY =
  'The key is VOXPROXY_ENCRYPTION_KEY, or lies in the file that the setting encryptionKeyFile names.';

export function addStoreCommands(program: Command, choose: Choose): void {
  const store = program.command('store').description('encrypt the store, or move it to PostgreSQL and back');
  store
    .command('encrypt')
    .description('seal the real numbers in the store')
    .addHelpText(
      'after',
      `\n${KEY}\n\nExamples:\n  export VOXPROXY_ENCRYPTION_KEY=$(openssl rand -hex 32)\n  voxproxy store encrypt\n`,
    )
    .action(() => choose(async (context) => (await actions()).encrypt(context)));
  store
    .command('decrypt')
    .description('write the real numbers in plain text again')
    .addHelpText('after', `\n${KEY}\n\nExamples:\n  voxproxy store decrypt\n`)
    .action(() => choose(async (context) => (await actions()).decrypt(context)));
  store
    .command('rekey')
    .description('seal the store with another key; erased people stay in quarantine')
    .option(
      '--new-key-file <path>',
      'the file of the new key; else it is asked for or read from standard input',
    )
    .addHelpText(
      'after',
      `\n${KEY}\n\nExamples:\n  openssl rand -hex 32 > new.key\n  voxproxy store rekey --new-key-file new.key\n`,
    )
    .action((flags: RekeyFlags) => choose(async (context) => (await actions()).rekey(context, flags)));
  store
    .command('copy')
    .description('put everything of one store into another, the log of calls included; safe to repeat')
    .option('--from <store>', 'json, the file in the home; postgres, what VOXPROXY_STORE names; or a URL')
    .option('--to <store>', 'the same; it must hold nothing that the other does not')
    .option('--dry-run', 'read and check everything, and write nothing')
    .addHelpText(
      'after',
      `\nA URL on the command line shows its password to others on this machine: leave it to PGPASSWORD or ~/.pgpass.

Examples:
  voxproxy store copy --from json --to postgres
  voxproxy store copy --from postgres --to json --dry-run
  voxproxy store copy --from json --to postgres://voxproxy@db.example.com/voxproxy
`,
    )
    .action((flags: CopyFlags) => choose(async (context) => (await actions()).copy(context, flags)));
  store
    .command('migrate')
    .description('bring the tables of a PostgreSQL store to this version')
    .option('--dry-run', 'say what would be done')
    .addHelpText(
      'after',
      '\nAn empty database is filled by whichever command comes first.\n\nExamples:\n  voxproxy store migrate\n',
    )
    .action((flags: MigrateFlags) => choose(async (context) => (await actions()).migrate(context, flags)));
}
