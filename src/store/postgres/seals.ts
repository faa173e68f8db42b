import type { PoolNumber } from '../../domain/pool.js';
import { type PersonId, type Session, SIDES, type Side } from '../../domain/session.js';
import { VoxproxyError } from '../../errors.js';
import type { FieldCipher } from '../field-cipher.js';
import { isSessionId } from '../record-shapes.js';
import { recordOf } from '../sealing.js';
import type { Marks } from '../store.js';

/** Seals what a row must not be changed without; each row by itself, so that writers of others do not wait. */
export class Seals {
  /** @param cipher null for a store in plain text */
  constructor(
    private readonly cipher: FieldCipher | null,
    private readonly shown: string,
  ) {}

  /** The real number of a side as it is kept; null once it is forgotten. */
  realNumber(session: Session, side: Side): string | null {
    const { realNumber } = session[side];
    if (realNumber === null || this.cipher === null) return realNumber;
    return this.cipher.seal(realNumber, `session/${session.id}/${side}`, recordOf(session));
  }

  /** Puts the real numbers of a session that was read back in its place. */
  open(session: Session): Session {
    if (this.cipher === null) return session;
    const record = recordOf(session);
    for (const side of SIDES) {
      const { realNumber } = session[side];
      if (realNumber === null) continue;
      const opened = this.cipher.open(realNumber, `session/${session.id}/${side}`, record);
      if (opened === undefined)
        throw this.#tampered(`session ${isSessionId(session.id) ? session.id : 'without a sound id'}`);
      session[side].realNumber = opened as Session[Side]['realNumber'];
    }
    return session;
  }

  ofNumber(number: PoolNumber): string | null {
    return this.cipher?.seal('', `number/${number.number}`, JSON.stringify(fieldsOf(number))) ?? null;
  }

  checkNumber(number: PoolNumber, seal: string | null): void {
    if (this.#holds(seal, `number/${number.number}`, JSON.stringify(fieldsOf(number)))) return;
    throw this.#tampered('a virtual number');
  }

  ofMarks(person: PersonId, { blocked, textsStopped }: Marks): string | null {
    return this.cipher?.seal('', `person/${person}`, JSON.stringify([blocked, textsStopped])) ?? null;
  }

  /** Somebody who never carried a mark has no seal. */
  checkMarks(person: PersonId, { blocked, textsStopped }: Marks, seal: string | null): void {
    if (seal === null && !blocked && !textsStopped) return;
    if (this.#holds(seal, `person/${person}`, JSON.stringify([blocked, textsStopped]))) return;
    throw this.#tampered('who is blocked or wants no texts');
  }

  #holds(seal: string | null, place: string, record: string): boolean {
    return this.cipher === null || (seal !== null && this.cipher.open(seal, place, record) === '');
  }

  #tampered(what: string): VoxproxyError {
    return new VoxproxyError(
      'store',
      `The store ${this.shown} is damaged: ${what} was tampered with.`,
      'Nothing was changed. Put a backup in its place.',
    );
  }
}

function fieldsOf({ country, type, features, state, order }: PoolNumber): unknown[] {
  return [country, type, features, state, order];
}
