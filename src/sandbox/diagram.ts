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
    let text = JSON.stringify(told);
    for (const number of this.#realNumbers()) text = text.replaceAll(pattern(number), hidden(number));
    return JSON.parse(text);
  }
}

/** A number with or without its plus, whatever separates its digits. */
function pattern(number: string): RegExp {
  return new RegExp(`\\+?${[...number].join('[ ().-]?')}`, 'g');
}
