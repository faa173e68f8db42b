import type { ChangedCall } from '../domain/call-book.js';
import type { Instant } from '../domain/session.js';
import { isUndelivered, type TextRecord } from '../domain/text-record.js';
import type { Wanted } from './calls-read.js';
import type { Output } from './output.js';
import { callDocument, callLine, textDocument, textLine } from './present-call-record.js';

/** How long the word of the caller's leg may take when the callee has hung up: they hear a sentence or two. */
const PATIENCE = 15_000;

/** What was told of a call or a text. */
type Told = { at: Instant; said: string };

/**
 * Tells of calls and texts as they change. People read a line when a call begins and one when it is over;
 * scripts get the whole document whenever it is another.
 */
export class FollowedCalls {
  readonly #out: Output;
  readonly #wanted: Wanted;
  readonly #told = new Map<string, Told>();
  /** Calls that have ended, as far as one leg tells, and since when. */
  readonly #ending = new Map<string, { changed: ChangedCall; since: Instant }>();

  constructor(out: Output, wanted: Wanted) {
    this.#out = out;
    this.#wanted = wanted;
  }

  tell(calls: readonly ChangedCall[], texts: readonly TextRecord[], now: Instant): void {
    const lines: { at: Instant; write: () => void }[] = [];
    for (const changed of calls) {
      const { startedAt, sessionId, id, endedAt } = changed.call;
      if (!this.#wanted.has(startedAt, sessionId)) continue;
      if (this.#out.json) this.#document(`call ${id}`, startedAt, { call: callDocument(changed.call) });
      else if (changed.isOver || (endedAt !== null && now - endedAt >= PATIENCE))
        lines.push({ at: endedAt ?? startedAt, write: () => this.#end(changed, now) });
      else lines.push({ at: startedAt, write: () => this.#begin(changed, now) });
    }
    for (const text of texts) {
      if (!this.#wanted.has(text.at, text.sessionId)) continue;
      if (this.#out.json) this.#document(`text ${text.id}`, text.at, { message: textDocument(text) });
      else lines.push({ at: text.at, write: () => this.#text(text) });
    }
    for (const { write } of lines.sort((one, other) => one.at - other.at)) write();
    for (const { changed, since } of this.#ending.values())
      if (now - since >= PATIENCE) this.#end(changed, now);
  }

  forget(before: Instant): void {
    for (const [key, { at }] of this.#told) if (at < before) this.#told.delete(key);
  }

  #document(key: string, at: Instant, document: object): void {
    const said = JSON.stringify(document);
    if (this.#told.get(key)?.said === said) return;
    this.#told.set(key, { at, said });
    this.#out.answer(document, () => '');
  }

  #begin(changed: ChangedCall, now: Instant): void {
    const { call } = changed;
    const { id, outcome, endedAt } = call;
    if (outcome === 'refused') {
      this.#end(changed, now);
      return;
    }
    const before = this.#told.get(`call ${id}`)?.said;
    if (before === 'end') return;
    if (endedAt !== null) this.#ending.set(id, { changed, since: this.#ending.get(id)?.since ?? now });
    if (before === undefined)
      this.#line(
        `call ${id}`,
        call.startedAt,
        'begin',
        callLine({ ...call, outcome: null, duration: null, price: null }, now),
      );
  }

  #end({ call }: ChangedCall, now: Instant): void {
    this.#ending.delete(call.id);
    if (this.#told.get(`call ${call.id}`)?.said !== 'end')
      this.#line(`call ${call.id}`, call.startedAt, 'end', callLine(call, now));
  }

  #text(text: TextRecord): void {
    const before = this.#told.get(`text ${text.id}`)?.said;
    if (before === undefined || (isUndelivered(text.outcome) && before !== text.outcome))
      this.#line(`text ${text.id}`, text.at, text.outcome, textLine(text));
  }

  #line(key: string, at: Instant, said: string, line: string): void {
    this.#told.set(key, { at, said });
    this.#out.tell(line);
  }
}
