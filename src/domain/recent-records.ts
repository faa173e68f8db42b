/**
 * What is remembered of every call, by an id: as Recent, but its records are made once and filled again and again,
 * and of an id only a mark is kept. Whatever a call leaves behind in memory is copied and then cleared away by the
 * garbage collector, which takes a tenth of an answer and most of the slowest ones' time.
 */
export class RecentRecords<Fields extends object> {
  /** Two halves: the older one is dropped whole. */
  #newer: Half<Fields>;
  #older: Half<Fields>;
  readonly #least: number;

  /**
   * @param least how many records, renewed last, it remembers at least; never twice as many
   * @param make a record with fields of the right types
   */
  constructor(least: number, make: () => Fields) {
    this.#least = least;
    this.#newer = new Half(least, make);
    this.#older = new Half(least, make);
  }

  /** For now: another id may get this record later. */
  get(id: string): Readonly<Fields> | undefined {
    const mark = markOf(id);
    return this.#newer.get(mark) ?? this.#older.get(mark);
  }

  /** The record of this id from now on; all its fields are to be set, because they may be another's. */
  renew(id: string): Fields {
    const half = this.#newer;
    const record = half.take(markOf(id));
    if (half.count === this.#least) {
      this.#newer = this.#older;
      this.#newer.clear();
      this.#older = half;
    }
    return record;
  }
}

/** Records by marks: a table with open addressing that is never more than half full, and from which nothing is taken. */
class Half<Fields extends object> {
  count = 0;
  readonly #make: () => Fields;
  readonly #marks: Float64Array;
  /** By the place of a mark: which record is its own. */
  readonly #indices: Int32Array;
  readonly #records: Fields[] = [];

  constructor(most: number, make: () => Fields) {
    const size = 2 ** Math.ceil(Math.log2(2 * most));
    this.#make = make;
    this.#marks = new Float64Array(size);
    this.#indices = new Int32Array(size);
  }

  get(mark: number): Fields | undefined {
    const place = this.#placeOf(mark);
    return this.#marks[place] === mark ? this.#records[this.#indices[place] as number] : undefined;
  }

  take(mark: number): Fields {
    const place = this.#placeOf(mark);
    if (this.#marks[place] !== mark) {
      this.#marks[place] = mark;
      this.#indices[place] = this.count;
      if (this.count === this.#records.length) this.#records.push(this.#make());
      this.count++;
    }
    return this.#records[this.#indices[place] as number] as Fields;
  }

  clear(): void {
    this.#marks.fill(NONE);
    this.count = 0;
  }

  /** Where this mark stands, or would. */
  #placeOf(mark: number): number {
    const last = this.#marks.length - 1;
    let place = mark & last;
    while (this.#marks[place] !== mark && this.#marks[place] !== NONE) place = (place + 1) & last;
    return place;
  }
}

const NONE = 0;

/**
 * 53 bits of the id, by two multiplicative hashes: among twice 10,000 ids none is taken for another in 10^11 calls.
 * They are Vonage's own, in requests that it signed, so that nobody can choose two with the same mark.
 */
function markOf(id: string): number {
  let one = 0x2545f491;
  let other = 0x41c6ce57;
  for (let i = 0; i < id.length; i++) {
    const unit = id.charCodeAt(i);
    one = Math.imul(one ^ unit, 0x9e3779b1);
    other = Math.imul(other ^ unit, 0x5f356495);
  }
  one = Math.imul(one ^ (one >>> 16), 0x85ebca6b) ^ Math.imul(other ^ (other >>> 13), 0xc2b2ae35);
  other = Math.imul(other ^ (other >>> 16), 0x85ebca6b) ^ Math.imul(one ^ (one >>> 13), 0xc2b2ae35);
  return (other & 0x1fffff) * 2 ** 32 + (one >>> 0) || 1;
}
