import { RateLimit } from './rate-limit.js';
import type { Instant, Side } from './session.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * Bounds what texts of a session cost. Two phones that answer by themselves would answer each other for ever:
 * they say the same again and again, which people do not.
 */
export class TextTraffic {
  readonly #minute = new RateLimit(20, MINUTE);
  readonly #hour = new RateLimit(120, HOUR);
  readonly #repeated = new RateLimit(5, HOUR);
  /** Who goes on texting into the void is told once in a while. */
  readonly #dropped = new RateLimit(1, 10 * MINUTE);
  /** A phone may answer a notice by itself as well. */
  readonly #notices = new RateLimit(5, HOUR);

  /**
   * Counts a text that is to be passed on or answered; false when it is one too many.
   * @param digest the same for the same text
   */
  admit(sessionId: string, side: Side, digest: string, now: Instant): boolean {
    const admitted = [
      this.#minute.admit(sessionId, now),
      this.#hour.admit(sessionId, now),
      this.#repeated.admit(`${sessionId}/${side}/${digest}`, now),
    ];
    return admitted.every(Boolean);
  }

  /** Whether the sender of a text that was passed on in vain is told. */
  admitNotice(sessionId: string, side: Side, now: Instant): boolean {
    return this.#notices.admit(`${sessionId}/${side}`, now);
  }

  /** Whether the sender of a text that is passed on to nobody is told. */
  admitNoticeOfDrop(sessionId: string, side: Side, now: Instant): boolean {
    return this.#dropped.admit(`${sessionId}/${side}`, now) && this.admitNotice(sessionId, side, now);
  }
}
