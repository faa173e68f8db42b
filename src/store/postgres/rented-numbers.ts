import type { E164 } from '../../domain/phone-number.js';
import type { PoolNumber } from '../../domain/pool.js';
import { sessionsUsing } from '../../domain/pool-usage.js';
import type { Instant, PersonId } from '../../domain/session.js';
import type { Released } from '../store.js';
import type { Send } from './database.js';
import { NUMBER_COLUMNS, type NumberRow, numberOf, numberRow, PUT_NUMBER } from './number-rows.js';
import type { Seals } from './seals.js';
import { putSession, SESSION_JSON, type SessionJson, sessionOf } from './session-rows.js';

/** The virtual numbers, for a transaction that holds the store alone. */
export class RentedNumbers {
  readonly #send: Send;
  readonly #seals: Seals;

  constructor(send: Send, seals: Seals) {
    this.#send = send;
    this.#seals = seals;
  }

  async get(number: E164): Promise<PoolNumber | undefined> {
    const { rows } = await this.#send<NumberRow>(
      `SELECT ${NUMBER_COLUMNS} FROM voxproxy_numbers WHERE number = $1`,
      [number],
    );
    return rows[0] && numberOf(rows[0], this.#seals);
  }

  /** @param person who would have it, were it somebody's real number */
  async put(number: PoolNumber, person: PersonId, now: Instant): Promise<'stored' | 'real-number'> {
    const { rows } = await this.#send(
      `SELECT 1 FROM voxproxy_sessions WHERE (a_person = $1 OR b_person = $1) AND (free_at IS NULL OR free_at > $2) LIMIT 1`,
      [person, now],
    );
    if (rows.length > 0) return 'real-number';
    await this.replace(number);
    return 'stored';
  }

  async replace(number: PoolNumber): Promise<void> {
    await this.#send(PUT_NUMBER, numberRow(number, this.#seals));
    await this.#changed();
  }

  async remove(number: E164): Promise<void> {
    await this.#send('DELETE FROM voxproxy_numbers WHERE number = $1', [number]);
    await this.#changed();
  }

  /** Takes a number out of every future route; with `force` it closes the sessions that use it. */
  async takeOut(number: E164, force: boolean, now: Instant): Promise<Released> {
    const { rows } = await this.#send<{ session: SessionJson }>(
      `SELECT ${SESSION_JSON} AS session FROM voxproxy_sessions s
        WHERE s.id IN (SELECT session_id FROM voxproxy_legs WHERE dialled = $1) AND (s.free_at IS NULL OR s.free_at > $2)
        ORDER BY s.made FOR UPDATE`,
      [number, now],
    );
    const sessions = sessionsUsing(
      number,
      rows.map(({ session }) => sessionOf(session, this.#seals)),
      now,
    );
    if (sessions.length > 0 && !force) return { kind: 'in-use', sessions };
    const closed = sessions
      .filter(({ closedAt }) => closedAt === null)
      .map((session) => ({ ...session, closedAt: now }));
    await Promise.all(closed.map((session) => putSession(this.#send, session, this.#seals)));
    const kept = await this.get(number);
    if (kept !== undefined) await this.replace({ ...kept, state: 'releasing' });
    return { kind: 'released', closed };
  }

  /** Whoever remembers the pool reads it again. */
  async #changed(): Promise<void> {
    await this.#send(
      'UPDATE voxproxy_store SET pool_version = pool_version + 1 WHERE pool_version IS NOT NULL',
    );
  }
}
