import type { Erased } from '../domain/erasing.js';
import type { Extended } from '../domain/extending.js';
import type { Opened, Opening } from '../domain/opening.js';
import type { E164 } from '../domain/phone-number.js';
import type { NumberState, PoolNumber } from '../domain/pool.js';
import type { Located } from '../domain/routing.js';
import type { Instant, Session, Side } from '../domain/session.js';

type Unhashed<P> = Omit<P, 'person'>;

/** An opening before the store, which alone has the lookup key, turned numbers into persons. */
export type OpeningRequest = Omit<Opening, Side> & { a: Unhashed<Opening['a']>; b: Unhashed<Opening['b']> };

export type Told = { sessionId: string; side: Side; at: Instant };

/** What holds for one person, whatever sessions they have. */
export type Marks = {
  /** Their calls and texts are refused everywhere. */
  blocked: boolean;
  /** They asked for no more texts. */
  textsStopped: boolean;
};
export type Mark = keyof Marks;

export type Released =
  | { kind: 'released'; closed: Session[] }
  /** Live or quarantined legs use the number. */
  | { kind: 'in-use'; sessions: Session[] };

/**
 * Where sessions and virtual numbers live. Every change is atomic, and the invariants hold whatever
 * the callers do. Fails with a VoxproxyError: `store` when the data cannot be read or written,
 * `conflict` when other writers hold it for too long, `settings` when a newer voxproxy wrote it.
 */
export type Store = {
  /** Every session, oldest first. */
  sessions(): Promise<readonly Session[]>;
  session(id: string): Promise<Session | undefined>;
  /** What somebody may mean by a text: the session with that id; or those with that name or an id that begins so, oldest first. */
  sessionsMeant(text: string): Promise<readonly Session[]>;
  /** Every virtual number, whatever its state. */
  numbers(): Promise<readonly PoolNumber[]>;
  /** What routing needs to know about a call, from the newest data. */
  locate(caller: E164 | undefined, dialled: E164): Promise<Located>;
  marksOf(number: E164): Promise<Marks>;
  /** For who answers calls from it: what the first change by somebody else would take long for is done now. */
  expectChanges(): Promise<void>;

  /** Opens many sessions in one write; the results are in the order of the requests. */
  open(requests: readonly OpeningRequest[], now: Instant, newId: () => string): Promise<Opened[]>;
  /** What `open` would do, without doing it. */
  preview(requests: readonly OpeningRequest[], now: Instant): Promise<Opened[]>;
  /** Closes a session; one that is closed already stays as it is. Undefined when there is none with this id. */
  close(sessionId: string, now: Instant): Promise<Session | undefined>;
  extend(sessionId: string, ttl: number, now: Instant): Promise<Extended | undefined>;
  /** Notes that participants know which number to dial. */
  markTold(told: readonly Told[]): Promise<void>;

  /** Marks a person, known or not, or takes the mark away; says whether that changed anything. */
  mark(number: E164, mark: Mark, on: boolean): Promise<boolean>;

  /** Erases one person; their legs stay in quarantine by hash. */
  erase(number: E164, now: Instant): Promise<Erased>;
  /** Takes the real numbers out of sessions whose quarantine is over, as every change with a time does. */
  forgetEnded(now: Instant): Promise<void>;

  /** Adds a number or replaces what is kept of it; refuses one that is somebody's real number. */
  putNumber(number: PoolNumber, now: Instant): Promise<'stored' | 'real-number'>;
  /** As `putNumber`, while the number is still in the state that it `was` in; null for one not in the store. */
  updateNumber(
    number: PoolNumber,
    was: NumberState | null,
    now: Instant,
  ): Promise<'stored' | 'real-number' | 'changed'>;
  /** Hands a linked number to no new session from now on; calls to it are answered as before. */
  drainNumber(number: E164): Promise<void>;
  /** Takes a number out of every future route; with `force` it closes the sessions that use it. */
  beginRelease(number: E164, force: boolean, now: Instant): Promise<Released>;
  /** As `beginRelease` without force, unless the number is linked again, or gone. */
  beginReleaseOfDrained(number: E164, now: Instant): Promise<Released | { kind: 'called-off' }>;
  removeNumber(number: E164): Promise<void>;
};
