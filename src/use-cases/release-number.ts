import type { E164 } from '../domain/phone-number.js';
import type { PoolNumber } from '../domain/pool.js';
import { sessionsUsing } from '../domain/pool-usage.js';
import { type Instant, quarantineEndOf, type Session } from '../domain/session.js';
import { type ErrorReport, reportOf, VoxproxyError } from '../errors.js';
import type { Released, Store } from '../store/store.js';
import type { OwnedNumber, Vonage } from '../vonage/vonage.js';

export type ReleaseDependencies = {
  store: Store;
  vonage: Vonage;
  /** Undefined where no application is set. */
  applicationId: string | undefined;
  now: () => number;
};

export type GivenBack = {
  /** The sessions that `force` closed. */
  closed: Session[];
  /** False when Vonage has it linked to an application that is not ours: it is theirs, and stays rented. */
  cancelled: boolean;
};

/**
 * Gives a number of the pool back: it is routed no more, unlinked, cancelled and forgotten, in this order,
 * so that an interrupted release is finished by the next.
 *
 * @throws VoxproxyError `conflict` while live or quarantined legs use it, without `force`
 */
export async function releaseNumber(
  deps: ReleaseDependencies,
  kept: PoolNumber,
  force: boolean,
): Promise<GivenBack> {
  const { number } = kept;
  // Asked first, so that nothing is closed while Vonage cannot be reached.
  const owned = await deps.vonage.ownedNumber(number);
  const released = await deps.store.beginRelease(number, force, deps.now());
  if (released.kind === 'in-use') throw inUse(number, released.sessions);
  return finish(deps, kept, owned, released);
}

/** How soon it is noticed what other commands changed; looking costs a glance at the store's file. */
const LOOK_AGAIN = 500;
const SHORTEST_WAIT = 20;

/**
 * Hands a number to no new session from now on, waits until no leg uses it, and gives it back. Interrupted
 * at any moment, it is gone on with by the next call.
 *
 * @param onWaiting told the sessions that use it, at first and whenever they or their ends change
 * @throws VoxproxyError `conflict` when it was linked again, or released, meanwhile
 */
export async function releaseWhenIdle(
  deps: ReleaseDependencies & { sleep: (milliseconds: number) => Promise<void> },
  kept: PoolNumber,
  onWaiting: (sessions: readonly Session[]) => void,
): Promise<GivenBack> {
  const { store, vonage, now, sleep } = deps;
  const { number } = kept;
  await store.drainNumber(number);
  let seen: { sessions: readonly Session[]; users: Session[]; until: Instant } | null = null;
  let told = '';
  for (;;) {
    if (!(await isStillLeaving(store, number))) throw calledOff(number);
    const sessions = await store.sessions();
    // Among many sessions it takes a while to find those that use the number.
    if (seen === null || seen.sessions !== sessions || seen.until <= now()) {
      const users = sessionsUsing(number, sessions, now());
      seen = { sessions, users, until: Math.min(...users.map(quarantineEndOf)) };
    }
    if (seen.users.length > 0) {
      const news = seen.users.map((session) => `${session.id} ${quarantineEndOf(session)}`).join();
      if (news !== told) onWaiting(seen.users);
      told = news;
      const wait = Math.min(LOOK_AGAIN, Math.max(SHORTEST_WAIT, seen.until - now()));
      await sleep(wait).catch((error) => {
        throw stillDraining(number, reportOf(error));
      });
      continue;
    }
    const owned = await vonage.ownedNumber(number);
    const released = await store.beginReleaseOfDrained(number, now());
    if (released.kind === 'called-off') throw calledOff(number);
    if (released.kind === 'released') return finish(deps, kept, owned, released);
    seen = null;
  }
}

async function isStillLeaving(store: Store, number: E164): Promise<boolean> {
  const kept = (await store.numbers()).find((one) => one.number === number);
  return kept !== undefined && kept.state !== 'linked';
}

async function finish(
  { store, vonage, applicationId }: ReleaseDependencies,
  { number, country }: PoolNumber,
  owned: OwnedNumber | undefined,
  { closed }: Extract<Released, { kind: 'released' }>,
): Promise<GivenBack> {
  const user = owned?.applicationId ?? applicationId;
  const isOthers = applicationId !== undefined && user !== applicationId;
  if (owned !== undefined && !isOthers) {
    try {
      if (owned.applicationId !== null) accepted(await vonage.linkNumber(owned, null), 'unlink');
      accepted(await vonage.cancelNumber(number, country), 'cancel');
    } catch (error) {
      throw unfinished(reportOf(error), closed);
    }
  }
  await store.removeNumber(number);
  return { closed, cancelled: !isOthers };
}

function calledOff(number: E164): VoxproxyError {
  return new VoxproxyError(
    'conflict',
    `${number} was linked again, or released, by another command meanwhile.`,
    'Nothing was given back here. See the pool: voxproxy numbers list',
  );
}

function stillDraining(number: E164, { code, message }: ErrorReport): VoxproxyError {
  return new VoxproxyError(
    code,
    message,
    `The number is handed to no new session. Go on with: voxproxy numbers release ${number} --when-idle\n` +
      `Take it back into use with: voxproxy numbers link ${number}`,
  );
}

function unfinished({ code, message }: ErrorReport, closed: readonly Session[]): VoxproxyError {
  const ids = closed.map(({ id }) => id).join(', ');
  const ended = closed.length === 0 ? '' : ` Closed: ${ids}.`;
  return new VoxproxyError(
    code,
    message,
    `The number takes no more calls.${ended} Run the command again to finish.`,
  );
}

export function inUse(number: E164, sessions: readonly Session[]): VoxproxyError {
  const ids = sessions.map(({ id }) => id);
  return new VoxproxyError(
    'conflict',
    `${number} has live or quarantined legs of ${ids.length === 1 ? 'session' : 'sessions'} ${someOf(ids)}.`,
    'Wait until their quarantine is over with --when-idle, or close them with --force.',
  );
}

/** As many ids as a sentence can bear. */
export function someOf(ids: readonly string[]): string {
  return ids.length > 5 ? `${ids.slice(0, 5).join(', ')} and ${ids.length - 5} more` : ids.join(', ');
}

function accepted(outcome: Awaited<ReturnType<Vonage['cancelNumber']>>, verb: string): void {
  if (outcome.kind === 'done') return;
  throw new VoxproxyError('vonage', `Vonage refused to ${verb} the number: ${outcome.label}.`);
}
