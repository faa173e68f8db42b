import { dirname } from 'node:path';
import { type Erased, erasePerson } from '../domain/erasing.js';
import { decideExtension } from '../domain/extending.js';
import type { E164 } from '../domain/phone-number.js';
import type { NumberState, PoolNumber } from '../domain/pool.js';
import type { Instant, Session } from '../domain/session.js';
import { VoxproxyError } from '../errors.js';
import { parseState } from './checked-state.js';
import type { FieldCipher } from './field-cipher.js';
import { isLockedByOthers, LOCK_PATIENCE, lockFile } from './lock.js';
import { identityOf, makePrivateDirectory, removeAbandoned, replaceFile } from './private-file.js';
import { RereadFile } from './reread-file.js';
import { SessionList } from './session-list.js';
import { Snapshot } from './snapshot.js';
import { copyOf, emptyState, type Frame, type State } from './state.js';
import { forgetEnded, openIn, placeOf, putIn, takeOut } from './state-changes.js';
import type { Mark, Marks, OpeningRequest, Store, Told } from './store.js';
import { readStoreFile, type StoreFile, storeFileOf } from './store-file.js';

const REREADS = 50;

/** From so many sessions on, a command that changes one takes longer than with PostgreSQL. */
const CROWDED = 50_000;
const crowded = (sessions: number) =>
  `The store holds ${sessions} sessions, and every change takes longer with each. From ${CROWDED} on, PostgreSQL serves better: see VOXPROXY_STORE.`;

/** All that a store holds, of whatever kind it is. */
export type Contents = Omit<Frame, 'version'> & { sessions: readonly Session[] };

/**
 * The embedded store: one JSON file beside the settings. conf, which keeps the settings, does not serve
 * here: it cannot look at the file once more between writing and renaming, and several processes write.
 */
export class JsonStore implements Store {
  readonly #path: string;
  readonly #file: RereadFile;
  readonly #warn: (message: string) => void;
  #cipher: FieldCipher | null;
  #latest: Snapshot | null = null;
  #looking: Promise<Snapshot> | null = null;

  /** @param cipher seals real numbers and the lookup key; null for a store in plain text */
  constructor(path: string, warn: (message: string) => void, cipher: FieldCipher | null = null) {
    this.#path = path;
    this.#file = new RereadFile(path);
    this.#warn = warn;
    this.#cipher = cipher;
  }

  async sessions() {
    return (await this.#current()).state.sessions.all();
  }

  async session(id: string) {
    return (await this.#current()).session(id);
  }

  async sessionsMeant(text: string) {
    const { sessions } = (await this.#current()).state;
    const meant = sessions.placesMeant(text).map((place) => sessions.at(place));
    const known = meant.find(({ id }) => id === text);
    return known === undefined ? meant : [known];
  }

  async numbers() {
    return (await this.#current()).state.numbers;
  }

  async locate(caller: E164 | undefined, dialled: E164) {
    const { person, legs, inPool, marked } = await this.#current();
    const who = caller && person(caller);
    return {
      caller: who,
      callerIsBlocked: who !== undefined && marked.blocked.has(who),
      callerIsInPool: caller !== undefined && inPool.has(caller),
      dialled,
      dialledIsInPool: inPool.has(dialled),
      owner: who && legs.lastOwner({ caller: who, dialled }),
    };
  }

  async marksOf(number: E164): Promise<Marks> {
    const { person, marked } = await this.#current();
    const who = person(number);
    return { blocked: marked.blocked.has(who), textsStopped: marked.textsStopped.has(who) };
  }

  async open(requests: readonly OpeningRequest[], now: Instant, newId: () => string) {
    let held = 0;
    const opened = await this.#update(now, (state, person) => {
      const decided = openIn(state, person, requests, now, newId);
      for (const result of decided) if (result.kind === 'created') state.sessions.push(result.session);
      held = state.sessions.length;
      return decided;
    });
    if (held >= CROWDED) this.#warn(crowded(held));
    return opened;
  }

  async preview(requests: readonly OpeningRequest[], now: Instant) {
    const { state, person } = await this.#current();
    let previewed = 0;
    return openIn(state, person, requests, now, () => `preview-${++previewed}`);
  }

  async close(sessionId: string, now: Instant) {
    return this.#update(now, ({ sessions }) => {
      const place = placeOf(sessionId, sessions);
      if (place === undefined) return undefined;
      const session = sessions.at(place);
      if (session.closedAt === null) sessions.put(place, { ...session, closedAt: now });
      return sessions.at(place);
    });
  }

  async extend(sessionId: string, ttl: number, now: Instant) {
    return this.#update(now, ({ sessions, numbers }) => {
      const place = placeOf(sessionId, sessions);
      if (place === undefined) return undefined;
      const session = sessions.at(place);
      const theirs = sessions.placesOf([session.a.person, session.b.person]).map((at) => sessions.at(at));
      const extended = decideExtension(session, ttl, theirs, numbers, now);
      if (extended.kind === 'extended') sessions.put(place, extended.session);
      return extended;
    });
  }

  async markTold(told: readonly Told[]) {
    if (told.length === 0) return;
    const latest = told.reduce((last, { at }) => Math.max(last, at), 0);
    await this.#update(latest, ({ sessions }) => {
      const places = sessions.placesNamed(told.map(({ sessionId }) => sessionId));
      const placeOfId = new Map(places.map((place) => [sessions.at(place).id, place]));
      for (const { sessionId, side, at } of told) {
        const place = placeOfId.get(sessionId);
        if (place === undefined) continue;
        const session = sessions.at(place);
        sessions.put(place, { ...session, [side]: { ...session[side], notifiedAt: at } });
      }
    });
  }

  async mark(number: E164, mark: Mark, on: boolean) {
    return this.#update(null, (state, person) => {
      const who = person(number);
      const others = state.marked[mark].filter((marked) => marked !== who);
      const was = others.length < state.marked[mark].length;
      state.marked[mark] = on ? [...others, who] : others;
      return was !== on;
    });
  }

  async erase(number: E164, now: Instant): Promise<Erased> {
    return this.#update(now, ({ sessions }, person) => {
      const who = person(number);
      const places = sessions.placesOf([who]);
      const theirs = places.map((place) => sessions.at(place));
      const erased = erasePerson(theirs, who, now);
      for (const [i, session] of theirs.entries()) sessions.put(places[i] as number, session);
      return erased;
    });
  }

  async forgetEnded(now: Instant) {
    await this.#update(now, () => {});
  }

  /**
   * Writes the whole store anew, sealed with another key, or in plain text with null; one that is so already,
   * because a conversion was interrupted after it was done, stays as it is. Persons stay who they are: the
   * lookup key is only wrapped anew.
   */
  async recrypt(cipher: FieldCipher | null) {
    if (!this.#guard('read', () => this.#isReadableWith(cipher))) await this.#update(null, () => {}, cipher);
    this.#cipher = cipher;
    this.#latest = null;
  }

  /** Everything it holds, for another store. */
  async contents(): Promise<Contents> {
    const { sessions, ...frame } = (await this.#current()).state;
    return { ...frame, sessions: sessions.all() };
  }

  /** Reads the file once as if it had changed: with 40 megabytes the memory for that alone takes the system 0.2 s. */
  async expectChanges() {
    const { file } = await this.#current();
    if (file === null) return;
    this.#guard('read', () => {
      const read = this.#file.read();
      if (read !== null) this.#read(read.bytes, this.#cipher, file);
    });
  }

  /** Puts what another store held in the place of everything. */
  async replace({ sessions, ...frame }: Contents): Promise<void> {
    await this.#update(null, (state) => {
      Object.assign(state, frame, { sessions: SessionList.of(sessions) });
    });
  }

  #isReadableWith(cipher: FieldCipher | null): boolean {
    const file = new RereadFile(this.#path).read();
    if (file === null) return false;
    try {
      this.#read(file.bytes, cipher, null);
      return true;
    } catch (error) {
      if (error instanceof VoxproxyError && error.code === 'settings') return false;
      throw error;
    }
  }

  async putNumber(number: PoolNumber, now: Instant) {
    return this.#update(now, (state, person) => putIn(state, person, number, now));
  }

  async updateNumber(number: PoolNumber, was: NumberState | null, now: Instant) {
    return this.#update(now, (state, person) => {
      const kept = state.numbers.find((one) => one.number === number.number);
      return (kept?.state ?? null) === was ? putIn(state, person, number, now) : 'changed';
    });
  }

  async drainNumber(number: E164) {
    await this.#update(null, (state) => {
      state.numbers = state.numbers.map((kept) =>
        kept.number === number && kept.state === 'linked' ? { ...kept, state: 'draining' } : kept,
      );
    });
  }

  async beginRelease(number: E164, force: boolean, now: Instant) {
    return this.#update(now, (state) => takeOut(state, number, force, now));
  }

  async beginReleaseOfDrained(number: E164, now: Instant) {
    return this.#update(now, (state) => {
      const kept = state.numbers.find((one) => one.number === number);
      return kept === undefined || kept.state === 'linked'
        ? { kind: 'called-off' as const }
        : takeOut(state, number, false, now);
    });
  }

  async removeNumber(number: E164) {
    await this.#update(null, (state) => {
      state.numbers = state.numbers.filter((kept) => kept.number !== number);
    });
  }

  /**
   * The newest data. The file is looked at once for everything that is asked in one go, after all of it: so
   * nothing is answered from before it was asked, and a look costs little however many ask.
   */
  #current(): Promise<Snapshot> {
    this.#looking ??= Promise.resolve().then(() => {
      this.#looking = null;
      return this.#guard('read', () => this.#newest());
    });
    return this.#looking;
  }

  #newest(): Snapshot {
    const before = this.#latest;
    if (before !== null && identityOf(this.#path) === before.identity) return before;
    const read = this.#file.read();
    if (read === null) {
      if (before !== null && before.identity !== null)
        throw this.#failure('has vanished', 'Put it back; nothing is connected without it.');
      this.#latest = before ?? new Snapshot(emptyState(), null);
      return this.#latest;
    }
    const { file, state } = this.#read(read.bytes, this.#cipher, before?.file ?? null);
    this.#latest = new Snapshot(state, read.identity, file, before);
    this.#file.keep();
    return this.#latest;
  }

  /** @param before what the file is compared with, where it is in today's form */
  #read(bytes: Buffer, cipher: FieldCipher | null, before: StoreFile | null) {
    const file = readStoreFile(bytes, cipher, before) ?? null;
    return { file, state: file?.state ?? parseState(bytes.toString('utf8'), this.#path, cipher) };
  }

  /**
   * Reads, lets `change` have its way with the state and saves it, as one step among all writers.
   * @param now by which ended sessions lose their real numbers first; null where no clock is at hand
   */
  async #update<T>(
    now: Instant | null,
    change: (state: State, person: Snapshot['person']) => T,
    cipher = this.#cipher,
  ): Promise<T> {
    const release = await this.#lock();
    try {
      return this.#guard('write', () => {
        removeAbandoned(this.#path);
        for (let attempt = 0; attempt < REREADS; attempt++) {
          const { state: before, person, file, identity } = this.#newest();
          const state = copyOf(before);
          if (now !== null) forgetEnded(state.sessions, now);
          const result = change(state, person);
          const { pieces, digest } = storeFileOf(state, cipher);
          if (file?.digest === digest || replaceFile(this.#path, pieces, identity)) return result;
        }
        throw this.#busy();
      });
    } finally {
      // A lock that was taken over while this process slept is no longer ours to give back.
      await release().catch(() => {});
    }
  }

  async #lock(): Promise<() => Promise<void>> {
    this.#guard('write', () => {
      if (!makePrivateDirectory(dirname(this.#path))) {
        this.#warn(`Others may read the directory ${dirname(this.#path)}: close it with chmod 700.`);
      }
    });
    try {
      return await lockFile(this.#path);
    } catch (error) {
      if (isLockedByOthers(error)) throw this.#busy();
      return this.#guard('write', () => {
        throw error;
      });
    }
  }

  #busy(): VoxproxyError {
    return new VoxproxyError(
      'conflict',
      `The store ${this.#path} is busy: other commands have been writing to it for ${LOCK_PATIENCE / 1000} seconds.`,
      'Nothing was changed. Run the command again when they are done.',
    );
  }

  #guard<T>(verb: 'read' | 'write', act: () => T): T {
    try {
      return act();
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (error instanceof VoxproxyError || code === undefined) throw error;
      const why = WHY[code] ?? code;
      throw this.#failure(
        `cannot be ${verb === 'read' ? 'read' : 'written'}: ${why}`,
        'Nothing was changed.',
      );
    }
  }

  #failure(happened: string, hint: string): VoxproxyError {
    return new VoxproxyError('store', `The store ${this.#path} ${happened}.`, hint);
  }
}

const WHY: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be too large',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of its path is not a directory',
  EEXIST: 'a part of its path is not a directory',
};
