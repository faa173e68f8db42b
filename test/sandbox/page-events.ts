import type { Told } from '../../src/sandbox/audience.js';
import type { DeskView } from '../../src/sandbox/desk.js';
import type { Step } from '../../src/sandbox/diagram.js';
import type { PhoneView, Shown } from '../../src/sandbox/phone.js';

const PATIENCE = 10_000;

/** What a page that is open is told, message by message. */
export class PageEvents {
  readonly told: Told[] = [];
  readonly #reading = new AbortController();
  #wake = () => {};

  static async open(url: string): Promise<PageEvents> {
    const page = new PageEvents();
    const response = await fetch(`${url}/sandbox/page/events`, { signal: page.#reading.signal });
    void page.#read(response.body as ReadableStream<Uint8Array>);
    await page.until(() => page.desk() !== undefined);
    return page;
  }

  phone = (id: string): PhoneView | undefined => this.#last('phone', ({ phone }) => phone.id === id)?.phone;

  desk = (): DeskView | undefined => this.#last('desk', () => true)?.desk;

  shown = (id: string): Shown | undefined =>
    this.#last('shown', () => true)?.shown.find((one) => one.id === id);

  /** The diagram as it stands, each step as it was told last. */
  steps(): Step[] {
    const steps = new Map<number, Step>();
    for (const told of this.told) {
      if (told.about === 'cleared') steps.clear();
      if (told.about === 'step') steps.set(told.step.id, told.step);
    }
    return [...steps.values()];
  }

  /** Everything that one phone was ever told, or all that was not told to a phone. */
  text(id: string | null): string {
    const its = this.told.filter((told) => (told.about === 'phone' ? told.phone.id : null) === id);
    return JSON.stringify(its).replace(/(?<=\d)[ ().-]+(?=\d)/g, '');
  }

  async until(holds: () => boolean): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    while (!holds()) {
      const rest = deadline - Date.now();
      if (rest <= 0) throw new Error(`It did not come to that: ${JSON.stringify(this.told.slice(-4))}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, rest);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  close(): void {
    this.#reading.abort();
  }

  #last<A extends Told['about']>(about: A, is: (told: Extract<Told, { about: A }>) => boolean) {
    return this.told.findLast(
      (told): told is Extract<Told, { about: A }> =>
        told.about === about && is(told as Extract<Told, { about: A }>),
    );
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let rest = '';
    try {
      for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
        const events = (rest + chunk).split('\n\n');
        rest = events.pop() ?? '';
        for (const event of events)
          if (event.startsWith('data: ')) this.told.push(JSON.parse(event.slice(6)));
        this.#wake();
      }
    } catch {
      // Closed.
    }
  }
}
