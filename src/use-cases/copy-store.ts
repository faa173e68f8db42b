import { type Instant, isLive, isReserved, legOf, type Session, SIDES } from '../domain/session.js';
import { VoxproxyError } from '../errors.js';
import type { CallLog, LogEntry } from '../store/call-log.js';
import type { Portable, SessionPages, StoreFrame } from '../store/portable.js';

/** A store and the log that belongs to it. */
export type House = {
  store: Portable;
  log: Pick<CallLog, 'reader'>;
  append: (entries: readonly LogEntry[]) => Promise<void>;
};

export type Copied = {
  sessions: number;
  numbers: number;
  /** People who are blocked or want no texts. */
  marked: number;
  /** People who had a mark in the target, and have it no more. */
  unmarked: number;
  /** Entries of the log that the target did not have. */
  logged: number;
};

export type CopyOptions = {
  dryRun: boolean;
  now: Instant;
  signal: AbortSignal;
  onProgress: (done: number, all: number) => void;
};

/**
 * Puts everything of one store into another, counted and checked, as one step. A target that holds anything that the
 * source does not is refused; so it can be done again, and again.
 *
 * @throws VoxproxyError `conflict` when something would be lost, `store` when the source breaks an invariant
 */
export async function copyStore(from: House, to: House, options: CopyOptions): Promise<Copied> {
  const held = await to.store.give(async (frame, pages) => ({ ...frame, states: await statesOf(pages) }));
  const copied = await from.store.give(async (frame, pages) => {
    refuseOther(frame, held, to.store.shown);
    const lost: Lost = { missing: held.states, undone: 0 };
    const checked = check(frame, pages, options, (session) => {
      const there = held.states.get(session.id);
      if (there !== undefined && isBehind(session, there)) lost.undone++;
      lost.missing.delete(session.id);
    });
    const counted = { sessions: 0 };
    const all = refuseLosing(count(checked, counted), lost, to.store.shown);
    if (options.dryRun) for await (const _page of all);
    else await to.store.take(frame, all);
    const unmarked = unmarkedIn(frame, held);
    return { sessions: counted.sessions, numbers: frame.numbers.length, marked: markedIn(frame), unmarked };
  });
  if (!options.dryRun) await refuseMiscount(to.store, copied);
  return { ...copied, logged: await copyLog(from, to, options) };
}

/** What has happened to a session that must not be undone. */
type State = Pick<Session, 'closedAt' | 'expiresAt'> & { forgotten: readonly boolean[] };

function stateOf({ closedAt, expiresAt, a, b }: Session): State {
  return { closedAt, expiresAt, forgotten: [a.realNumber === null, b.realNumber === null] };
}

async function statesOf(pages: SessionPages): Promise<Map<string, State>> {
  const states = new Map<string, State>();
  for await (const page of pages) for (const session of page) states.set(session.id, stateOf(session));
  return states;
}

/** Whether the session was closed, extended or erased there since it was as it is here. */
function isBehind(here: Session, there: State): boolean {
  const { closedAt, expiresAt, forgotten } = stateOf(here);
  const isExtendedHere = (expiresAt ?? 0) > (there.expiresAt ?? 0);
  return (
    there.forgotten.some((isForgotten, side) => isForgotten && !forgotten[side]) ||
    (there.closedAt !== null && closedAt === null && !isExtendedHere) ||
    (there.expiresAt ?? 0) > (expiresAt ?? 0)
  );
}

function refuseOther(source: StoreFrame, held: StoreFrame, shown: string): void {
  const isEmpty = held.count === 0 && held.numbers.length === 0 && markedIn(held) === 0;
  if (isEmpty || held.lookupKey === source.lookupKey) return;
  throw new VoxproxyError(
    'conflict',
    `The store ${shown} holds something of its own already.`,
    'Nothing was changed. Copy into an empty one.',
  );
}

/** How many the target knows to be blocked, or to want no texts, of whom the source does not. */
function unmarkedIn(source: StoreFrame, held: StoreFrame): number {
  const people = (['blocked', 'textsStopped'] as const).flatMap((mark) => {
    const known = new Set(source.marked[mark]);
    return held.marked[mark].filter((person) => !known.has(person));
  });
  return new Set(people).size;
}

type Lost = { missing: Map<string, State>; undone: number };

/** Everything but the last page is on its way when the last one shows what would be lost: then all of it is undone. */
async function* refuseLosing(
  pages: SessionPages,
  lost: Lost,
  shown: string,
): SessionPages & AsyncGenerator<readonly Session[]> {
  yield* pages;
  const { missing, undone } = lost;
  if (missing.size > 0) throw wouldLose(`${areSessions(missing.size)} that the other does not have`, shown);
  if (undone > 0) throw wouldLose(`${areSessions(undone)} closed, extended or erased since`, shown);
}

function areSessions(count: number): string {
  return count === 1 ? 'there is 1 session' : `there are ${count} sessions`;
}

function wouldLose(what: string, shown: string): VoxproxyError {
  return new VoxproxyError(
    'conflict',
    `In the store ${shown} ${what}.`,
    'Nothing was changed. Copy in the other direction, or into an empty store.',
  );
}

/** Invariants of every store: no leg has two live owners, nobody is paired with themselves, no real number is ours. */
async function* check(
  { numbers, count }: StoreFrame,
  pages: SessionPages,
  { now, signal, onProgress }: CopyOptions,
  onSession: (session: Session) => void,
) {
  const ours = new Set(numbers.map(({ number }) => number));
  const legs = new Set<string>();
  let done = 0;
  for await (const page of pages) {
    signal.throwIfAborted();
    for (const session of page) {
      onSession(session);
      if (session.a.person === session.b.person) throw broken(session, 'pairs somebody with themselves');
      for (const side of SIDES) {
        const { realNumber } = session[side];
        if (realNumber !== null && ours.has(realNumber) && isReserved(session, now))
          throw broken(session, 'has a virtual number for a real one');
        if (!isLive(session, now)) continue;
        const { caller, dialled } = legOf(session, side);
        if (legs.has(caller + dialled)) throw broken(session, 'has a leg that another live session has');
        legs.add(caller + dialled);
      }
    }
    done += page.length;
    onProgress(done, count);
    yield page;
  }
}

async function* count(pages: SessionPages, counted: { sessions: number }) {
  for await (const page of pages) {
    counted.sessions += page.length;
    yield page;
  }
}

function broken({ id }: Session, what: string): VoxproxyError {
  return new VoxproxyError('store', `The session ${id} ${what}.`, 'Nothing was changed.');
}

async function refuseMiscount(
  target: Portable,
  { sessions, numbers, marked }: Omit<Copied, 'logged' | 'unmarked'>,
): Promise<void> {
  const there = await target.give(async (frame) => frame);
  if (there.count === sessions && there.numbers.length === numbers && markedIn(there) === marked) return;
  throw new VoxproxyError(
    'store',
    `The copy in ${target.shown} does not hold as much as the source.`,
    'Somebody wrote to it meanwhile. Stop them, and copy again.',
  );
}

function markedIn({ marked }: StoreFrame): number {
  return new Set([...marked.blocked, ...marked.textsStopped]).size;
}

async function copyLog(from: House, to: House, { dryRun, signal }: CopyOptions): Promise<number> {
  const known = new Set<string>();
  for await (const entries of to.log.reader().read()) for (const entry of entries) known.add(textOf(entry));
  let logged = 0;
  for await (const entries of from.log.reader().read()) {
    signal.throwIfAborted();
    const fresh = entries.filter((entry) => !known.has(textOf(entry)));
    logged += fresh.length;
    if (!dryRun) await to.append(fresh);
  }
  return logged;
}

/** The same for the same entry, in whatever order its fields come; older lines leave out what nobody told. */
function textOf(entry: LogEntry): string {
  const told = Object.entries(entry).filter(([, value]) => value !== null);
  return JSON.stringify(told.sort(([one], [other]) => (one < other ? -1 : 1)));
}
