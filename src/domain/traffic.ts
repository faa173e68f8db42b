import { TERMINAL } from './call-record.js';
import { RateLimit } from './rate-limit.js';
import { Recent } from './recent.js';
import { RecentRecords } from './recent-records.js';
import { type Route, refuseInstead } from './routing.js';
import type { Instant, PersonId, Side } from './session.js';

/** How long a call can be on its way to the callee: the sentence before, the ringing, and some delay. */
const RINGS_AT_MOST = 45_000;
const STRANGER_WINDOW = 10 * 60_000;
const CALLS_OF_A_STRANGER = 5;
const REMEMBERED = 10_000;

/** A participant's call, as it was decided. */
type Known = {
  sessionId: string;
  from: Side;
  since: Instant;
  /** How many were decided before it: clocks are set back. */
  place: number;
  putThrough: boolean;
};
type Ringing = Known & { call: string };

/** What calls say about each other: two people who ring each other at once, and strangers who go on calling. */
export class Traffic {
  /** By call. */
  readonly #known = new RecentRecords<Known>(REMEMBERED, () => ({
    sessionId: '',
    from: 'a',
    since: 0,
    place: 0,
    putThrough: false,
  }));
  /** Calls that Vonage told of: only they ring a phone, and not what was merely asked for. */
  readonly #told = new Recent<'on its way' | 'taken or over'>(REMEMBERED);
  /** By session: of the calls that were put through and that Vonage told of, the newest. */
  readonly #latest = new Recent<Ringing>(REMEMBERED);
  #admitted = 0;
  readonly #strangers = new RateLimit(CALLS_OF_A_STRANGER, STRANGER_WINDOW);

  /**
   * The decision about a call, other calls considered; it counts from now on.
   * @param call what tells this call from others; empty when nothing does
   */
  admit(decided: Route, caller: PersonId | undefined, call: string, now: Instant): Route {
    // Who is blocked is treated like a stranger in this as well, and so cannot tell.
    const isStranger =
      decided.kind === 'forward' || (decided.kind === 'refuse' && /^(unknown|blocked)$/.test(decided.reason));
    const admitted =
      isStranger && caller !== undefined && !this.#strangers.admit(caller, now)
        ? refuseInstead(decided, 'repeated')
        : this.consider(decided, now);
    const { kind, sessionId, from } = admitted;
    if (sessionId === null || from === null || call === '') return admitted;
    const known = this.#known.renew(call);
    known.sessionId = sessionId;
    known.from = from;
    known.since = now;
    known.place = this.#admitted++;
    known.putThrough = kind === 'connect';
    if (this.#told.get(call) !== undefined) this.#ring(call, known);
    return admitted;
  }

  /** The decision about a call that is only rehearsed: other calls count, and it does not. */
  consider(decided: Route, now: Instant): Route {
    return decided.kind === 'connect' && this.#isRung(decided.sessionId, decided.from, now)
      ? refuseInstead(decided, 'crossed')
      : decided;
  }

  /** Takes in what happened to a leg of a call, in whatever order it is told. */
  note(call: string, outbound: boolean, status: string): void {
    if (TERMINAL.has(status) || (outbound && status === 'answered')) this.#told.set(call, 'taken or over');
    else if (this.#told.get(call) === undefined) this.#told.set(call, 'on its way');
    const known = this.#known.get(call);
    if (known !== undefined) this.#ring(call, known);
  }

  /** The session of a participant's call. */
  sessionOf(call: string): string | undefined {
    return this.#known.get(call)?.sessionId;
  }

  #ring(call: string, known: Readonly<Known>): void {
    const before = this.#latest.get(known.sessionId);
    if (known.putThrough && (before === undefined || before.place <= known.place))
      this.#latest.set(known.sessionId, { ...known, call });
  }

  /** Whether the other side's call rings this person's phone. */
  #isRung(sessionId: string, side: Side, now: Instant): boolean {
    const latest = this.#latest.get(sessionId);
    return (
      latest !== undefined &&
      latest.from !== side &&
      Math.abs(now - latest.since) < RINGS_AT_MOST &&
      this.#told.get(latest.call) === 'on its way'
    );
  }
}
