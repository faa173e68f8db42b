import { Allocator } from '../../src/domain/allocation.js';
import { decideExtension } from '../../src/domain/extending.js';
import { LegIndex } from '../../src/domain/leg-index.js';
import { decideOpening } from '../../src/domain/opening.js';
import type { E164 } from '../../src/domain/phone-number.js';
import type { PoolNumber } from '../../src/domain/pool.js';
import { isInPool } from '../../src/domain/pool.js';
import type { Instant, Session } from '../../src/domain/session.js';
import type { OpeningRequest } from '../../src/store/store.js';
import { personId } from '../contract/fixtures.js';
import type { Recorded } from '../contract/history.js';

/** The pure decisions over sessions that are kept nowhere. */
export class MemorySessions implements Recorded {
  readonly #pool: readonly PoolNumber[];
  #sessions: Session[] = [];

  constructor(pool: readonly PoolNumber[]) {
    this.#pool = pool;
  }

  async sessions() {
    return this.#sessions;
  }

  async open(requests: readonly OpeningRequest[], now: Instant, newId: () => string) {
    const opened = this.#decide(requests, now, newId);
    for (const one of opened) if (one.kind === 'created') this.#sessions.push(one.session);
    return opened;
  }

  async preview(requests: readonly OpeningRequest[], now: Instant) {
    return this.#decide(requests, now, () => 'preview');
  }

  async close(sessionId: string, now: Instant) {
    const closed = this.#sessions.find(({ id }) => id === sessionId);
    if (closed !== undefined) closed.closedAt ??= now;
    return closed;
  }

  async extend(sessionId: string, ttl: number, now: Instant) {
    const at = this.#sessions.findIndex(({ id }) => id === sessionId);
    const extended = decideExtension(this.#sessions[at] as Session, ttl, this.#sessions, this.#pool, now);
    if (extended.kind === 'extended') this.#sessions[at] = extended.session;
    return extended;
  }

  async locate(caller: Parameters<Recorded['locate']>[0], dialled: Parameters<Recorded['locate']>[1]) {
    const person = caller && personId(caller);
    const isOurs = (number: E164) => this.#pool.some((kept) => isInPool(kept) && kept.number === number);
    return {
      caller: person,
      callerIsBlocked: false,
      callerIsInPool: caller !== undefined && isOurs(caller),
      dialled,
      dialledIsInPool: isOurs(dialled),
      owner: person && new LegIndex(this.#sessions).lastOwner({ caller: person, dialled }),
    };
  }

  #decide(requests: readonly OpeningRequest[], now: Instant, newId: () => string) {
    const allocator = new Allocator(this.#pool, this.#sessions, now);
    return requests.map((asked) => {
      const opened = decideOpening(
        {
          ...asked,
          a: { ...asked.a, person: personId(asked.a.realNumber) },
          b: { ...asked.b, person: personId(asked.b.realNumber) },
        },
        { allocator, isPoolNumber: () => false, named: () => undefined, newId, now },
      );
      if (opened.kind === 'created') allocator.add(opened.session);
      return opened;
    });
  }
}
