import { LegIndex } from '../domain/leg-index.js';
import type { E164 } from '../domain/phone-number.js';
import { isInPool } from '../domain/pool.js';
import { legOf, type PersonId, type Session, SIDES, type Side } from '../domain/session.js';
import { peopleOf } from './people.js';
import type { FileIdentity } from './private-file.js';
import type { State } from './state.js';
import { placeOf } from './state-changes.js';
import type { Mark } from './store.js';
import type { StoreFile } from './store-file.js';

/** What the store file said at one moment. Each index is made when it is first asked for: most commands need few. */
export class Snapshot {
  readonly state: State;
  /** Null when there is no file. */
  readonly identity: FileIdentity | null;
  /** Null for a file that is not in today's form. */
  readonly file: StoreFile | null;
  /** Who has a number, as the store knows people. */
  readonly person: (number: E164) => PersonId;
  #byId: Map<string, Session> | null = null;
  #legs: LegIndex | null = null;
  #inPool: ReadonlySet<E164> | null = null;
  #marked: Record<Mark, ReadonlySet<PersonId>> | null = null;

  /** @param before the snapshot that the file was compared with; what is known of it is handed on */
  constructor(
    state: State,
    identity: FileIdentity | null,
    file: StoreFile | null = null,
    before: Snapshot | null = null,
  ) {
    this.state = state;
    this.identity = identity;
    this.file = file;
    const isSameKey = before !== null && before.state.lookupKey === state.lookupKey;
    this.person = isSameKey ? before.person : peopleOf(state.lookupKey);
    if (before !== null && file !== null) this.#takeOver(before, file);
  }

  /** Its line is looked for, unless every line was read already. */
  session(id: string): Session | undefined {
    const { sessions } = this.state;
    if (this.#byId === null && this.#legs === null) {
      const place = placeOf(id, sessions);
      return place === undefined ? undefined : sessions.at(place);
    }
    this.#byId ??= new Map(sessions.all().map((session) => [session.id, session]));
    return this.#byId.get(id);
  }

  get legs(): LegIndex {
    this.#legs ??= new LegIndex(this.state.sessions.all());
    return this.#legs;
  }

  get inPool(): ReadonlySet<E164> {
    this.#inPool ??= new Set(this.state.numbers.filter(isInPool).map(({ number }) => number));
    return this.#inPool;
  }

  get marked(): Record<Mark, ReadonlySet<PersonId>> {
    const { blocked, textsStopped } = this.state.marked;
    this.#marked ??= { blocked: new Set(blocked), textsStopped: new Set(textsStopped) };
    return this.#marked;
  }

  /** Keeps the indexes when sessions only took the place of themselves, or came at the end. */
  #takeOver(before: Snapshot, { shared }: StoreFile): void {
    const [byId, legs, were] = [before.#byId, before.#legs, before.state.sessions];
    const { sessions } = this.state;
    if (shared === null || (byId === null && legs === null)) return;
    const end = were.length - shared.last;
    if (sessions.length < were.length || (sessions.length > were.length && shared.last > 0)) return;
    for (let at = shared.first; at < end; at++) if (!hasSameLegs(were.at(at), sessions.at(at))) return;
    for (let at = shared.first; at < sessions.length - shared.last; at++) {
      const session = sessions.at(at);
      byId?.set(session.id, session);
      if (at < end) legs?.replace(were.at(at), session);
      else legs?.add(session);
    }
    this.#byId = byId;
    this.#legs = legs;
  }
}

function hasSameLegs(one: Session, other: Session): boolean {
  return one.id === other.id && SIDES.every((side) => hasSameLeg(one, other, side));
}

function hasSameLeg(one: Session, other: Session, side: Side): boolean {
  const [leg, otherLeg] = [legOf(one, side), legOf(other, side)];
  return leg.caller === otherLeg.caller && leg.dialled === otherLeg.dialled;
}
