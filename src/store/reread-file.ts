import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type FileIdentity, identityIn } from './private-file.js';

export type Read = { bytes: Buffer; identity: FileIdentity };

/** For a file that grows by a little each time. */
const ROOM = 1.1;

/**
 * A file that is read again each time somebody replaced it. It goes into the same two pieces of memory in turn: with 25
 * megabytes, to get new memory from the system takes longer than to read, and to collect the old stalls calls.
 */
export class RereadFile {
  readonly #path: string;
  #kept = Buffer.alloc(0);
  #spare = Buffer.alloc(0);

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * The whole file and the identity that belongs to just these bytes; null when there is none. The bytes are good until
   * the next reading, and those that are kept until something else is kept and read after.
   */
  read(): Read | null {
    let descriptor: number;
    try {
      descriptor = openSync(this.#path, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    try {
      const stat = fstatSync(descriptor, { bigint: true });
      return { bytes: this.#readAll(descriptor, Number(stat.size)), identity: identityIn(stat) };
    } finally {
      closeSync(descriptor);
    }
  }

  /** What was read last stays as it is while the next is read. */
  keep(): void {
    [this.#kept, this.#spare] = [this.#spare, this.#kept];
  }

  #readAll(descriptor: number, size: number): Buffer {
    if (this.#spare.length < size) this.#spare = Buffer.allocUnsafeSlow(Math.ceil(size * ROOM));
    let length = 0;
    for (let more = -1; more !== 0 && length < size; length += more)
      more = readSync(descriptor, this.#spare, length, size - length, null);
    return this.#spare.subarray(0, length);
  }
}
