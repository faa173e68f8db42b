import type { Command } from 'commander';
import type { Choose } from '../handler.js';

export type RekeyFlags = { newKeyFile?: string };

const actions = () => import('../actions/store.js');
const KEY =
  'The key is VOXPROXY_ENCRYPTION_KEY, or lies in the file that the setting encryptionKeyFile names.';

export function addStoreCommands(program: Command, choose: Choose): void {
  const store = program.command('store').description('encrypt the store, decrypt it, or change its key');
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
}
