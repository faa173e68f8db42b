import type { FastifyReply } from 'fastify';
import type { DeskView } from './desk.js';
import type { Step } from './diagram.js';
import type { PhoneView, Shown } from './phone.js';

/**
 * What the page is told. Each phone has messages of its own, which hold nothing but what its owner may see;
 * what stands between the phones comes with every real number hidden.
 */
export type Told =
  | { about: 'phone'; phone: PhoneView }
  | { about: 'shown'; shown: Shown[] }
  | { about: 'step'; step: Step }
  | { about: 'cleared' }
  | { about: 'desk'; desk: DeskView };

/** Bytes that may wait for one page. */
const MOST_UNREAD = 1 << 20;
/** More pages at once than anybody looks at; the first of them has to go. */
const MOST_OPEN = 32;

/** Everybody who has the page open, told by server-sent events. */
export class Audience {
  readonly #open = new Set<FastifyReply['raw']>();

  /** @param everything what there is now; who comes back after a break starts anew */
  welcome(reply: FastifyReply, everything: readonly Told[]): void {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    raw.write('retry: 1000\n\n');
    for (const told of everything) raw.write(eventOf(told));
    this.#open.add(raw);
    const [first] = this.#open;
    if (this.#open.size > MOST_OPEN) first?.destroy();
    raw.on('close', () => this.#open.delete(raw));
  }

  tell(told: Told): void {
    const event = eventOf(told);
    for (const raw of this.#open) {
      // Whoever does not read comes back when they do, and starts anew.
      if (raw.writableLength > MOST_UNREAD) raw.destroy();
      else raw.write(event);
    }
  }
}

function eventOf(told: Told): string {
  return `data: ${JSON.stringify(told)}\n\n`;
}
