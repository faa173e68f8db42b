const PIECE = 1 << 16;

/** How many lines two files share, counted from the first and from the last. */
export type Shared = { first: number; last: number };

/** Bytes that are whole lines, each with its end. */
export class Lines {
  readonly bytes: Buffer;
  /** Where each begins, and where the last one ends. */
  readonly bounds: Float64Array;

  constructor(bytes: Buffer, bounds: Float64Array) {
    this.bytes = bytes;
    this.bounds = bounds;
  }

  static readonly NONE = new Lines(Buffer.alloc(0), new Float64Array(1));

  get count(): number {
    return this.bounds.length - 1;
  }

  /** The lines from one on to before another. */
  slice(from: number, to: number): Buffer {
    return this.bytes.subarray(this.bounds[from], this.bounds[to]);
  }

  /** The lines that hold this text. */
  holding(text: string): number[] {
    const found: number[] = [];
    for (let at = this.bytes.indexOf(text); at >= 0; ) {
      const line = lastNotAbove(this.bounds, at);
      found.push(line);
      at = this.bytes.indexOf(text, this.bounds[line + 1]);
    }
    return found;
  }

  /** What need not be read again; finding out takes a tenth of the time of reading it. */
  sharedWith(before: Lines): Shared {
    const [were, are] = [before.bytes, this.bytes];
    const { bounds } = before;
    const first = lastNotAbove(bounds, sameAtStart(were, are));
    const back = sameAtEnd(were, are, Math.min(were.length, are.length) - (bounds[first] as number));
    // The end of the line before must be the same as well.
    const kept = lastNotAbove(bounds, were.length - back) + 1;
    return { first, last: Math.max(0, before.count - kept) };
  }
}

/** The index of the last bound that is not above this place. */
function lastNotAbove(bounds: Float64Array, place: number): number {
  let [low, high] = [0, bounds.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((bounds[middle] as number) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}

function sameAtStart(one: Buffer, other: Buffer): number {
  const most = Math.min(one.length, other.length);
  let same = 0;
  for (let size = PIECE; same < most; same += size) {
    size = Math.min(PIECE, most - same);
    if (one.compare(other, same, same + size, same, same + size) !== 0) break;
  }
  while (same < most && one[same] === other[same]) same++;
  return same;
}

function sameAtEnd(one: Buffer, other: Buffer, most: number): number {
  let same = 0;
  for (let size = PIECE; same < most; same += size) {
    size = Math.min(PIECE, most - same);
    const [oneAt, otherAt] = [one.length - same - size, other.length - same - size];
    if (one.compare(other, otherAt, otherAt + size, oneAt, oneAt + size) !== 0) break;
  }
  while (same < most && one[one.length - same - 1] === other[other.length - same - 1]) same++;
  return same;
}
