import type { E164 } from '../domain/phone-number.js';
import type { NumberState, PoolNumber } from '../domain/pool.js';
import { sessionsUsing } from '../domain/pool-usage.js';
import { type Instant, isLive, isReserved, type Session, SIDES } from '../domain/session.js';
import type { Store } from '../store/store.js';
import type { OwnedNumber, Vonage } from '../vonage/vonage.js';

/** Why calls to a number of the pool do not reach us. */
export type Loss = 'gone' | 'unlinked' | 'other-application' | 'forwarded';

/** What is to be stored of a number, if it still is in the state that it was seen in. */
type Update = { number: PoolNumber; was: NumberState | null };

export type SyncPlan = {
  /** Linked to our application, and not in the pool until now. */
  added: Update[];
  /** Other features, country or type than the pool knew. */
  changed: Update[];
  restored: Update[];
  /** Every number that is lost, also those known to be. `update` is null where nothing is to be stored. */
  lost: { number: E164; loss: Loss; sessions: string[]; update: Update | null }[];
  /** Linked to our application, and somebody's real number. */
  realNumbers: E164[];
  /** Bought by us, and linked to nothing yet. */
  unfinished: E164[];
  /** Of the account, not ours, and linked to nothing or forwarding its calls. */
  unlinked: OwnedNumber[];
};

export type Surroundings = {
  pool: readonly PoolNumber[];
  /** Oldest first. */
  sessions: readonly Session[];
  owned: readonly OwnedNumber[];
  applicationId: string;
  now: Instant;
};

/** Compares the pool with what the account rents. */
export function planSync({ pool, sessions, owned, applicationId, now }: Surroundings): SyncPlan {
  const plan: SyncPlan = {
    added: [],
    changed: [],
    restored: [],
    lost: [],
    realNumbers: [],
    unfinished: [],
    unlinked: [],
  };
  const atVonage = new Map(owned.map((one) => [one.number, one]));
  for (const kept of pool) {
    const { number, state } = kept;
    const there = atVonage.get(number);
    const loss = lossOf(there, applicationId);
    // A choice that is not rented was not bought; a release that began is gone on with by itself.
    if (state === 'releasing' || (state === 'chosen' && there === undefined)) continue;
    if (there !== undefined && loss === null) {
      const { country, type, features } = there;
      const now = {
        ...kept,
        country,
        type,
        features,
        state: state === 'draining' ? state : 'linked',
      } as const;
      const update = { number: now, was: state };
      if (state === 'lost') plan.restored.push(update);
      else if (state === 'chosen' || state === 'bought') plan.added.push(update);
      else if (differs(kept, now)) plan.changed.push(update);
    } else if (there !== undefined && (state === 'chosen' || state === 'bought')) {
      plan.unfinished.push(number);
    } else {
      const users = sessionsUsing(number, sessions, now).filter((session) => isLive(session, now));
      plan.lost.push({
        number,
        loss: loss ?? 'gone',
        sessions: users.map(({ id }) => id),
        // One that drains is handed to nobody as it is.
        update:
          state === 'lost' || state === 'draining'
            ? null
            : { number: { ...kept, state: 'lost' }, was: state },
      });
    }
  }
  const known = new Set(pool.map(({ number }) => number));
  const people = realNumbersOf(sessions, now);
  for (const one of owned) {
    if (known.has(one.number)) continue;
    const { number, country, type, features } = one;
    if (lossOf(one, applicationId) === null) {
      if (people.has(number)) plan.realNumbers.push(number);
      else
        plan.added.push({
          number: { number, country, type, features, state: 'linked', order: null },
          was: null,
        });
    } else if (one.applicationId === null || one.applicationId === applicationId) plan.unlinked.push(one);
  }
  return plan;
}

/** Null for a number whose calls come to us. */
function lossOf(there: OwnedNumber | undefined, ours: string): Loss | null {
  if (there === undefined) return 'gone';
  if (there.applicationId === null) return 'unlinked';
  if (there.applicationId !== ours) return 'other-application';
  return there.forwarding === null ? null : 'forwarded';
}

function differs(one: PoolNumber, other: PoolNumber): boolean {
  const told = ({ country, type, features }: PoolNumber) =>
    [country, type, ...[...features].sort()].join(' ');
  return told(one) !== told(other);
}

/** The real numbers of people who are live or in quarantine; those erased are known to the store alone. */
export function realNumbersOf(sessions: readonly Session[], now: Instant): Set<E164> {
  const reserved = sessions.filter((session) => isReserved(session, now));
  return new Set(reserved.flatMap((session) => SIDES.flatMap((side) => session[side].realNumber ?? [])));
}

/**
 * Reads what a sync would change. The pool is read before Vonage is asked, so that a number bought
 * meanwhile is never taken for one that vanished.
 */
export async function readSync({
  store,
  vonage,
  applicationId,
  now,
}: {
  store: Store;
  vonage: Vonage;
  applicationId: string;
  now: () => number;
}): Promise<SyncPlan> {
  const pool = structuredClone(await store.numbers());
  const owned = await vonage.ownedNumbers();
  return planSync({ pool, sessions: await store.sessions(), owned, applicationId, now: now() });
}

/**
 * Stores what a sync found.
 *
 * @returns the plan without what was refused, and the numbers that another command changed meanwhile
 */
export async function applySync(
  { store, now }: { store: Store; now: () => number },
  plan: SyncPlan,
): Promise<{ plan: SyncPlan; overtaken: E164[] }> {
  const realNumbers = [...plan.realNumbers];
  const overtaken: E164[] = [];
  const stored = async (update: Update) => {
    const outcome = await store.updateNumber(update.number, update.was, now());
    if (outcome === 'real-number') realNumbers.push(update.number.number);
    if (outcome === 'changed') overtaken.push(update.number.number);
    return outcome === 'stored';
  };
  const allStored = async <T>(all: readonly T[], updateOf: (one: T) => Update | null) => {
    const done: T[] = [];
    for (const one of all) {
      const update = updateOf(one);
      if (update === null || (await stored(update))) done.push(one);
    }
    return done;
  };
  const itself = (update: Update) => update;
  return {
    plan: {
      ...plan,
      added: await allStored(plan.added, itself),
      changed: await allStored(plan.changed, itself),
      restored: await allStored(plan.restored, itself),
      lost: await allStored(plan.lost, ({ update }) => update),
      realNumbers,
    },
    overtaken,
  };
}
