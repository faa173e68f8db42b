import type { CallEntry } from '../domain/call-record.js';
import { type Ncco, nccoToAsk, nccoUntilHungUp, nccoWhenNotTaken, type Voice } from '../domain/ncco.js';
import { Recent } from '../domain/recent.js';
import { hearerOf } from '../domain/routing.js';
import { otherSide, type Session, type Side } from '../domain/session.js';
import { reportOf } from '../errors.js';
import type { Log } from '../log.js';
import type { Store } from '../store/store.js';
import type { Vonage } from '../vonage/vonage.js';

/** A call whose callee is asked whether to take it. */
export type ScreenedCall = {
  /** Vonage's `uuid` of the caller's leg. */
  call: string;
  sessionId: string;
  callee: Side;
  callerLanguage: string;
  /** The only host that controls the call; null for the default. */
  host: string | null;
  /** How often the callee was asked, this time included. */
  asked: number;
};

type Control = Pick<Vonage, 'transferLeg' | 'hangUpLeg'>;

export type ScreeningDependencies = {
  store: Pick<Store, 'session'>;
  voice: Voice;
  /** Where Vonage tells what the callee pressed. */
  answerUrl: (screened: ScreenedCall) => string;
  /** Called when a call is to be ended. */
  vonage: () => Promise<Control>;
  /** Milliseconds; fails when the run is to end. */
  sleep: (milliseconds: number) => Promise<void>;
  now: () => number;
  log: Log;
  /** Takes the entry for the call log; nobody waits for it. */
  record: (entry: CallEntry) => void;
};

const KEY_TO_TAKE = '1';
const ASKED_AT_MOST = 2;
const CALLS_REMEMBERED = 10_000;
/** Milliseconds before each attempt to end a call. */
const ATTEMPTS = [0, 1_000, 4_000];

/** Asks callees before they are joined, so that a voicemail never answers for a person. */
export class CallScreening {
  readonly #deps: ScreeningDependencies;
  /** By call: which question the callee hears, or how it was answered. */
  readonly #calls = new Recent<number | 'taken' | 'declined'>(CALLS_REMEMBERED);
  readonly #turningAway = new Set<Promise<void>>();

  constructor(deps: ScreeningDependencies) {
    this.#deps = deps;
  }

  /**
   * What the callee hears first.
   * @param screened undefined when the token in the URL cannot be read, which was minted with another key
   */
  async ask(screened: ScreenedCall | undefined): Promise<Ncco> {
    if (screened === undefined) return this.#farewell(undefined);
    if (this.#calls.get(screened.call) === undefined) this.#calls.set(screened.call, screened.asked);
    return this.#question(screened);
  }

  /**
   * What follows from the keys that the callee pressed; null when the two are joined.
   * @param screened undefined when the token in the URL cannot be read, which was minted with another key
   * @param leg the callee's, by Vonage's `uuid` and `conversation_uuid`
   * @param isProven whether Vonage said so, and not somebody who saw the URL: they end no call
   */
  async answer(
    screened: ScreenedCall | undefined,
    keys: string,
    leg: { uuid: string; conversation: string },
    isProven: boolean,
  ): Promise<Ncco | null> {
    if (screened === undefined) return keys === KEY_TO_TAKE ? null : this.#farewell(undefined);
    const { call, asked } = screened;
    const state = this.#calls.get(call);
    if (state === 'taken') return null;
    if (state === 'declined') return this.#farewell(screened);
    if (keys === KEY_TO_TAKE) {
      this.#calls.set(call, 'taken');
      return null;
    }
    if (!isProven && state !== asked) return this.#farewell(screened);
    if (asked < ASKED_AT_MOST) {
      this.#calls.set(call, asked + 1);
      return this.#question({ ...screened, asked: asked + 1 });
    }
    this.#decline(call, leg.conversation);
    const turningAway: Promise<void> = this.#turnAway(screened, isProven ? leg.uuid : '').finally(() =>
      this.#turningAway.delete(turningAway),
    );
    this.#turningAway.add(turningAway);
    return this.#farewell(screened);
  }

  /** The callee's leg is over; says whether it ended without an answer to the question. */
  left(call: string, conversation: string): boolean {
    const undecided = typeof this.#calls.get(call) === 'number';
    if (undecided) this.#decline(call, conversation);
    return undecided;
  }

  /** Resolves when no call is being ended any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#turningAway);
  }

  #decline(call: string, conversation: string): void {
    const { record, now } = this.#deps;
    this.#calls.set(call, 'declined');
    record({ kind: 'declined', call: conversation || call, at: now() });
  }

  async #question(screened: ScreenedCall): Promise<Ncco> {
    const session = await this.#session(screened);
    const { voice, answerUrl } = this.#deps;
    const callee = session === undefined ? null : hearerOf(session[screened.callee]);
    const contact = session?.[otherSide(screened.callee)].label ?? null;
    return nccoToAsk(callee, contact, voice, answerUrl(screened));
  }

  async #farewell(screened: ScreenedCall | undefined): Promise<Ncco> {
    const session = screened && (await this.#session(screened));
    return nccoUntilHungUp(
      screened === undefined || session === undefined ? null : hearerOf(session[screened.callee]),
      this.#deps.voice,
    );
  }

  /** The caller first: without a callee their instructions come to an end, and with them the call. */
  async #turnAway({ call, callerLanguage, host }: ScreenedCall, calleeLeg: string): Promise<void> {
    const busy = nccoWhenNotTaken(callerLanguage, this.#deps.voice);
    await this.#control('the caller could not be told that nobody took the call', call, (vonage) =>
      vonage.transferLeg({ uuid: call, host }, busy),
    );
    if (calleeLeg === '') return;
    await this.#control('the leg of a callee who did not take the call could not be ended', call, (vonage) =>
      vonage.hangUpLeg({ uuid: calleeLeg, host }),
    );
  }

  async #control(problem: string, call: string, act: (vonage: Control) => Promise<void>): Promise<void> {
    const { vonage, sleep, log } = this.#deps;
    for (const [tried, wait] of ATTEMPTS.entries()) {
      try {
        if (wait > 0) await sleep(wait);
        return await act(await vonage());
      } catch (error) {
        const { code, message } = reportOf(error);
        // Only Vonage and the network may have changed their mind.
        if (code === 'vonage' && tried < ATTEMPTS.length - 1) continue;
        log.error(problem, { call, error: message });
        return;
      }
    }
  }

  /** Undefined also while the store cannot be read: the callee is asked all the same. */
  async #session({ sessionId }: ScreenedCall): Promise<Session | undefined> {
    try {
      return await this.#deps.store.session(sessionId);
    } catch (error) {
      this.#deps.log.error('the session of a call could not be read', { error: reportOf(error).message });
      return undefined;
    }
  }
}
