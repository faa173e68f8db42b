import type { PersonId, Session } from '../domain/session.js';
import { VoxproxyError } from '../errors.js';
import type { FieldCipher } from './field-cipher.js';
import { Lines, type Shared } from './lines.js';
import type { Names } from './openings.js';
import { Outlines } from './outlines.js';
import { sealedSession, unsealNumbers } from './sealing.js';
import { recordTextOf, sessionOf } from './session-record.js';
import { VERSION } from './version.js';

/** With more searches it is quicker to read every line. */
const MOST_SEARCHES = 8;

/**
 * The sessions of a store, oldest first. Those of a file that voxproxy wrote are read when they are asked for:
 * a command needs one or two of them, and reading takes ten times as long as searching.
 */
export class SessionList {
  readonly #lines: Lines;
  /** Of the lines. */
  readonly #outlines: Outlines;
  readonly #cipher: FieldCipher | null;
  /** By place; undefined where a line was not read yet. */
  readonly #sessions: (Session | undefined)[];
  /** The places where something else stands than in the line. */
  readonly #changed: Set<number>;

  private constructor(
    lines: Lines,
    outlines: Outlines,
    cipher: FieldCipher | null,
    sessions: (Session | undefined)[],
    changed: Set<number>,
  ) {
    this.#lines = lines;
    this.#outlines = outlines;
    this.#cipher = cipher;
    this.#sessions = sessions;
    this.#changed = changed;
  }

  static of(sessions: readonly Session[]): SessionList {
    return new SessionList(Lines.NONE, Outlines.NONE, null, [...sessions], new Set(sessions.keys()));
  }

  /** @param cipher null when nothing in the lines is sealed */
  static in(lines: Lines, outlines: Outlines, cipher: FieldCipher | null): SessionList {
    return new SessionList(lines, outlines, cipher, new Array(lines.count).fill(undefined), new Set());
  }

  /** The list of a newer file; what was read of lines that it shares is not read again. */
  next(lines: Lines, outlines: Outlines): { list: SessionList; shared: Shared } {
    const shared = lines.sharedWith(this.#lines);
    const middle = new Array<undefined>(lines.count - shared.first - shared.last).fill(undefined);
    const sessions = [
      ...this.#sessions.slice(0, shared.first),
      ...middle,
      ...this.#sessions.slice(this.#sessions.length - shared.last),
    ];
    return { list: new SessionList(lines, outlines, this.#cipher, sessions, new Set()), shared };
  }

  /** The same list, to be changed without the other noticing. */
  copy(): SessionList {
    return new SessionList(
      this.#lines,
      this.#outlines,
      this.#cipher,
      [...this.#sessions],
      new Set(this.#changed),
    );
  }

  get length(): number {
    return this.#sessions.length;
  }

  at(place: number): Session {
    this.#sessions[place] ??= this.#readLines(place, place + 1)[0];
    return this.#sessions[place] as Session;
  }

  all(): readonly Session[] {
    for (let from = this.#sessions.indexOf(undefined); from >= 0; ) {
      let to = from;
      while (to < this.length && this.#sessions[to] === undefined) to++;
      for (const [i, session] of this.#readLines(from, to).entries()) this.#sessions[from + i] = session;
      from = this.#sessions.indexOf(undefined, to);
    }
    return this.#sessions as Session[];
  }

  put(place: number, session: Session): void {
    if (this.#sessions[place] === session) return;
    this.#sessions[place] = session;
    this.#changed.add(place);
  }

  push(session: Session): void {
    this.put(this.length, session);
  }

  /** The places of all sessions that one of these people is in. */
  placesOf(people: readonly PersonId[]): number[] {
    const known = new Set(people);
    return this.#search(
      people.map((person) => `"person":"${person}"`),
      ({ a, b }) => known.has(a.person) || known.has(b.person),
    );
  }

  /** The places of all sessions that have one of these as their id or name. */
  placesNamed(names: readonly string[]): number[] {
    const known = new Set(names);
    return this.#search(
      names.map((name) => `:${JSON.stringify(name)}`),
      ({ id, name }) => known.has(id) || (name !== null && known.has(name)),
    );
  }

  /** The places of all sessions that are named so, or whose id begins so. */
  placesMeant(text: string): number[] {
    return this.#search(
      [`:${JSON.stringify(text).slice(0, -1)}`],
      ({ id, name }) => name === text || id.startsWith(text),
    );
  }

  /** Looks through the lines each time: for those who ask once or twice. What is added is not found. */
  get names(): Names {
    const find = (name: string) => {
      const [newest] = this.placesNamed([name]).slice(-1);
      return newest === undefined ? undefined : this.at(newest);
    };
    return { find, add: () => {} };
  }

  get outlines(): Outlines {
    return this.#outlines.with(
      new Map([...this.#changed].map((place) => [place, this.at(place)])),
      this.length,
    );
  }

  /** The lines of a file, and where they begin; those that nobody changed are as they stood. */
  written(cipher: FieldCipher | null): { pieces: Buffer[]; bounds: Float64Array } {
    const pieces: Buffer[] = [];
    const bounds = new Float64Array(this.length + 1);
    let text = '';
    const writeAnew = (place: number) => {
      const line = this.#lineAt(place, cipher);
      bounds[place + 1] = (bounds[place] as number) + Buffer.byteLength(line);
      text += line;
    };
    const keep = (from: number, to: number) => {
      if (text !== '') pieces.push(Buffer.from(text));
      text = '';
      if (from === to) return;
      const were = this.#lines.bounds;
      const moved = (bounds[from] as number) - (were[from] as number);
      bounds.set(were.subarray(from + 1, to + 1), from + 1);
      // Of one line that is new at the end nothing before it moves: ten thousand additions take a millisecond.
      if (moved !== 0) for (let at = from + 1; at <= to; at++) bounds[at] = (bounds[at] as number) + moved;
      pieces.push(this.#lines.slice(from, to));
    };
    const isOtherKey = cipher !== this.#cipher;
    const anew = isOtherKey ? this.#sessions.keys() : [...this.#changed].sort((one, other) => one - other);
    let next = 0;
    for (const place of anew) {
      if (place > next) keep(next, place);
      writeAnew(place);
      next = place + 1;
    }
    keep(next, this.length);
    return { pieces, bounds };
  }

  #lineAt(place: number, cipher: FieldCipher | null): string {
    const session = this.at(place);
    const record = recordTextOf(cipher === null ? session : sealedSession(session, cipher));
    return `${place === 0 ? '' : ','}${record}\n`;
  }

  #search(texts: readonly string[], isWanted: (session: Session) => boolean): number[] {
    const places =
      texts.length > MOST_SEARCHES
        ? this.all().keys()
        : new Set([...this.#changed, ...texts.flatMap((text) => this.#lines.holding(text))]);
    return [...places].filter((place) => isWanted(this.at(place))).sort((one, other) => one - other);
  }

  #readLines(from: number, to: number): Session[] {
    const text = this.#lines.slice(from, to).toString('utf8');
    const sessions: Session[] = JSON.parse(`[${text.startsWith(',') ? text.slice(1) : text}]`).map(sessionOf);
    const cipher = this.#cipher;
    if (cipher !== null && !sessions.every((session) => unsealNumbers(session, cipher, VERSION)))
      throw new VoxproxyError(
        'store',
        'A session of the store was tampered with.',
        'Put a backup in its place.',
      );
    return sessions;
  }
}
