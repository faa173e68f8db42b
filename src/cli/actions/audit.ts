import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../../context.js';
import { type Session, SIDES } from '../../domain/session.js';
import { exitCodeOf, VoxproxyError } from '../../errors.js';

/** A file or directory of voxproxy's, and whether its owner alone may read it. */
type Audited = { path: string; holds: string; mode: string; owner: number; ok: boolean };

const OTHERS = 0o077;
const CALL_LOG = 'calls';
const STORE = 'store.json';

export async function audit(context: Context): Promise<number> {
  const settings = await context.settings();
  const encrypted = (await context.encryptionKey()) !== null;
  const sessions = await (await context.store()).sessions();
  const people = peopleIn(sessions);
  const numbers = `the real numbers of ${people.known} ${people.known === 1 ? 'person' : 'people'}${encrypted ? ', encrypted' : ''}`;
  const address = await context.storeAddress();
  const ofStore = storeHolds(numbers, people.hashed);
  const found = filesIn(settings.home).map(({ name, path }) => ({
    path,
    holds: name !== STORE ? holdsOf(name) : address === null ? ofStore : leftBehind(path),
  }));
  const keyFile = await settings.get('encryptionKeyFile');
  if (keyFile !== undefined) found.push({ path: keyFile, holds: 'the encryption key' });
  const files = found.flatMap(({ path, holds }) => audited(path, holds));
  const database = address === null ? null : { address, holds: `${ofStore}; the call log` };
  const { out } = context;
  const ok = files.every((file) => file.ok);
  const lines = files.map(
    (file) =>
      `${file.ok ? out.style.green('✔') : out.style.red('✖')} ${file.path} (${file.mode})\n  ${file.holds}`,
  );
  if (database !== null)
    lines.push(`${database.address}\n  ${database.holds}\n  Who may read it, PostgreSQL decides.`);
  out.answer(
    { ok, encrypted, people: people.known, files, ...(database === null ? {} : { database }) },
    () => (lines.length === 0 ? `Nothing lies in ${settings.home}.` : lines.join('\n')),
  );
  const open = files.filter(({ ok }) => !ok);
  if (open.length === 0) return 0;
  out.warn(`Others than you may read ${open.length === 1 ? 'one of these' : `${open.length} of these`}.`);
  for (const { path } of open) out.say(`  chmod go= '${path}'`);
  return exitCodeOf('settings');
}

/** How many people's numbers stand in the store, and how many are known by their keyed hash alone. */
function peopleIn(sessions: readonly Session[]): { known: number; hashed: number } {
  const participants = sessions.flatMap((session) => SIDES.map((side) => session[side]));
  const known = new Set(
    participants.filter(({ realNumber }) => realNumber !== null).map(({ person }) => person),
  );
  const all = new Set(participants.map(({ person }) => person));
  return { known: known.size, hashed: all.size - known.size };
}

function filesIn(home: string): { name: string; path: string }[] {
  try {
    return [
      { name: '', path: home },
      ...readdirSync(home)
        .filter((name) => !isLock(name))
        .sort()
        .flatMap((name) => [
          { name, path: join(home, name) },
          ...(name === CALL_LOG ? daysIn(join(home, name)) : []),
        ]),
    ];
  } catch (error) {
    if (isGone(error)) return [];
    throw unreadable(`The directory ${home}`, error);
  }
}

function daysIn(directory: string): { name: string; path: string }[] {
  return readdirSync(directory)
    .sort()
    .map((name) => ({ name: join(CALL_LOG, name), path: join(directory, name) }));
}

/** Writers make these empty directories beside a file, and take them away when they are done. */
function isLock(name: string): boolean {
  return name.endsWith('.lock');
}

function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

function unreadable(what: string, error: unknown): VoxproxyError {
  const { code } = error as NodeJS.ErrnoException;
  return new VoxproxyError('store', `${what} cannot be read (${code}).`, 'Correct its permissions.');
}

function holdsOf(name: string): string {
  if (name === '') return 'the directory of settings and store';
  if (name === 'config.json') return 'settings, and the secrets that were set there';
  if (name === CALL_LOG) return 'the directory of the call log';
  if (name.startsWith(CALL_LOG))
    return 'calls and texts by session, with times and prices; no real number and no text';
  if (name === 'profiles') return 'the settings and stores of other profiles: audit each with --profile';
  if (name === 'listener.json') return 'where the running listener is; no personal data';
  if (name === 'webhooks.json') return 'the webhook URLs to put back; no personal data';
  if (/^private-.*\.key$/.test(name)) return 'the private key of the Vonage application';
  if (name.endsWith('.tmp')) return 'what a killed writer left; the next writer removes it';
  return 'not a file of voxproxy';
}

/** A store in the home that another has taken the place of: what is erased or encrypted there stays here. */
function leftBehind(path: string): string {
  let how = 'that nobody can read';
  try {
    const { encrypted } = JSON.parse(readFileSync(path, 'utf8'));
    how = encrypted === true ? 'with their real numbers, encrypted' : 'with their real numbers in plain text';
  } catch {}
  return `sessions ${how}, from before VOXPROXY_STORE was set; erasing and encrypting leave it as it is: delete it when you need it no more`;
}

function storeHolds(numbers: string, hashed: number): string {
  return `sessions with ${numbers}; ${hashed} more by keyed hash alone; who is blocked or wants no texts, by keyed hash; the lookup key`;
}

/** One file, or none when another command took it away meanwhile, as writers do with theirs. */
function audited(path: string, holds: string): Audited[] {
  try {
    const { mode, uid } = statSync(path);
    return [{ path, holds, mode: `0${(mode & 0o777).toString(8)}`, owner: uid, ok: (mode & OTHERS) === 0 }];
  } catch (error) {
    if (isGone(error)) return [];
    throw unreadable(path, error);
  }
}
