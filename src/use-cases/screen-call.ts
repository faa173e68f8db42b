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

export type ScreeningDependencies = {
  store: Pick<Store, 'session'>;
  voice: Voice;
  /** Where Vonage tells what the callee pressed. */
  answerUrl: (screened: ScreenedCall) => string;
  /** Called when a call is to be ended. */
  vonage: () => Promise<Pick<Vonage, 'transferLeg' | 'hangUpLeg'>>;
  now: () => number;
  log: Log;
  /** Takes the entry for the call log; nobody waits for it. */
  record: (entry: CallEntry) => void;
};

const KEY_TO_TAKE = '1';
const ASKED_AT_MOST = 2;
const CALLS_REMEMBERED = 10_000;

/** Asks callees before they are joined, so that a voicemail never answers for a person. */
export class CallScreening {
  readonly #deps: ScreeningDependencies;
  /** Calls whose callee is being asked. */
  readonly #open = new Recent<true>(CALLS_REMEMBERED);
  #turningAway: Promise<unknown> = Promise.resolve();

  constructor(deps: ScreeningDependencies) {
    this.#deps = deps;
  }

  /** What the callee hears first. */
  async ask(screened: ScreenedCall): Promise<Ncco> {
    this.#open.set(screened.call, true);
    const session = await this.#session(screened);
    const { voice, answerUrl } = this.#deps;
    const callee = session === undefined ? null : hearerOf(session[screened.callee]);
    const contact = session?.[otherSide(screened.callee)].label ?? null;
    return nccoToAsk(callee, contact, voice, answerUrl(screened));
  }

  /**
   * What follows from the keys that the callee pressed; null when the two are joined.
   * @param leg the callee's, by Vonage's `uuid` and `conversation_uuid`
   */
  async answer(
    screened: ScreenedCall,
    keys: string,
    leg: { uuid: string; conversation: string },
  ): Promise<Ncco | null> {
    if (keys === KEY_TO_TAKE) {
      this.#open.delete(screened.call);
      return null;
    }
    if (screened.asked < ASKED_AT_MOST) return this.ask({ ...screened, asked: screened.asked + 1 });
    this.#decline(screened.call, leg.conversation);
    this.#turningAway = Promise.all([this.#turningAway, this.#turnAway(screened, leg.uuid)]);
    const session = await this.#session(screened);
    return nccoUntilHungUp(
      session === undefined ? null : hearerOf(session[screened.callee]),
      this.#deps.voice,
    );
  }

  /** The callee's leg is over; says whether it ended without an answer to the question. */
  left(call: string, conversation: string): boolean {
    const undecided = this.#open.get(call) !== undefined;
    if (undecided) this.#decline(call, conversation);
    return undecided;
  }

  /** Resolves when no call is being ended any more. */
  async settled(): Promise<void> {
    await this.#turningAway;
  }

  #decline(call: string, conversation: string): void {
    const { record, now } = this.#deps;
    this.#open.delete(call);
    record({ kind: 'declined', call: conversation || call, at: now() });
  }

  /** The caller first: without a callee their instructions come to an end, and with them the call. */
  async #turnAway({ call, callerLanguage, host }: ScreenedCall, calleeLeg: string): Promise<void> {
    const { vonage, voice, log } = this.#deps;
    const attempt = async (
      what: string,
      act: (vonage: Pick<Vonage, 'transferLeg' | 'hangUpLeg'>) => Promise<void>,
    ) => {
      try {
        await act(await vonage());
      } catch (error) {
        log.error(what, { call, error: reportOf(error).message });
      }
    };
    await attempt('the caller could not be told that nobody took the call', (control) =>
      control.transferLeg({ uuid: call, host }, nccoWhenNotTaken(callerLanguage, voice)),
    );
    await attempt('the leg of a callee who did not take the call could not be ended', (control) =>
      control.hangUpLeg({ uuid: calleeLeg, host }),
    );
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
