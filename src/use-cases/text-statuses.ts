import { Recent } from '../domain/recent.js';
import { isReserved, type Session, type Side } from '../domain/session.js';
import { isUndelivered, type TextEntry } from '../domain/text-record.js';
import { reportOf } from '../errors.js';
import type { Log } from '../log.js';
import type { Store } from '../store/store.js';
import type { TextStatus } from '../vonage/text-webhooks.js';
import { senderOn, type TextNotices } from './text-notices.js';

export type StatusDependencies = {
  store: Pick<Store, 'session'>;
  notices: TextNotices;
  now: () => number;
  log: Log;
  record: (entry: TextEntry) => void;
};

const REMEMBERED = 10_000;

/** What comes back with the status of a text that was passed on: whose it is. */
export function referenceOf(sessionId: string, side: Side, id: string): string {
  return `${sessionId}/${side}/${id}`;
}

/** Notes what became of texts that were passed on. */
export class TextStatuses {
  readonly #deps: StatusDependencies;
  readonly #seen = new Recent<true>(REMEMBERED);

  constructor(deps: StatusDependencies) {
    this.#deps = deps;
  }

  /** Takes in one status once; false when it could not, and Vonage is to tell again. */
  async note(status: TextStatus): Promise<boolean> {
    const once = `${status.id} ${status.status}`;
    if (this.#seen.get(once) !== undefined) return true;
    this.#seen.set(once, true);
    try {
      await this.#takeIn(status);
      return true;
    } catch (error) {
      this.#seen.delete(once);
      const { message } = reportOf(error);
      this.#deps.log.error('what became of a text could not be noted', {
        message: status.id,
        error: message,
      });
      return false;
    }
  }

  /** When a text failed on its way, its sender is told. */
  async #takeIn({ id, status, reference }: TextStatus): Promise<void> {
    const { log, now, record, notices } = this.#deps;
    const failed = isUndelivered(status);
    const passedOn = await this.#read(reference);
    const session = passedOn?.session.id ?? null;
    log[failed ? 'warn' : 'info']('text message', { message: id, session, status });
    if (passedOn === undefined) return;
    record({ kind: 'text-status', text: passedOn.id, at: now(), status });
    if (!failed || !isReserved(passedOn.session, now())) return;
    const sender = senderOn(passedOn.session, passedOn.side);
    if (sender !== undefined) await notices.undelivered(passedOn.id, sender);
  }

  async #read(reference: string): Promise<{ session: Session; side: Side; id: string } | undefined> {
    const [sessionId = '', side = '', id = ''] = reference.split('/');
    const session = await this.#deps.store.session(sessionId);
    return session !== undefined && (side === 'a' || side === 'b') && id !== ''
      ? { session, side, id }
      : undefined;
  }
}
