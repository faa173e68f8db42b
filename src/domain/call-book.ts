import { counts, isCallerGone, recordOf, sameEvent } from './call-outcome.js';
import type { CallEntry, CallRecord, CallStart, LegEvent } from './call-record.js';
import type { Instant } from './session.js';

/** Everything that was told of conversations and legs that belong together. */
type Group = {
  names: string[];
  starts: CallStart[];
  events: LegEvent[];
  turnedAway: string[];
  last: Instant;
};

export type ChangedCall = {
  call: CallRecord;
  /** Whether the caller is gone, so that little more will come. */
  isOver: boolean;
};

/**
 * Puts calls together from entries that come in any order, twice or never: both legs of a call share its
 * conversation, and a leg that was transferred goes on in another.
 */
export class CallBook {
  readonly #groups = new Map<string, Group>();
  readonly #changed = new Set<Group>();

  add(entry: CallEntry): void {
    // Most events say nothing, of legs that are known.
    if (entry.kind === 'event' && !counts(entry)) {
      const group = this.#groups.get(entry.call);
      if (group !== undefined && group === this.#groups.get(entry.leg)) return;
    }
    const group = this.#groupOf(namesOf(entry), entry.at);
    group.last = Math.max(group.last, entry.at);
    if (entry.kind === 'call') {
      if (!group.starts.some(({ call }) => call === entry.call)) group.starts.push(entry);
    } else if (entry.kind === 'declined') {
      group.turnedAway.push(entry.call);
    } else if (entry.kind === 'event' && counts(entry)) {
      addEvent(group.events, entry);
    }
    if (group.starts.length > 0) this.#changed.add(group);
  }

  /** Every call, oldest first. */
  calls(): CallRecord[] {
    return [...new Set(this.#groups.values())]
      .flatMap((group) => changedOf(group).map(({ call }) => call))
      .sort((one, other) => one.startedAt - other.startedAt);
  }

  /** The calls that something was told of since this was asked last, oldest first. */
  changes(): ChangedCall[] {
    const changed = [...this.#changed].flatMap(changedOf);
    this.#changed.clear();
    return changed.sort((one, other) => one.call.startedAt - other.call.startedAt);
  }

  /** Forgets what nothing was told of since this moment. */
  forget(before: Instant): void {
    for (const [name, group] of this.#groups) if (group.last < before) this.#groups.delete(name);
  }

  /** The group of these names; groups that turn out to be one become one. */
  #groupOf(names: readonly string[], at: Instant): Group {
    const [first = ''] = names;
    const same = this.#groups.get(first);
    if (same !== undefined && names.every((name) => this.#groups.get(name) === same)) return same;
    const known = new Set(names.flatMap((name) => this.#groups.get(name) ?? []));
    const [group = { names: [], starts: [], events: [], turnedAway: [], last: at }, ...others] = [
      ...known,
    ].sort((one, other) => other.names.length - one.names.length);
    for (const other of others) this.#merge(group, other);
    for (const name of names) {
      if (this.#groups.has(name)) continue;
      this.#groups.set(name, group);
      group.names.push(name);
    }
    return group;
  }

  #merge(into: Group, other: Group): void {
    const { names, starts, events, turnedAway, last } = other;
    this.#changed.delete(other);
    for (const name of names) this.#groups.set(name, into);
    into.names.push(...names);
    into.starts.push(...starts);
    for (const event of events) addEvent(into.events, event);
    into.turnedAway.push(...turnedAway);
    into.last = Math.max(into.last, last);
  }
}

/** The calls that the entries tell of, oldest first, whatever order the events came in. */
export function callsOf(entries: Iterable<CallEntry>): CallRecord[] {
  const book = new CallBook();
  for (const entry of entries) book.add(entry);
  return book.calls();
}

/** What an entry belongs to; an id that could not be read is empty, and joins nothing. */
function namesOf(entry: CallEntry): string[] {
  const conversations = entry.kind === 'moved' ? [entry.call, entry.to] : [entry.call];
  const legs = entry.kind === 'declined' ? [] : [entry.leg ?? ''];
  return [...conversations, ...legs].filter((id) => id !== '');
}

function addEvent(events: LegEvent[], event: LegEvent): void {
  const known = events.findIndex(({ leg, status }) => leg === event.leg && status === event.status);
  const before = events[known];
  if (before === undefined) events.push(event);
  else events[known] = sameEvent(before, event);
}

function changedOf({ starts, events, turnedAway }: Group): ChangedCall[] {
  const [first] = starts;
  return starts.map((start) => {
    // Calls that a transfer brought together keep what is told of each.
    const ownerOf = (id: string, leg: string) =>
      starts.find(({ call }) => call === id) ?? starts.find((one) => one.leg === leg && leg !== '') ?? first;
    const own = starts.length === 1 ? events : events.filter(({ call, leg }) => ownerOf(call, leg) === start);
    const declined = turnedAway.some((id) => ownerOf(id, '') === start);
    return { call: recordOf(start, own, declined), isOver: isCallerGone(own) };
  });
}
