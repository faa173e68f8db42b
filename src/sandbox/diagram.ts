import { hidden } from './phone.js';
import type { Seen, Trace } from './trace.js';

/** A line of the diagram. */
export type Step = Required<Seen> & {
  id: number;
  at: number;
  /** Steps of one call, or of one text, have the same; it counts up. */
  group: number;
};

const STEPS_KEPT = 400;

/** What the network saw, with every real number hidden. */
export class Diagram {
  #steps: Step[] = [];
  #lastStep = 0;
  #lastGroup = 0;
  readonly #realNumbers: () => Iterable<string>;
  readonly #onStep: (step: Step) => void;

  /** @param realNumbers in digits; none of them gets out */
  constructor(realNumbers: () => Iterable<string>, onStep: (step: Step) => void) {
    this.#realNumbers = realNumbers;
    this.#onStep = onStep;
  }

  get steps(): readonly Step[] {
    return this.#steps;
  }

  /** Takes down one more call or text. */
  watch(): Trace {
    this.#lastGroup += 1;
    const group = this.#lastGroup;
    return {
      add: (seen) => {
        this.#lastStep += 1;
        const step: Step = {
          ...{ id: this.#lastStep, at: Date.now(), group, facts: [], good: null, body: null },
          ...this.#hide(seen),
        };
        this.#steps = [...this.#steps, step].slice(-STEPS_KEPT);
        this.#onStep(step);
        return (more) => {
          Object.assign(step, this.#hide(more));
          // It may have been cleared away meanwhile.
          if (this.#steps.includes(step)) this.#onStep(step);
        };
      },
    };
  }

  clear(): void {
    this.#steps = [];
  }

  #hide<T>(told: T): T {
    const patterns = [...this.#realNumbers()].map((number) => [pattern(number), hidden(number)] as const);
    const hide = (value: unknown): unknown => {
      if (typeof value === 'string' || typeof value === 'number') {
        // Digits may be written in other scripts.
        const plain = String(value).normalize('NFKC');
        const safe = patterns.reduce((text, [found, shown]) => text.replaceAll(found, shown), plain);
        return safe === plain ? value : safe;
      }
      if (Array.isArray(value)) return value.map(hide);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, hide(one)]));
    };
    return hide(told) as T;
  }
}

/** What tells a number from others, wherever it begins: without the country, or with more before it. */
const TAIL = 9;

/** A number in whatever form, whatever stands between its digits. */
function pattern(number: string): RegExp {
  const between = '\\D{0,3}';
  const [before, tail] = [number.slice(0, -TAIL), number.slice(-TAIL)];
  const optional = [...before].map((digit) => `(?:${digit}${between})?`).join('');
  return new RegExp(`\\+?${optional}(?:0${between})?${[...tail].join(between)}`, 'g');
}
