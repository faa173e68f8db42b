import { statSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import type { Context } from '../context.js';
import { isLoopback } from '../domain/loopback.js';
import { webhooksAt } from '../listener/paths.js';
import { SETTING_NAMES, type SettingName, type SettingValue } from '../setting-definitions.js';
import type { Settings } from '../settings.js';
import { accountChecks, clockChecks } from '../use-cases/checks/account-checks.js';
import { applicationChecks } from '../use-cases/checks/application-checks.js';
import { type Check, checksOf, failure, type Known, knownOf, skipped } from '../use-cases/checks/check.js';
import { fileChecks, journalChecks, nodeCheck } from '../use-cases/checks/house-checks.js';
import { numberChecks } from '../use-cases/checks/number-checks.js';
import { settingsChecks } from '../use-cases/checks/settings-checks.js';
import { type StoreFacts, storeChecks } from '../use-cases/checks/store-checks.js';
import { webhookChecks } from '../use-cases/checks/webhook-checks.js';
import { lookupInUse } from '../use-cases/look-up-people.js';
import { runningListener } from '../use-cases/running-listener.js';
import type { Vonage } from '../vonage/vonage.js';
import { personal } from './format-number.js';
import { rehearsalChecks } from './rehearsal-checks.js';
import { spaced } from './spaced-number.js';

/** Milliseconds for each question to Vonage. */
const PATIENCE = 7_000;

/** Looks at everything that calls need, as much as possible at the same time. */
export async function diagnose(context: Context): Promise<Check[]> {
  const node = nodeCheck(process.versions.node, wantedNode());
  const loaded = await knownOf(context.settings());
  return loaded.kind === 'known'
    ? [node, ...(await diagnoseWith(context, loaded.value))]
    : [node, ...checksOf('settings', loaded, () => [])];
}

async function diagnoseWith(context: Context, settings: Settings): Promise<Check[]> {
  const { home } = settings;
  const now = context.now();
  const { value, unreadable } = await readSettings(settings);
  const apiHost = value('apiHost');
  const applicationId = value('applicationId');
  const hasPrivateKey = value('privateKey') !== undefined;
  const isSandbox = apiHost !== undefined && isLoopback(apiHost);
  const note = await runningListener(home);
  const base = note?.base ?? value('publicUrl') ?? null;

  const vonage = await reachVonage(context, unreadable.length > 0, {
    hasCredentials: value('apiKey') !== undefined && value('apiSecret') !== undefined,
  });
  const ask = <T>(question: (vonage: Vonage) => Promise<T>) => askVonage(vonage, question);
  const ofApplication = <T>(question: (vonage: Vonage, id: string) => Promise<T>) =>
    applicationId === undefined
      ? Promise.resolve<Known<T>>({ kind: 'skipped', why: 'applicationId is needed.' })
      : ask((reached) => question(reached, applicationId));
  const asked = {
    balance: ask((reached) => reached.balance()),
    skew: ask((reached) => clockSkew(reached, context.now)),
    application: ofApplication((reached, id) => reached.application(id)),
    owned: ofApplication((reached) => reached.ownedNumbers()),
  };
  const store = knownOf(readStore(context, home));
  const application = afterBalance(asked.balance, asked.application);
  const rehearsals = rehearsalChecks(context, {
    store,
    application,
    base,
    here: note?.url ?? (value('port') === undefined ? null : `http://127.0.0.1:${value('port')}`),
    noted: note !== undefined,
    isSandbox,
    canSign: ['signatureSecret', 'apiKey', 'applicationId'].every(
      (name) => value(name as SettingName) !== undefined,
    ),
  });
  const kept = await store;
  const owned = await afterBalance(asked.balance, asked.owned);
  return [
    ...settingsChecks({
      unreadable,
      apiKey: value('apiKey'),
      apiSecret: value('apiSecret'),
      applicationId,
      signatureSecret: value('signatureSecret'),
      lookup: value('lookup'),
      numberInsightEnded: lookupInUse('auto', now) !== 'number-insight',
    }),
    ...fileChecks(home),
    ...checksOf('store', kept, storeChecks),
    ...(vonage.kind === 'failed' ? [failure('private key', vonage.error)] : []),
    ...accountChecks(await asked.balance),
    ...clockChecks(await afterBalance(asked.balance, asked.skew)),
    ...checksOf('application', await application, (found) => [
      ...applicationChecks(found, hasPrivateKey),
      ...(found === undefined ? [] : webhookChecks({ application: found, base, at: webhooksAt, isSandbox })),
    ]),
    ...checksOf('numbers', owned, (rented) =>
      kept.kind === 'known'
        ? numberChecks({ ...kept.value, owned: rented, applicationId: applicationId ?? '' })
        : [skipped('numbers', 'The store cannot be read.')],
    ),
    ...(await rehearsals),
    ...journalChecks(home, note !== undefined),
  ];
}

/** The minimum of package.json. */
function wantedNode(): string {
  const { engines } = manifest;
  return engines.node.replace(/[^\d.]/g, '');
}

/** Every setting that can be read, and what is wrong with the others. */
async function readSettings(settings: Settings) {
  const values: Partial<Record<SettingName, unknown>> = {};
  const unreadable = new Set<string>();
  for (const name of SETTING_NAMES) {
    const found = await knownOf(settings.find(name));
    if (found.kind === 'known') values[name] = found.value?.value;
    else if (found.kind === 'failed') unreadable.add(found.error.message);
  }
  const value = <N extends SettingName>(name: N) => values[name] as SettingValue<N> | undefined;
  return { value, unreadable: [...unreadable] };
}

async function reachVonage(
  context: Context,
  isUnreadable: boolean,
  { hasCredentials }: { hasCredentials: boolean },
): Promise<Known<Vonage>> {
  if (isUnreadable) return { kind: 'skipped', why: 'A setting cannot be read.' };
  if (!hasCredentials) return { kind: 'skipped', why: 'apiKey and apiSecret are needed.' };
  return knownOf(context.vonage().then((vonage) => vonage.hurried(PATIENCE)));
}

async function askVonage<T>(
  vonage: Known<Vonage>,
  question: (vonage: Vonage) => Promise<T>,
): Promise<Known<T>> {
  if (vonage.kind === 'failed') return { kind: 'skipped', why: 'The private key cannot be used.' };
  if (vonage.kind === 'skipped') return vonage;
  return knownOf(question(vonage.value));
}

/** What failed for the same reason as the first question is not told again. */
async function afterBalance<T>(first: Promise<Known<number>>, asked: Promise<Known<T>>): Promise<Known<T>> {
  const [balance, known] = await Promise.all([first, asked]);
  if (balance.kind !== 'failed' || known.kind !== 'failed' || balance.error.code !== known.error.code)
    return known;
  const refused = known.error.code === 'credentials';
  return { kind: 'skipped', why: refused ? 'Vonage refused the credentials.' : 'Vonage could not be asked.' };
}

/** Seconds by which this machine's clock goes before Vonage's, which tells whole ones. */
async function clockSkew(vonage: Vonage, now: () => number): Promise<number | null> {
  const before = now();
  const time = await vonage.time();
  return time === null ? null : ((before + now()) / 2 - (time + 500)) / 1000;
}

async function readStore(context: Context, home: string): Promise<StoreFacts> {
  const store = await context.store();
  const { reveal } = context.globals;
  const isEncrypted = (await context.encryptionKey()) !== null;
  return {
    pool: await store.numbers(),
    sessions: await store.sessions(),
    where: `${(await context.storeAddress()) ?? placeOf(join(home, 'store.json'))}${isEncrypted ? ', encrypted' : ''}`,
    now: context.now(),
    spaced,
    personal: (number) => personal(number, reveal),
  };
}

function placeOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? `${path} is not there yet` : `${path}, ${Math.ceil(stat.size / 1000)} kB`;
}
