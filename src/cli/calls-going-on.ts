import { callsOf } from '../domain/call-book.js';
import { type CallEntry, type CallRecord, SURELY_OVER_AFTER, TERMINAL } from '../domain/call-record.js';

/** Milliseconds in which the word of the other leg may still come: events are lost and overtake each other. */
const PATIENCE = { callerLeft: 2_000, calleeLeft: 30_000 };
const MOST_ENTRIES = 100;

type Going = { entries: CallEntry[]; answered: boolean; end: NodeJS.Timeout | null };

export type Watcher = {
  /** A call counts as answered from now on, or no longer: who is asked first may decline. */
  answered: (counts: boolean) => void;
  over: (call: CallRecord) => void;
};

/** The calls that were put through and are not over yet, from what is noted for the call log. */
export class CallsGoingOn {
  readonly #calls = new Map<string, Going>();
  readonly #ofLeg = new Map<string, string>();
  readonly #watcher: Watcher;

  constructor(watcher: Watcher) {
    this.#watcher = watcher;
  }

  get count(): number {
    return this.#calls.size;
  }

  note(entry: CallEntry): void {
    if (entry.kind === 'call') {
      this.#begin(entry);
      return;
    }
    const leg = 'leg' in entry ? entry.leg : '';
    const id = this.#calls.has(entry.call) ? entry.call : (this.#ofLeg.get(leg) ?? '');
    const going = this.#calls.get(id);
    if (going === undefined || going.entries.length >= MOST_ENTRIES) return;
    going.entries.push(entry);
    const [call] = callsOf(going.entries);
    if (call === undefined) return;
    const answered = call.answeredAt !== null;
    if (answered !== going.answered) this.#watcher.answered(answered);
    going.answered = answered;
    this.#expectEnd(id, going);
  }

  /** Nothing is told any more. */
  close(): void {
    for (const { end } of this.#calls.values()) if (end !== null) clearTimeout(end);
    this.#calls.clear();
    this.#ofLeg.clear();
  }

  #begin(entry: Extract<CallEntry, { kind: 'call' }>): void {
    if (entry.refused || this.#calls.has(entry.call)) return;
    for (const [id, { entries }] of this.#calls) {
      if (entry.at - (entries[0]?.at ?? 0) < SURELY_OVER_AFTER) break;
      this.#forget(id);
    }
    this.#calls.set(entry.call, { entries: [entry], answered: false, end: null });
    this.#ofLeg.set(entry.leg, entry.call);
  }

  #expectEnd(id: string, going: Going): void {
    const events = going.entries.filter((entry) => entry.kind === 'event');
    const over = (outbound: boolean) =>
      events.some((event) => event.outbound === outbound && TERMINAL.has(event.status));
    const [callerLeft, calleeLeft] = [over(false), over(true)];
    if (!callerLeft && !calleeLeft) return;
    if (going.end !== null) clearTimeout(going.end);
    const rang = events.some(({ outbound }) => outbound);
    const patience = callerLeft ? PATIENCE.callerLeft : PATIENCE.calleeLeft;
    if (callerLeft && (calleeLeft || !rang)) this.#finish(id, going);
    else going.end = setTimeout(() => this.#finish(id, going), patience).unref();
  }

  #finish(id: string, { entries }: Going): void {
    this.#forget(id);
    const [call] = callsOf(entries);
    if (call !== undefined) this.#watcher.over(call);
  }

  #forget(id: string): void {
    const going = this.#calls.get(id);
    this.#calls.delete(id);
    for (const entry of going?.entries ?? []) if (entry.kind === 'call') this.#ofLeg.delete(entry.leg);
  }
}
