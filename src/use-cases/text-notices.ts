import { languageFor, type Voice } from '../domain/ncco.js';
import type { E164 } from '../domain/phone-number.js';
import { Recent } from '../domain/recent.js';
import { hearerOf, type Located } from '../domain/routing.js';
import { type TextKey, textSentence } from '../domain/sentences.js';
import { otherSide, type Session, type Side, sideOf } from '../domain/session.js';
import type { TextTraffic } from '../domain/text-traffic.js';
import { reportOf } from '../errors.js';
import type { Log } from '../log.js';
import type { Store } from '../store/store.js';
import type { Vonage } from '../vonage/vonage.js';

/** A participant on the leg on which they text. */
export type Sender = { session: Session; side: Side; number: E164; dialled: E164 };

export type NoticeDependencies = {
  store: Pick<Store, 'marksOf'>;
  sendText: Vonage['sendText'];
  traffic: TextTraffic;
  now: () => number;
  voice: Voice;
  log: Log;
};

const REMEMBERED = 10_000;

/** Texts of our own to participants, who get few of them: their phones may answer by themselves. */
export class TextNotices {
  readonly #deps: NoticeDependencies;
  /** By id of the text that was not delivered. */
  readonly #toldOf = new Recent<true>(REMEMBERED);

  constructor(deps: NoticeDependencies) {
    this.#deps = deps;
  }

  /** A text whose sender was told before this process began. */
  remember(id: string): void {
    this.#toldOf.set(id, true);
  }

  /**
   * Tells a sender once that a text was not delivered: a long one has several parts, each of which may fail.
   * @returns false when they could not be told
   */
  async undelivered(id: string, sender: Sender): Promise<boolean> {
    if (this.#toldOf.get(id) !== undefined) return true;
    this.#toldOf.set(id, true);
    const { session, side } = sender;
    const told =
      !this.#deps.traffic.admitNotice(session.id, side, this.#deps.now()) ||
      (await this.tell(sender, 'undelivered'));
    if (!told) this.#toldOf.delete(id);
    return told;
  }

  /**
   * Sends a participant a text of our own; says whether it went out, or was not to.
   * @param despiteStop for answers that somebody who stopped all texts just asked for
   */
  async tell(
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
      const { message } = reportOf(error);
      log.error('a participant could not be told', { session: session.id, side, error: message });
      return false;
    }
  }
}

/** The participant who texts on this leg, or did while they had it. */
export function senderOf({ owner, caller, dialled }: Located, number: E164): Sender | undefined {
  const side = owner && caller && sideOf(owner, caller);
  return owner && side && { session: owner, side, number, dialled };
}

/** The participant of a side, on the leg on which they text; undefined once their number is forgotten. */
export function senderOn(session: Session, side: Side): Sender | undefined {
  const { realNumber: number } = session[side];
  if (number === null) return undefined;
  return { session, side, number, dialled: session[otherSide(side)].virtualNumber };
}
