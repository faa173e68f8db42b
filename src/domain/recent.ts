/** A map that forgets: what was set last is there, and of all before at most as much again. */
export class Recent<Value> {
  /** Two halves: dropping the older one whole costs nothing, where dropping entries one by one costs more than an answer. */
  #newer = new Map<string, Value>();
  #older = new Map<string, Value>();
  readonly #least: number;

  /** @param least how many entries, set last, it remembers at least */
  constructor(least: number) {
    this.#least = least;
  }

  get(key: string): Value | undefined {
    return this.#newer.get(key) ?? this.#older.get(key);
  }

  set(key: string, value: Value): void {
    this.#newer.set(key, value);
    if (this.#newer.size < this.#least) return;
    this.#older = this.#newer;
    this.#newer = new Map();
  }

  delete(key: string): void {
    this.#newer.delete(key);
    this.#older.delete(key);
  }
}
