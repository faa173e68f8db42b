import { digitsIn } from '../domain/digits.js';
import type { Opened } from '../domain/opening.js';
import { type Country, toMsisdn } from '../domain/phone-number.js';
import { type Session, SIDES, type Side, type Terms } from '../domain/session.js';
import { VoxproxyError } from '../errors.js';
import type { OpeningRequest, Store } from '../store/store.js';
import type { Vonage } from '../vonage/vonage.js';
import { type CheckedPeople, checkPeople, refusePoolNumbers } from './check-people.js';
import { type LookupInUse, lookUpPeople } from './look-up-people.js';
import { type Notified, notify } from './notify.js';
import { openingRefused } from './opening-refused.js';

/** Two people to pair; what was not given is absent or null. */
export type PairRequest = {
  numbers: Record<Side, string>;
  labels: Record<Side, string | null>;
  languages: Record<Side, string | null>;
  terms: Partial<Terms>;
};

export type PairOptions = {
  country: Country | null;
  allowPremium: boolean;
  allowedCountries: readonly Country[] | null;
  lookup: LookupInUse;
  sms: boolean;
  smsText: string;
  /** Seconds. */
  quarantine: number;
  dryRun: boolean;
};

export type PairDependencies = {
  store: Store;
  /** Called when the lookup or the SMS needs it. */
  vonage: () => Promise<Vonage>;
  now: () => number;
  newId: () => string;
  warn: (message: string) => void;
  signal: AbortSignal;
};

export type Paired = { session: Session; created: boolean; notified: Notified };

const NOBODY_TOLD: Notified = { a: 'skipped', b: 'skipped' };
const LOOKUPS_AT_ONCE = 8;

/**
 * Pairs many people in one write: check both, look both up, allocate, save, notify.
 * A session is saved before anyone is told.
 *
 * @returns for each request, in order, the session or why there is none
 */
export async function pair(
  deps: PairDependencies,
  requests: readonly (PairRequest | VoxproxyError)[],
  options: PairOptions,
): Promise<(Paired | VoxproxyError)[]> {
  const checked = requests.map((request) => attempt(() => check(request, options)));
  const { vonage, checked: pairable } = await reach(deps, checked, options);
  const found = await lookUpAll(deps, pairable, options, vonage);
  deps.signal.throwIfAborted();

  const saved = await save(deps, found, options);
  if (vonage === null || !options.sms || options.dryRun) return saved;

  const standing = saved.filter((one): one is Paired => !(one instanceof VoxproxyError));
  const notified = await notify(
    { ...deps, vonage, smsText: options.smsText },
    standing.map(({ session }) => session),
    (session, side) => session[side].notifiedAt === null,
  );
  const sessions = await newest(deps.store, standing);
  const told = new Map(
    standing.map((one, i) => [
      one,
      {
        ...one,
        session: sessions.get(one.session.id) ?? one.session,
        notified: notified[i] ?? NOBODY_TOLD,
      },
    ]),
  );
  return saved.map((one) => (one instanceof VoxproxyError ? one : (told.get(one) ?? one)));
}

/** A large store is not read whole for a few. */
const FEW = 20;

async function newest(store: Store, paired: readonly Paired[]): Promise<Map<string, Session>> {
  const sessions =
    paired.length > FEW
      ? await store.sessions()
      : await Promise.all(paired.map(({ session }) => store.session(session.id)));
  return new Map(sessions.flatMap((session) => (session === undefined ? [] : [[session.id, session]])));
}

type Checked = { request: PairRequest; people: CheckedPeople };

function check(request: PairRequest | VoxproxyError, { country, allowPremium }: PairOptions): Checked {
  if (request instanceof VoxproxyError) throw request;
  const people = checkPeople(request.numbers, { country, allowPremium });
  refuseNumbersInTexts(request, people);
  return { request, people };
}

/** A label is sent to the other side, a name stands in every list: neither may say a real number. */
function refuseNumbersInTexts({ labels, terms }: PairRequest, people: CheckedPeople): void {
  const national = SIDES.map((side) => toMsisdn(people[side].realNumber).slice(-NATIONAL_TAIL));
  for (const text of [labels.a, labels.b, terms.name ?? null]) {
    const digits = digitsIn(text ?? '');
    if (national.some((tail) => digits.includes(tail))) {
      throw new VoxproxyError(
        'usage',
        'A name or a label contains one of the real numbers.',
        'Others read it: use another text.',
      );
    }
  }
}

const NATIONAL_TAIL = 7;

/** Wrong use comes before missing credentials, and these before a store that cannot be read. */
async function reach(
  deps: PairDependencies,
  checked: (Checked | VoxproxyError)[],
  { lookup, sms, dryRun }: PairOptions,
) {
  if (allRefused(checked)) return { vonage: null, checked };
  const needsVonage = lookup !== 'offline' || (sms && !dryRun);
  const [numbers, vonage] = await Promise.allSettled([
    deps.store.numbers(),
    needsVonage ? deps.vonage() : null,
  ]);
  const pool = new Set(numbers.status === 'fulfilled' ? numbers.value.map(({ number }) => number) : []);
  const pairable = checked.map((one) =>
    attempt(() => {
      if (one instanceof VoxproxyError) throw one;
      refusePoolNumbers(one.people, pool);
      return one;
    }),
  );
  if (allRefused(pairable)) return { vonage: null, checked: pairable };
  if (vonage.status === 'rejected') throw vonage.reason;
  if (numbers.status === 'rejected') throw numbers.reason;
  return { vonage: vonage.value, checked: pairable };
}

function allRefused(checked: readonly (Checked | VoxproxyError)[]): boolean {
  return checked.every((one) => one instanceof VoxproxyError);
}

async function lookUpAll(
  deps: PairDependencies,
  checked: readonly (Checked | VoxproxyError)[],
  { lookup, allowedCountries }: PairOptions,
  vonage: Vonage | null,
): Promise<(Checked | VoxproxyError)[]> {
  const found: (Checked | VoxproxyError)[] = [...checked];
  let next = 0;
  const worker = async () => {
    while (next < found.length && !deps.signal.aborted) {
      const at = next++;
      const one = found[at] as Checked | VoxproxyError;
      if (one instanceof VoxproxyError) continue;
      try {
        const { people, warnings } = await lookUpPeople(one.people, lookup, vonage, allowedCountries);
        for (const warning of warnings) deps.warn(warning);
        found[at] = { ...one, people };
      } catch (error) {
        if (!(error instanceof VoxproxyError) || error.code === 'credentials') throw error;
        found[at] = error;
      }
    }
  };
  await Promise.all(Array.from({ length: LOOKUPS_AT_ONCE }, worker));
  return found;
}

async function save(
  { store, now, newId }: PairDependencies,
  found: readonly (Checked | VoxproxyError)[],
  { quarantine, dryRun }: PairOptions,
): Promise<(Paired | VoxproxyError)[]> {
  const pairable = found.filter((one): one is Checked => !(one instanceof VoxproxyError));
  const requests = pairable.map(
    ({ request, people }): OpeningRequest => ({
      a: { ...people.a, label: request.labels.a, language: request.languages.a },
      b: { ...people.b, label: request.labels.b, language: request.languages.b },
      given: request.terms,
      quarantine,
    }),
  );
  const at = now();
  const opened = dryRun
    ? await store.preview(requests, at)
    : requests.length === 0
      ? []
      : await store.open(requests, at, newId);
  const results = new Map(pairable.map((one, i) => [one, resultOf(opened[i] as Opened, one.people, at)]));
  return found.map((one) =>
    one instanceof VoxproxyError ? one : (results.get(one) as Paired | VoxproxyError),
  );
}

function resultOf(opened: Opened, people: CheckedPeople, now: number): Paired | VoxproxyError {
  if (opened.kind !== 'created' && opened.kind !== 'existing') return openingRefused(opened, people, now);
  return { session: opened.session, created: opened.kind === 'created', notified: NOBODY_TOLD };
}

function attempt<T>(act: () => T): T | VoxproxyError {
  try {
    return act();
  } catch (error) {
    if (error instanceof VoxproxyError) return error;
    throw error;
  }
}
