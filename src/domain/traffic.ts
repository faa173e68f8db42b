import { TERMINAL } from './call-record.js';
import { RateLimit } from './rate-limit.js';
import { Recent } from './recent.js';
import { type Route, refuseInstead } from './routing.js';
import type { Instant, PersonId, Side } from './session.js';

/** How long a call can be on its way to the callee: the sentence before, the ringing, and some delay. */
const RINGS_AT_MOST = 45_000;
const STRANGER_WINDOW = 10 * 60_000;
const CALLS_OF_A_STRANGER = 5;
const REMEMBERED = 10_000;

type Ringing = { call: string; from: Side; since: Instant };

/** What calls say about each other: two people who ring each other at once, and strangers who go on calling. */
export class Traffic {
  /** By session: the call that was put through last. */
  readonly #latest = new Recent<Ringing>(REMEMBERED);
  /** Calls that Vonage told of: only they ring a phone, and not what was merely asked for. */
  readonly #calls = new Recent<'on its way' | 'taken or over'>(REMEMBERED);
  readonly #strangers = new RateLimit(CALLS_OF_A_STRANGER, STRANGER_WINDOW);

  /**
   * The decision about a call, other calls considered; it counts from now on.
   * @param call what tells this call from others
   */
  admit(decided: Route, caller: PersonId | undefined, call: string, now: Instant): Route {
    if (decided.kind === 'connect') {
      const admitted = this.consider(decided, now);
      if (admitted.kind === 'connect')
        this.#latest.set(decided.sessionId, { call, from: decided.from, since: now });
      return admitted;
    }
    // Who is blocked is treated like a stranger in this as well, and so cannot tell.
    const isStranger = decided.kind === 'forward' || /^(unknown|blocked)$/.test(decided.reason);
    return isStranger && caller !== undefined && !this.#strangers.admit(caller, now)
      ? refuseInstead(decided, 'repeated')
      : decided;
  }

  /** The decision about a call that is only rehearsed: other calls count, and it does not. */
  consider(decided: Route, now: Instant): Route {
    return decided.kind === 'connect' && this.#isRung(decided.sessionId, decided.from, now)
      ? refuseInstead(decided, 'crossed')
      : decided;
  }

  /** Takes in what happened to a leg of a call, in whatever order it is told. */
  note(call: string, outbound: boolean, status: string): void {
    if (TERMINAL.has(status) || (outbound && status === 'answered')) this.#calls.set(call, 'taken or over');
    else if (this.#calls.get(call) === undefined) this.#calls.set(call, 'on its way');
  }

  /** Whether the other side's call rings this person's phone. */
  #isRung(sessionId: string, side: Side, now: Instant): boolean {
    const latest = this.#latest.get(sessionId);
    return (
      latest !== undefined &&
      latest.from !== side &&
      Math.abs(now - latest.since) < RINGS_AT_MOST &&
      this.#calls.get(latest.call) === 'on its way'
    );
  }
}
