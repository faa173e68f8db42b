import type { E164 } from '../domain/phone-number.js';
import { endOf, type Instant, isLive, quarantineEndOf, type Session, SIDES } from '../domain/session.js';
import { decodeColumn, encodeColumn } from './column.js';

/** As the store file has them. */
export type EncodedOutlines = { numbers: E164[]; liveUntil: string; forgetAt: string; dialled: string };

/**
 * Until when each session of a file is live, when it is to be forgotten, and its virtual numbers: so that a
 * command need not read every session to count the legs of each number.
 */
export class Outlines {
  readonly #numbers: readonly E164[];
  readonly #liveUntil: Float64Array;
  readonly #forgetAt: Float64Array;
  /** Which of the numbers stand for both sides, two for each session. */
  readonly #dialled: Float64Array;

  private constructor(
    numbers: readonly E164[],
    liveUntil: Float64Array,
    forgetAt: Float64Array,
    dialled: Float64Array,
  ) {
    this.#numbers = numbers;
    this.#liveUntil = liveUntil;
    this.#forgetAt = forgetAt;
    this.#dialled = dialled;
  }

  static readonly NONE = new Outlines([], new Float64Array(0), new Float64Array(0), new Float64Array(0));

  static decode({ numbers, liveUntil, forgetAt, dialled }: EncodedOutlines): Outlines {
    return new Outlines(numbers, decodeColumn(liveUntil), decodeColumn(forgetAt), decodeColumn(dialled));
  }

  encode(): EncodedOutlines {
    return {
      numbers: [...this.#numbers],
      liveUntil: encodeColumn(this.#liveUntil),
      forgetAt: encodeColumn(this.#forgetAt),
      dialled: encodeColumn(this.#dialled),
    };
  }

  get length(): number {
    return this.#liveUntil.length;
  }

  /** How many live legs each virtual number carries. */
  liveLegs(now: Instant): Map<E164, number> {
    const counts = new Float64Array(this.#numbers.length);
    const count = (at: number) => {
      const number = this.#dialled[at] as number;
      counts[number] = (counts[number] as number) + 1;
    };
    for (let place = 0; place < this.length; place++) {
      if ((this.#liveUntil[place] as number) <= now) continue;
      count(2 * place);
      count(2 * place + 1);
    }
    return new Map(this.#numbers.map((number, at) => [number, counts[at] as number]));
  }

  /** The places of the sessions that have a real number, and whose quarantine is over. */
  toBeForgotten(now: Instant): number[] {
    const places: number[] = [];
    for (let place = 0; place < this.length; place++)
      if ((this.#forgetAt[place] as number) <= now) places.push(place);
    return places;
  }

  /** These outlines with others in the place of some, and longer. */
  with(changed: ReadonlyMap<number, Session>, length: number): Outlines {
    if (changed.size === 0 && length === this.length) return this;
    const numbers = [...this.#numbers];
    const known = new Map(numbers.map((number, at) => [number, at]));
    const codeOf = (number: E164) => {
      if (!known.has(number)) known.set(number, numbers.push(number) - 1);
      return known.get(number) as number;
    };
    const longer = (column: Float64Array, width: number) => {
      const copy = new Float64Array(width * length);
      copy.set(column);
      return copy;
    };
    const liveUntil = longer(this.#liveUntil, 1);
    const forgetAt = longer(this.#forgetAt, 1);
    const dialled = longer(this.#dialled, 2);
    for (const [place, session] of changed) {
      const isEnded = !isLive(session, Number.NEGATIVE_INFINITY);
      liveUntil[place] = isEnded ? Number.NEGATIVE_INFINITY : endOf(session);
      forgetAt[place] = hasRealNumber(session) ? quarantineEndOf(session) : Number.POSITIVE_INFINITY;
      dialled.set([codeOf(session.a.virtualNumber), codeOf(session.b.virtualNumber)], 2 * place);
    }
    return new Outlines(numbers, liveUntil, forgetAt, dialled);
  }
}

function hasRealNumber(session: Session): boolean {
  return SIDES.some((side) => session[side].realNumber !== null);
}
