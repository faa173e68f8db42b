import { type Keyword, keywordOf } from '../domain/keyword.js';
import { maskNumbers } from '../domain/mask-numbers.js';
import { languageFor, type Voice } from '../domain/ncco.js';
import type { E164 } from '../domain/phone-number.js';
import { RateLimit } from '../domain/rate-limit.js';
import { Recent } from '../domain/recent.js';
import { DEFAULT_POLICY, hearerOf, type Located, route } from '../domain/routing.js';
import { type TextKey, textSentence } from '../domain/sentences.js';
import { isReserved, otherSide, type Session, type Side, sideOf } from '../domain/session.js';
import { partsOf } from '../domain/text-parts.js';
import type { TextEntry, TextFate } from '../domain/text-record.js';
import { reportOf } from '../errors.js';
import type { Log } from '../log.js';
import type { Store } from '../store/store.js';
import type { Vonage } from '../vonage/vonage.js';
import type { InboundText, TextStatus } from '../vonage/webhooks.js';

export type RelayDependencies = {
  store: Pick<Store, 'locate' | 'session' | 'marksOf' | 'mark'>;
  sendText: Vonage['sendText'];
  now: () => number;
  voice: Voice;
  /** Whether phone numbers in texts are hidden where the session does not say. */
  maskNumbers: boolean;
  log: Log;
  /** Takes the entry for the log; nobody waits for it. */
  record: (entry: TextEntry) => void;
};

/** A participant on the leg on which they sent a text. */
type Sender = { session: Session; side: Side; number: E164; dialled: E164 };

const MINUTE = 60_000;
/** Texts of one session that are passed on or answered. */
const TEXTS_A_MINUTE = 20;
const NOTICE_WINDOW = 10 * MINUTE;
const REMEMBERED = 10_000;
const UNDELIVERED = new Set(['rejected', 'undeliverable']);

/** Passes texts on between participants, along the same legs as calls. */
export class TextRelay {
  readonly #deps: RelayDependencies;
  /** By id: whether it is dealt with. Vonage brings a text again, perhaps while the first one is on its way. */
  readonly #handled = new Recent<Promise<boolean>>(REMEMBERED);
  readonly #statuses = new Recent<true>(REMEMBERED);
  readonly #toldOf = new Recent<true>(REMEMBERED);
  readonly #traffic = new RateLimit(TEXTS_A_MINUTE, MINUTE);
  /** Who goes on texting into the void is told once in a while. */
  readonly #notices = new RateLimit(1, NOTICE_WINDOW);

  constructor(deps: RelayDependencies) {
    this.#deps = deps;
  }

  /** Texts that were dealt with before this process began. */
  remember(ids: Iterable<string>): void {
    for (const id of ids) this.#handled.set(id, Promise.resolve(true));
  }

  /** Deals with a text once; false when nothing could be done, and Vonage is to bring it again. */
  async relay(text: InboundText): Promise<boolean> {
    const before = this.#handled.get(text.id);
    if (before !== undefined) return before;
    const handling = this.#handle(text).catch((error) => {
      this.#deps.log.error('text could not be dealt with', {
        message: text.id,
        error: reportOf(error).message,
      });
      return false;
    });
    this.#handled.set(text.id, handling);
    const done = await handling;
    if (!done) this.#handled.delete(text.id);
    return done;
  }

  /** Notes what became of a text that was passed on; when it failed, its sender is told once. */
  async noteStatus({ id, status, reference }: TextStatus): Promise<void> {
    const { log, now, store, record } = this.#deps;
    const once = `${id} ${status}`;
    if (this.#statuses.get(once) !== undefined) return;
    this.#statuses.set(once, true);
    const failed = UNDELIVERED.has(status);
    const [sessionId = '', side = '', original = ''] = reference.split('/');
    const session = await store.session(sessionId);
    const isOurs = session !== undefined && (side === 'a' || side === 'b') && original !== '';
    log[failed ? 'warn' : 'info']('text message', { message: id, session: session?.id ?? null, status });
    if (!isOurs) return;
    record({ kind: 'text-status', text: original, at: now(), status });
    const { realNumber } = session[side];
    // A long text has several parts, each of which may fail.
    if (!failed || realNumber === null || this.#toldOf.get(original) !== undefined) return;
    this.#toldOf.set(original, true);
    if (!isReserved(session, now())) return;
    const dialled = session[otherSide(side)].virtualNumber;
    await this.#tell({ session, side, number: realNumber, dialled }, 'undelivered');
  }

  async #handle({ id, sender: number, dialled, text }: InboundText): Promise<boolean> {
    const { store, log, now } = this.#deps;
    const located = await store.locate(number, dialled);
    const sender = number === undefined ? undefined : senderOf(located, number, dialled);
    const keyword = keywordOf(text);
    if (number === undefined || sender === undefined || located.callerIsInPool) {
      const cause = located.callerIsInPool ? 'one of our own numbers' : 'a stranger';
      log.info('text not passed on', { message: id, cause });
      return true;
    }
    if (keyword !== undefined) return this.#obey(keyword, id, sender, located.callerIsBlocked);
    const decided = route(located, now(), DEFAULT_POLICY);
    if (decided.kind !== 'connect') {
      const reason = decided.kind === 'refuse' ? decided.reason : 'unknown';
      log.info('text not passed on', { message: id, session: decided.sessionId, cause: reason });
      if (decided.sessionId === null) return true;
      return this.#drop(id, sender, 'refused', reason !== 'blocked');
    }
    if (!this.#traffic.admit(sender.session.id, now())) return this.#drop(id, sender, 'limited');
    if ((await store.marksOf(decided.callee)).textsStopped) return this.#drop(id, sender, 'refused');
    return this.#forward(id, sender, { from: decided.callerId, to: decided.callee }, text);
  }

  async #forward(id: string, sender: Sender, way: { from: E164; to: E164 }, text: string): Promise<boolean> {
    const { session, side } = sender;
    const { log, sendText } = this.#deps;
    const said = (session.maskNumbers ?? this.#deps.maskNumbers) ? maskNumbers(text) : text;
    try {
      for (const part of partsOf(said))
        await sendText({ ...way, text: part, reference: `${session.id}/${side}/${id}` });
    } catch (error) {
      log.error('text could not be passed on', {
        message: id,
        session: session.id,
        from: side,
        error: reportOf(error).message,
      });
      // Vonage brings it again when not even that can be told: it was out of reach altogether.
      if (!(await this.#tell(sender, 'undelivered'))) return false;
      this.#note(id, sender, 'failed');
      return true;
    }
    log.info('text passed on', { message: id, session: session.id, from: side });
    this.#note(id, sender, 'forwarded');
    return true;
  }

  /** Passes a text on to nobody; the sender is told, unless they were told of another one just now. */
  async #drop(id: string, sender: Sender, fate: TextFate, told = true): Promise<boolean> {
    this.#note(id, sender, fate);
    const { session, side } = sender;
    if (told && this.#notices.admit(`${session.id}/${side}`, this.#deps.now()))
      await this.#tell(sender, 'undelivered');
    return true;
  }

  async #obey(keyword: Keyword, id: string, sender: Sender, isBlocked: boolean): Promise<boolean> {
    const { store, now, log } = this.#deps;
    const { session, side, number } = sender;
    log.info('text asks for something', { message: id, session: session.id, from: side, keyword });
    const stops = keyword === 'stop';
    const changed = keyword === 'help' || (await store.mark(number, 'textsStopped', stops));
    this.#note(id, sender, keyword);
    const answered = changed && !isBlocked && isReserved(session, now());
    if (answered && this.#traffic.admit(session.id, now()))
      await this.#tell(sender, ANSWERS[keyword], stops || keyword === 'help');
    return true;
  }

  /**
   * Sends somebody a text of our own; says whether it went out.
   * @param despiteStop answers that somebody who stopped all texts just asked for
   */
  async #tell(
    { session, side, number, dialled }: Sender,
    key: TextKey,
    despiteStop = false,
  ): Promise<boolean> {
    const { store, voice, sendText, log } = this.#deps;
    try {
      if (!despiteStop && (await store.marksOf(number)).textsStopped) return true;
      const text = textSentence(key, languageFor(hearerOf(session[side]), voice), voice.overrides);
      await sendText({ from: dialled, to: number, text });
      return true;
    } catch (error) {
      log.error('a participant could not be told', {
        session: session.id,
        side,
        error: reportOf(error).message,
      });
      return false;
    }
  }

  #note(id: string, { session, side }: Sender, fate: TextFate): void {
    const { record, now } = this.#deps;
    record({ kind: 'text', text: id, at: now(), sessionId: session.id, from: side, fate });
  }
}

const ANSWERS: Record<Keyword, TextKey> = { stop: 'stopped', start: 'started', help: 'help' };

function senderOf({ owner, caller }: Located, number: E164, dialled: E164): Sender | undefined {
  const side = owner && caller && sideOf(owner, caller);
  return owner && side && { session: owner, side, number, dialled };
}
