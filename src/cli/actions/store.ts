import { type Context, encryptionKeyOf, readKeyFile } from '../../context.js';
import { VoxproxyError } from '../../errors.js';
import type { RekeyFlags } from '../commands/store.js';

export async function encrypt(context: Context): Promise<undefined> {
  await context.recryptStore(null, await currentKey(context));
  done(
    context,
    true,
    'The real numbers in the store are encrypted. Keep the key: without it nobody reads them again.',
  );
}

export async function decrypt(context: Context): Promise<undefined> {
  await context.recryptStore(await currentKey(context), null);
  done(
    context,
    false,
    'The store is in plain text. Take the key away: a store in plain text is not used while one is set.',
  );
}

export async function rekey(context: Context, { newKeyFile }: RekeyFlags): Promise<undefined> {
  const key = await currentKey(context);
  const { prompts } = context;
  const typed =
    newKeyFile !== undefined
      ? readKeyFile(newKeyFile)
      : prompts.canAsk
        ? await prompts.secret('The new key:')
        : await prompts.readAll();
  await context.recryptStore(key, encryptionKeyOf(typed));
  done(context, true, 'The store has the new key. Put it where the old one is set.');
}

async function currentKey(context: Context): Promise<Buffer> {
  const key = await context.encryptionKey();
  if (key !== null) return key;
  throw new VoxproxyError(
    'settings',
    'No encryption key is set.',
    'Make one with openssl rand -hex 32, and set it as VOXPROXY_ENCRYPTION_KEY.',
  );
}

function done({ out }: Context, encrypted: boolean, text: string): void {
  out.answer({ store: { encrypted } }, () => `${out.style.green('✔')} ${text}`);
  out.suggest('voxproxy audit');
}
