import { resolve } from 'node:path';
import type { Context } from '../../context.js';
import { compactDuration } from '../../domain/duration.js';
import type { E164 } from '../../domain/phone-number.js';
import { VoxproxyError } from '../../errors.js';
import { definition, SETTING_NAMES, SETTINGS, type SettingName } from '../../setting-definitions.js';
import type { Settings, Source } from '../../settings.js';
import { ListenerNotes } from '../../use-cases/running-listener.js';
import { personal } from '../format-number.js';
import { didYouMean, nearest } from '../nearest.js';
import { printable } from '../plain-text.js';
import { table } from '../table.js';

type Shown = { name: SettingName; value: unknown; source: Source | null };

export async function list(context: Context): Promise<undefined> {
  const settings = await context.settings();
  const all: Shown[] = [];
  for (const name of SETTING_NAMES) all.push(await shown(settings, name, context.globals.reveal));
  context.out.answer({ settings: all }, () =>
    table(
      ['setting', 'value', 'from'],
      all.map((one) => [one.name, valueText(one), one.source ?? '']),
      context.out.width,
    ),
  );
}

export async function get(context: Context, text: string): Promise<undefined> {
  const one = await shown(await context.settings(), nameOf(text), context.globals.reveal);
  if (one.source === null)
    throw new VoxproxyError(
      'not-found',
      `${one.name} is not set.`,
      `Set it with: voxproxy config set ${one.name}`,
    );
  context.out.answer(one, () => valueText(one));
}

export async function set(context: Context, text: string, typed: string | undefined): Promise<undefined> {
  const name = fileNameOf(text);
  const settings = await context.settings();
  const raw = await valueToSet(context, name, typed);
  await settings.set(name, raw);
  const saved: Shown = { name, value: presented(name, raw, context.globals.reveal), source: 'file' };
  const { out } = context;
  out.answer(saved, () => `${out.style.green('✔')} ${name} is set to ${valueText(saved)}`);
  const source = (await settings.find(name))?.source;
  if (new ListenerNotes(settings.home).read().length > 0)
    out.warn('The listener that runs goes on with what it read: start it anew.');
  if (source === 'env') out.warn(`The environment sets ${name} as well, and goes before the file.`);
  if (name in SETTING_UP) out.suggest(await nextToSetUp(settings));
}

async function nextToSetUp(settings: Settings): Promise<string> {
  for (const [name, command] of Object.entries(SETTING_UP))
    if ((await settings.find(name as SettingName)) === undefined) return command;
  return 'voxproxy numbers provision GB';
}

/** What an account needs, in order, each with the command that gives it. */
const SETTING_UP: Partial<Record<SettingName, string>> = {
  apiKey: 'voxproxy config set apiKey <key>',
  apiSecret: 'voxproxy config set apiSecret',
  signatureSecret: 'voxproxy config set signatureSecret',
  applicationId: 'voxproxy app create --public-url https://…',
};

export async function unset(context: Context, text: string): Promise<undefined> {
  const name = fileNameOf(text);
  const settings = await context.settings();
  await settings.unset(name);
  context.out.answer(
    await shown(settings, name, context.globals.reveal),
    () => `${context.out.style.green('✔')} ${name} is no longer in the file`,
  );
}

export async function path(context: Context): Promise<undefined> {
  const { path } = await context.settings();
  context.out.answer({ path }, () => path);
}

async function valueToSet(
  { prompts }: Context,
  name: SettingName,
  typed: string | undefined,
): Promise<string> {
  if (!isSecret(name) && !isKey(typed)) {
    if (typed === undefined) {
      throw new VoxproxyError(
        'usage',
        `config set ${name} needs a value.`,
        `Behind the name: voxproxy config set ${name} <value>`,
      );
    }
    // A relative path would mean another file from another directory.
    return name === 'privateKey' || name === 'encryptionKeyFile' ? resolve(typed) : typed;
  }
  if (typed !== undefined && typed !== '-') {
    throw new VoxproxyError(
      'usage',
      `${name} is a secret: on the command line others can read it.`,
      isSecret(name)
        ? `Leave it out to be asked, or send it to standard input: voxproxy config set ${name} < file`
        : 'Give the path of its file.',
    );
  }
  const value =
    prompts.canAsk && typed === undefined ? await prompts.secret(`${name}:`) : await prompts.readAll();
  return value.trim();
}

async function shown(settings: Settings, name: SettingName, reveal: boolean): Promise<Shown> {
  const found = await settings.find(name);
  if (found === undefined) return { name, value: null, source: null };
  const { value, source } = found;
  return { name, value: presented(name, value, reveal), source };
}

function presented(name: SettingName, value: unknown, reveal: boolean): unknown {
  if (isKey(value)) return masked('');
  if (isSecret(name)) return masked(String(value));
  const number = 'personal' in SETTINGS[name] ? definition(name).read(value) : undefined;
  return number === undefined ? value : personal(number as E164, reveal);
}

const SHOWN_OF_SECRETS = 4;

/** A short secret would be given away by its last four. */
function masked(secret: string): string {
  return `••••${secret.length > 2 * SHOWN_OF_SECRETS ? secret.trim().slice(-SHOWN_OF_SECRETS) : ''}`;
}

function valueText({ name, value }: Shown): string {
  if (value === null) return '';
  if ('seconds' in SETTINGS[name] && typeof value === 'number') return compactDuration(value);
  return typeof value === 'string' ? printable(value) : JSON.stringify(value);
}

/** A private key itself, where its path was meant. */
function isKey(value: unknown): boolean {
  return typeof value === 'string' && value.includes('-----BEGIN');
}

function isSecret(name: SettingName): boolean {
  return 'secret' in SETTINGS[name];
}

function nameOf(text: string): SettingName {
  const name = SETTING_NAMES.find((known) => known === text);
  if (name === undefined) {
    throw new VoxproxyError(
      'usage',
      'There is no such setting.',
      didYouMean(nearest(text, SETTING_NAMES)) ?? `There are ${SETTING_NAMES.join(', ')}.`,
    );
  }
  return name;
}

function fileNameOf(text: string): SettingName {
  const name = nameOf(text);
  const setting = SETTINGS[name];
  if ('envOnly' in setting)
    throw new VoxproxyError('usage', `${name} is set by the environment alone (${setting.env}).`);
  return name;
}
