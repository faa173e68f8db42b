import { type Context, encryptionKeyOf, isPostgresUrl, readKeyFile } from '../../context.js';
import { VoxproxyError } from '../../errors.js';
import { copyStore, type House } from '../../use-cases/copy-store.js';
import type { CopyFlags, MigrateFlags, RekeyFlags } from '../commands/store.js';

export async function encrypt(context: Context): Promise<undefined> {
  await context.recryptStore(null, await currentKey(context));
  done(
    context,
    true,
    'The real numbers in the store are encrypted. Keep the key: without it nobody reads them again. Listeners that run must be started anew with it: until then callers hear an apology.',
  );
}

export async function decrypt(context: Context): Promise<undefined> {
  await context.recryptStore(await currentKey(context), null);
  done(
    context,
    false,
    'The store is in plain text. Take the key away, and start listeners anew: a store in plain text is not used while a key is set.',
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
  if (typed.trim() === '')
    throw new VoxproxyError(
      'settings',
      'rekey needs the new key.',
      'For example: voxproxy store rekey --new-key-file new.key',
    );
  await context.recryptStore(key, encryptionKeyOf(typed));
  done(
    context,
    true,
    'The store has the new key. Put it where the old one is set, and start listeners anew.',
  );
}

export async function copy(context: Context, flags: CopyFlags): Promise<undefined> {
  const [from, to] = [await placeOf(context, '--from', flags.from), await placeOf(context, '--to', flags.to)];
  if (from === to) throw new VoxproxyError('usage', '--from and --to are the same store.');
  const { out } = context;
  const [source, target] = [await context.house(from), await context.house(to)] as [House, House];
  const dryRun = flags.dryRun ?? false;
  let shown = 0;
  const { unmarked, ...copied } = await copyStore(source, target, {
    dryRun,
    now: context.now(),
    signal: context.signal,
    onProgress: (done, all) => {
      const now = context.now();
      if (!out.isTerminal || out.json || now - shown < PROGRESS) return;
      shown = now;
      out.say(`${done} of ${all} sessions …`);
    },
  });
  const { sessions, numbers, marked, logged } = copied;
  out.answer({ copied, ...(dryRun ? { dryRun } : {}) }, () =>
    [
      `${out.style.green('✔')} ${dryRun ? 'Everything could be copied' : 'Copied'} to ${target.store.shown}`,
      `  ${sessions} sessions, ${numbers} numbers, ${marked} people with a mark, ${logged} new entries of the log`,
    ].join('\n'),
  );
  if (unmarked > 0) {
    const people = unmarked === 1 ? '1 person' : `${unmarked} people`;
    const now = dryRun ? 'would be' : 'is';
    out.warn(`In ${target.store.shown} the mark of ${people}, blocked or without texts, ${now} gone.`);
  }
  if (!dryRun) out.suggest('voxproxy doctor');
}

/** Milliseconds between two lines of progress. */
const PROGRESS = 1_000;

async function placeOf(context: Context, flag: string, place: string | undefined): Promise<string | null> {
  if (place === 'json') return null;
  if (place === 'postgres') {
    const url = await context.postgresUrl();
    if (url !== null) return url;
    throw new VoxproxyError(
      'settings',
      'VOXPROXY_STORE is not set.',
      'Set it to postgres://user@host/database.',
    );
  }
  if (place !== undefined && isPostgresUrl(place)) return place;
  throw new VoxproxyError('usage', `${flag} takes json, postgres, or the URL of a PostgreSQL store.`);
}

export async function migrate(context: Context, { dryRun = false }: MigrateFlags): Promise<undefined> {
  const { out } = context;
  const url = await context.postgresUrl();
  if (url === null) {
    throw new VoxproxyError(
      'usage',
      'The store is the file in the home, and every voxproxy brings it up by itself.',
      'For a PostgreSQL store, set VOXPROXY_STORE.',
    );
  }
  const store = await context.postgresStore(url, await context.encryptionKey());
  const before = await store.version();
  if (!dryRun) await store.migrate();
  const { wanted } = store;
  out.answer({ store: { before, version: dryRun ? before : wanted, wanted } }, () =>
    before === wanted
      ? `${out.style.green('✔')} The tables have version ${wanted} already.`
      : dryRun
        ? `The tables would go from version ${before} to ${wanted}.`
        : `${out.style.green('✔')} The tables went from version ${before} to ${wanted}.`,
  );
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
