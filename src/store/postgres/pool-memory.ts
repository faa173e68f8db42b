import type { E164 } from '../../domain/phone-number.js';
import type { PoolNumber } from '../../domain/pool.js';
import type { Instant } from '../../domain/session.js';
import type { Send } from './database.js';
import { NUMBER_COLUMNS, type NumberRow, numberOf } from './number-rows.js';
import type { Seals } from './seals.js';

/** Live legs are counted over so many of the newest sessions; that only chooses between equally good numbers. */
const COUNTED = 10_000;
/** Counting takes this part of the time at most. */
const COUNT_SHARE = 100;

const LIVE_LEGS = `SELECT legs.number, count(*) AS count FROM (
    SELECT a_virtual, b_virtual, closed_at, expires_at FROM voxproxy_sessions ORDER BY made DESC LIMIT ${COUNTED}
  ) AS s CROSS JOIN LATERAL (VALUES (s.a_virtual), (s.b_virtual)) AS legs(number)
  WHERE s.closed_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > $1) GROUP BY legs.number`;

/** Milliseconds after which the numbers are read again in any case: a restored backup counts its versions anew. */
const LONGEST = 10_000;

type Numbers = ReadonlyMap<E164, PoolNumber>;

/** The virtual numbers, read again when they changed, and how busy each is, counted now and then. */
export class PoolMemory {
  #pool: { version: number; until: number; numbers: Numbers } | null = null;
  #load: { until: number; liveLegs: ReadonlyMap<E164, number> } | null = null;

  /** Under another key, or in another store, nothing of it holds. */
  clear(): void {
    this.#pool = null;
  }

  /**
   * The pool of this version or a newer one, in its order: whoever decides from it makes sure that the version still
   * holds.
   * @throws VoxproxyError `store` when it was tampered with
   */
  async numbers(look: Send, version: number, seals: Seals): Promise<Numbers> {
    const asked = performance.now();
    if (this.#pool?.version === version && asked < this.#pool.until) return this.#pool.numbers;
    const { rows } = await look<NumberRow>(`SELECT ${NUMBER_COLUMNS} FROM voxproxy_numbers ORDER BY placed`);
    const numbers = new Map(rows.map((row) => numberOf(row, seals)).map((one) => [one.number, one]));
    this.#pool = { version, until: asked + LONGEST, numbers };
    return numbers;
  }

  async liveLegs(look: Send, now: Instant): Promise<ReadonlyMap<E164, number>> {
    const started = performance.now();
    if (this.#load !== null && started < this.#load.until) return this.#load.liveLegs;
    // Of many at once one counts again; the others go by the count before.
    if (this.#load !== null) this.#load.until = started + LONGEST;
    const { rows } = await look<{ number: E164; count: number }>(LIVE_LEGS, [now]);
    const ended = performance.now();
    this.#load = {
      until: ended + (ended - started) * COUNT_SHARE,
      liveLegs: new Map(rows.map(({ number, count }) => [number, count])),
    };
    return this.#load.liveLegs;
  }
}
