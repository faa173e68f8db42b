import type { Instant } from '../../domain/session.js';
import { VoxproxyError } from '../../errors.js';
import type { FieldCipher } from '../field-cipher.js';
import type { Address } from './address.js';
import { Database, type Send } from './database.js';
import { LostRace } from './failure.js';
import { type Frame, type FrameRow, frameOf, newborn } from './frame.js';
import { forget, type Held, hold } from './locks.js';
import { migrate, refuseOtherVersion, schemaVersion } from './migrate.js';
import { Seals } from './seals.js';

/**
 * Whose clock decides when sessions end: the database's, so that machines whose clocks differ agree; or the caller's,
 * for whoever plays through other times.
 */
export type Clock = 'database' | 'caller';

/** How the store is asked and changed by somebody who remembers what it says about itself. */
export class Access {
  readonly database: Database;
  readonly clock: Clock;
  #cipher: FieldCipher | null;
  #seals: Seals;
  #framed: Promise<Frame> | null = null;

  /** @param cipher seals real numbers and the lookup key; null for a store in plain text */
  constructor(address: Address, cipher: FieldCipher | null, clock: Clock) {
    this.database = new Database(address);
    this.clock = clock;
    this.#cipher = cipher;
    this.#seals = new Seals(cipher, this.shown);
  }

  /** Where it is, without user and password. */
  get shown(): string {
    return this.database.shown;
  }

  get cipher(): FieldCipher | null {
    return this.#cipher;
  }

  get seals(): Seals {
    return this.#seals;
  }

  /** Reads and writes with another key from now on. */
  changeKey(cipher: FieldCipher | null): void {
    this.#cipher = cipher;
    this.#seals = new Seals(cipher, this.shown);
    this.refresh();
  }

  /** Looks at the store anew when it is needed next. */
  refresh(): void {
    this.#framed = null;
  }

  /** The store as it was looked at last; made, when the database holds none. */
  readonly frame = (): Promise<Frame> => {
    this.#framed ??= this.#readFrame().catch((error) => {
      this.refresh();
      throw error;
    });
    return this.#framed;
  };

  /** The time that a change goes by. */
  at({ now }: Pick<Held, 'now'>, given: Instant): Instant {
    return this.clock === 'database' ? now : given;
  }

  /** The time by which the store says what is due; null for its own. */
  dueBy(given: Instant | null): Instant | null {
    return this.clock === 'database' ? null : given;
  }

  /**
   * A question that is asked anew when the store turns out to be another than it was.
   * @param text selects `generation` of the store in each row, of which there is at least one
   */
  async ask<R extends object>(ask: Send, text: string, valuesOf: (frame: Frame) => unknown[]): Promise<R[]> {
    for (let attempt = 0; attempt < 3; attempt++) {
      const frame = await this.frame();
      const { rows } = await ask<R & { generation: number }>(text, valuesOf(frame));
      if (rows[0]?.generation === frame.generation) return rows;
      this.refresh();
    }
    throw this.incomplete();
  }

  /** What is read here is one moment's, however long reading takes. */
  async reading<T>(read: (send: Send, frame: Frame) => Promise<T>): Promise<T> {
    return this.#step(async (send, frame) => {
      const { rows } = await send<{ generation: number }>('SELECT generation FROM voxproxy_store');
      if (rows[0]?.generation !== frame.generation) throw new LostRace();
      return read(send, frame);
    }, 'reading');
  }

  /**
   * One change, as one step among all writers. Statements that are sent and not awaited fail it all the same.
   * @param how together with other writers of sessions, or alone
   * @param ahead what is asked in the same breath as the row about the store is held
   * @param given the caller's time, by which ended sessions lose their real numbers; null where no clock is at hand
   */
  async writing<T, Early = undefined>(
    how: 'SHARE' | 'UPDATE',
    given: Instant | null,
    change: (send: Send, now: Instant, frame: Frame, early: Early) => Promise<T>,
    ahead: (send: Send, frame: Frame) => Promise<Early> = async () => undefined as Early,
  ): Promise<T> {
    return this.#step(async (send, frame) => {
      const holding = hold(send, frame, how, this.dueBy(given));
      const [held, early] = await Promise.all([holding, ahead(send, frame)]);
      const now = given === null ? held.now : this.at(held, given);
      // Before, as everywhere: what is to be forgotten is told to nobody any more.
      if (given !== null && held.isDue) forget(send, now);
      return change(send, now, frame, early);
    });
  }

  /** Brings the schema to the version that is wanted. */
  async migrate(): Promise<void> {
    await migrate(this.database, () => newborn(this.#cipher));
  }

  incomplete(): VoxproxyError {
    return new VoxproxyError(
      'store',
      `The store ${this.shown} is damaged, or being replaced: what it says about itself changes or is not there.`,
      'Nothing was changed. Try again, or put a backup in its place.',
    );
  }

  async #step<T>(work: (send: Send, frame: Frame) => Promise<T>, kind?: 'reading'): Promise<T> {
    return this.database.transact(
      async (send, frame: Frame) => {
        try {
          return await work(send, frame);
        } catch (error) {
          if (error instanceof LostRace) this.refresh();
          throw error;
        }
      },
      this.frame,
      kind,
    );
  }

  async #readFrame(): Promise<Frame> {
    const version = await schemaVersion(this.database);
    if (version === 0) await this.migrate();
    else refuseOtherVersion(version);
    const { rows } = await this.database.look<FrameRow>(
      'SELECT version, encrypted, lookup_key, generation FROM voxproxy_store',
    );
    const [row] = rows;
    if (row === undefined) throw this.incomplete();
    return frameOf(row, this.#cipher, this.shown);
  }
}
