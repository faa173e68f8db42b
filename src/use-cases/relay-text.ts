import { createHash } from 'node:crypto';
import { type Keyword, keywordOf } from '../domain/keyword.js';
import { maskNumbers } from '../domain/mask-numbers.js';
import type { E164 } from '../domain/phone-number.js';
import { Recent } from '../domain/recent.js';
import { DEFAULT_POLICY, route } from '../domain/routing.js';
import type { TextKey } from '../domain/sentences.js';
import { isReserved } from '../domain/session.js';
import { partsOf } from '../domain/text-parts.js';
import type { TextEntry, TextFate } from '../domain/text-record.js';
import type { TextTraffic } from '../domain/text-traffic.js';
import { reportOf } from '../errors.js';
import type { Log } from '../log.js';
import type { Store } from '../store/store.js';
import type { InboundText } from '../vonage/text-webhooks.js';
import type { Vonage } from '../vonage/vonage.js';
import { type Sender, senderOf, type TextNotices } from './text-notices.js';
import { referenceOf } from './text-statuses.js';

export type RelayDependencies = {
  store: Pick<Store, 'locate' | 'marksOf' | 'mark'>;
  sendText: Vonage['sendText'];
  notices: TextNotices;
  traffic: TextTraffic;
  now: () => number;
  /** Whether phone numbers in texts are hidden where the session does not say. */
  maskNumbers: boolean;
  log: Log;
  /** Takes the entry for the log; nobody waits for it. */
  record: (entry: TextEntry) => void;
};

/** What became of a text here: `again` when Vonage is to bring it again, `ignored` when it is nobody's. */
type Handled = 'done' | 'again' | 'ignored';

/** Of participants alone, and more than a busy day has. */
const REMEMBERED = 200_000;
const IGNORED_REMEMBERED = 1_000;
/** Within half an hour or so; each could, at worst, deliver the text once more. Vonage would go on for a day. */
const ATTEMPTS = 6;

/** Passes texts on between participants, along the same legs as calls. */
export class TextRelay {
  readonly #deps: RelayDependencies;
  /** By id. Vonage brings a text again, perhaps while the first one is on its way. */
  readonly #handled = new Recent<Promise<Handled>>(REMEMBERED);
  /** Kept apart: strangers could push the ids of participants out. */
  readonly #ignored = new Recent<true>(IGNORED_REMEMBERED);
  /** By id of a text that Vonage is to bring again: how often it was tried, and how many parts went out. */
  readonly #unfinished = new Recent<{ attempts: number; partsSent: number }>(REMEMBERED);

  constructor(deps: RelayDependencies) {
    this.#deps = deps;
  }

  /** A text that was dealt with before this process began. */
  remember(id: string): void {
    this.#handled.set(id, Promise.resolve('done'));
  }

  /** Deals with a text once; false when nothing could be done, and Vonage is to bring it again. */
  async relay(text: InboundText): Promise<boolean> {
    const { id } = text;
    if (this.#ignored.get(id) !== undefined) return true;
    const before = this.#handled.get(id);
    if (before !== undefined) return (await before) !== 'again';
    const handling = this.#handle(text).catch((error): Handled => {
      this.#deps.log.error('text could not be dealt with', { message: id, error: reportOf(error).message });
      return 'again';
    });
    this.#handled.set(id, handling);
    const handled = await handling;
    if (handled !== 'done') this.#handled.delete(id);
    if (handled === 'ignored') this.#ignored.set(id, true);
    return handled !== 'again';
  }

  async #handle({ id, sender: number, dialled, text }: InboundText): Promise<Handled> {
    const { store, log, now } = this.#deps;
    const located = await store.locate(number, dialled);
    const sender = number === undefined ? undefined : senderOf(located, number);
    if (sender === undefined || located.callerIsInPool) {
      const cause = located.callerIsInPool ? 'one of our own numbers' : 'a stranger';
      log.info('text not passed on', { message: id, cause });
      return 'ignored';
    }
    const keyword = text === null ? undefined : keywordOf(text);
    if (keyword !== undefined) return this.#obey(keyword, id, sender, located.callerIsBlocked);
    const decided = route(located, located.now ?? now(), DEFAULT_POLICY);
    if (decided.kind !== 'connect') {
      const reason = decided.kind === 'refuse' ? decided.reason : 'unknown';
      log.info('text not passed on', { message: id, session: decided.sessionId, cause: reason });
      if (decided.sessionId === null) return 'ignored';
      return this.#drop(id, sender, 'refused', reason !== 'blocked');
    }
    if (text === null) {
      log.warn('text not passed on', { message: id, session: decided.sessionId, cause: 'not a text' });
      return this.#drop(id, sender, 'refused');
    }
    if (!this.#isWithinLimits(id, sender, text)) return this.#drop(id, sender, 'limited');
    if ((await store.marksOf(decided.callee)).textsStopped) return this.#drop(id, sender, 'refused');
    return this.#forward(id, sender, { from: decided.callerId, to: decided.callee }, text);
  }

  /** A text that Vonage brings again was counted before. */
  #isWithinLimits(id: string, { session, side }: Sender, text: string): boolean {
    if (this.#unfinished.get(id) !== undefined) return true;
    const digest = createHash('sha256').update(text).digest('base64url');
    return this.#deps.traffic.admit(session.id, side, digest, this.#deps.now());
  }

  async #forward(id: string, sender: Sender, way: { from: E164; to: E164 }, text: string): Promise<Handled> {
    const { session, side } = sender;
    const { log, sendText, notices } = this.#deps;
    const said = (session.maskNumbers ?? this.#deps.maskNumbers) ? maskNumbers(text) : text;
    const progress = this.#unfinished.get(id) ?? { attempts: 0, partsSent: 0 };
    progress.attempts++;
    this.#unfinished.set(id, progress);
    try {
      for (const part of partsOf(said).slice(progress.partsSent)) {
        await sendText({ ...way, text: part, reference: referenceOf(session.id, side, id) });
        progress.partsSent++;
      }
    } catch (error) {
      const { message } = reportOf(error);
      log.error('text could not be passed on', {
        message: id,
        session: session.id,
        from: side,
        error: message,
      });
      // When not even that can be told, Vonage was out of reach altogether, and brings it again.
      const told = await notices.undelivered(id, sender);
      if (!told && progress.attempts < ATTEMPTS) return 'again';
      return this.#note(id, sender, 'failed');
    }
    log.info('text passed on', { message: id, session: session.id, from: side });
    return this.#note(id, sender, 'forwarded');
  }

  /** Passes a text on to nobody; the sender is told, unless they were told of another one just now. */
  async #drop(id: string, sender: Sender, fate: TextFate, told = true): Promise<Handled> {
    const { session, side } = sender;
    const { traffic, notices, now } = this.#deps;
    if (told && traffic.admitNoticeOfDrop(session.id, side, now())) await notices.tell(sender, 'undelivered');
    return this.#note(id, sender, fate);
  }

  async #obey(keyword: Keyword, id: string, sender: Sender, isBlocked: boolean): Promise<Handled> {
    const { store, now, log, traffic, notices } = this.#deps;
    const { session, side, number } = sender;
    log.info('text asks for something', { message: id, session: session.id, from: side, keyword });
    const stops = keyword === 'stop';
    const changed = keyword === 'help' || (await store.mark(number, 'textsStopped', stops));
    const answered = changed && !isBlocked && isReserved(session, now());
    if (answered && traffic.admit(session.id, side, keyword, now()))
      await notices.tell(sender, ANSWERS[keyword], keyword !== 'start');
    return this.#note(id, sender, keyword);
  }

  #note(id: string, { session, side }: Sender, fate: TextFate): 'done' {
    const { record, now } = this.#deps;
    this.#unfinished.delete(id);
    record({ kind: 'text', text: id, at: now(), sessionId: session.id, from: side, fate });
    return 'done';
  }
}

const ANSWERS: Record<Keyword, TextKey> = { stop: 'stopped', start: 'started', help: 'help' };
