/** Ids for new sessions, the same ones when a decision is made again, but for those that turned out to be taken. */
export class Ids {
  readonly #make: () => string;
  readonly #made: string[] = [];
  #given = 0;

  constructor(make: () => string) {
    this.#make = make;
  }

  /** Begins again with the first one. */
  rewind(): void {
    this.#given = 0;
  }

  next(): string {
    if (this.#given === this.#made.length) this.#made.push(this.#make());
    return this.#made[this.#given++] as string;
  }

  reject(taken: readonly string[]): void {
    for (const id of taken) this.#made.splice(this.#made.indexOf(id), 1);
  }
}
