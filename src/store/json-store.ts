import { dirname } from 'node:path';
import { type Erased, erasePerson, forgetEnded } from '../domain/erasing.js';
import { decideExtension } from '../domain/extending.js';
import { LegIndex } from '../domain/leg-index.js';
import type { E164 } from '../domain/phone-number.js';
import { isInPool, type NumberState, type PoolNumber } from '../domain/pool.js';
import { sessionsUsing } from '../domain/pool-usage.js';
import { type Instant, isReserved, type PersonId, type Session, SIDES } from '../domain/session.js';
import { VoxproxyError } from '../errors.js';
import type { FieldCipher } from './field-cipher.js';
import { isLockedByOthers, LOCK_PATIENCE, lockFile } from './lock.js';
import { openIn, personOf } from './openings.js';
import {
  type FileIdentity,
  identityOf,
  makePrivateDirectory,
  readWithIdentity,
  removeAbandoned,
  replaceFile,
} from './private-file.js';
import { emptyState, parseState, type State, stateText } from './state.js';
import type { Mark, Marks, OpeningRequest, Released, Store, Told } from './store.js';

const REREADS = 50;

type Loaded = {
  identity: FileIdentity | null;
  state: State;
  byId: ReadonlyMap<string, Session>;
  legs: LegIndex;
  inPool: ReadonlySet<E164>;
  marked: Record<Mark, ReadonlySet<PersonId>>;
};

/**
 * The embedded store: one JSON file beside the settings. conf, which keeps the settings, does not serve
 * here: it cannot look at the file once more between writing and renaming, and several processes write.
 */
export class JsonStore implements Store {
  readonly #path: string;
  readonly #warn: (message: string) => void;
  #cipher: FieldCipher | null;
  #loaded: Loaded | null = null;

  /** @param cipher seals real numbers and the lookup key; null for a store in plain text */
  constructor(path: string, warn: (message: string) => void, cipher: FieldCipher | null = null) {
    this.#path = path;
    this.#warn = warn;
    this.#cipher = cipher;
  }

  async sessions() {
    return this.#current().state.sessions;
  }

  async session(id: string) {
    return this.#current().byId.get(id);
  }

  async numbers() {
    return this.#current().state.numbers;
  }

  async locate(caller: E164 | undefined, dialled: E164) {
    const { state, legs, inPool, marked } = this.#current();
    const person = caller && personOf(state, caller);
    return {
      caller: person,
      callerIsBlocked: person !== undefined && marked.blocked.has(person),
      callerIsInPool: caller !== undefined && inPool.has(caller),
      dialled,
      dialledIsInPool: inPool.has(dialled),
      owner: person && legs.lastOwner({ caller: person, dialled }),
    };
  }

  async marksOf(number: E164): Promise<Marks> {
    const { state, marked } = this.#current();
    const person = personOf(state, number);
    return { blocked: marked.blocked.has(person), textsStopped: marked.textsStopped.has(person) };
  }

  async open(requests: readonly OpeningRequest[], now: Instant, newId: () => string) {
    return this.#update(now, (state) => {
      const opened = openIn(state, now, newId);
      return requests.map((request) => {
        const result = opened(request);
        if (result.kind === 'created') state.sessions.push(result.session);
        return result;
      });
    });
  }

  async preview(requests: readonly OpeningRequest[], now: Instant) {
    let previewed = 0;
    return requests.map(openIn(this.#current().state, now, () => `preview-${++previewed}`));
  }

  async close(sessionId: string, now: Instant) {
    return this.#update(now, (state) => {
      const session = state.sessions.find(({ id }) => id === sessionId);
      if (session !== undefined) session.closedAt ??= now;
      return session;
    });
  }

  async extend(sessionId: string, ttl: number, now: Instant) {
    return this.#update(now, (state) => {
      const at = state.sessions.findIndex(({ id }) => id === sessionId);
      const session = state.sessions[at];
      if (session === undefined) return undefined;
      const extended = decideExtension(session, ttl, state.sessions, state.numbers, now);
      if (extended.kind === 'extended') state.sessions[at] = extended.session;
      return extended;
    });
  }

  async markTold(told: readonly Told[]) {
    if (told.length === 0) return;
    const latest = told.reduce((last, { at }) => Math.max(last, at), 0);
    await this.#update(latest, (state) => {
      const sessions = new Map(state.sessions.map((session) => [session.id, session]));
      for (const { sessionId, side, at } of told) {
        const session = sessions.get(sessionId);
        if (session !== undefined) session[side].notifiedAt = at;
      }
    });
  }

  async mark(number: E164, mark: Mark, on: boolean) {
    return this.#update(null, (state) => {
      const person = personOf(state, number);
      const others = state.marked[mark].filter((marked) => marked !== person);
      const was = others.length < state.marked[mark].length;
      state.marked[mark] = on ? [...others, person] : others;
      return was !== on;
    });
  }

  async erase(number: E164, now: Instant): Promise<Erased> {
    return this.#update(now, (state) => {
      return erasePerson(state.sessions, personOf(state, number), now);
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
  }

  /** Everything it holds, for another store. */
  async contents(): Promise<Omit<State, 'version'>> {
    return this.#current().state;
  }

  /** Puts what another store held in the place of everything. */
  async replace(contents: Omit<State, 'version'>): Promise<void> {
    await this.#update(null, (state) => {
      Object.assign(state, contents);
    });
  }

  #isReadableWith(cipher: FieldCipher | null): boolean {
    const file = readWithIdentity(this.#path);
    if (file === null) return false;
    try {
      parseState(file.text, this.#path, cipher);
      return true;
    } catch (error) {
      if (error instanceof VoxproxyError && error.code === 'settings') return false;
      throw error;
    }
  }

  async putNumber(number: PoolNumber, now: Instant) {
    return this.#update(now, (state) => putIn(state, number, now));
  }

  async updateNumber(number: PoolNumber, was: NumberState | null, now: Instant) {
    return this.#update(now, (state) => {
      const kept = state.numbers.find((one) => one.number === number.number);
      return (kept?.state ?? null) === was ? putIn(state, number, now) : 'changed';
    });
  }

  async drainNumber(number: E164) {
    await this.#update(null, (state) => {
      const kept = state.numbers.find((one) => one.number === number);
      if (kept?.state === 'linked') kept.state = 'draining';
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

  /** The newest data; asking the file's identity is cheap enough to do it at every call. */
  #current(): Loaded {
    return this.#guard('read', () => {
      if (this.#loaded !== null && identityOf(this.#path) === this.#loaded.identity) return this.#loaded;
      const { state, identity } = this.#read();
      this.#loaded = {
        identity,
        state,
        byId: new Map(state.sessions.map((session) => [session.id, session])),
        legs: new LegIndex(state.sessions),
        inPool: new Set(state.numbers.filter(isInPool).map(({ number }) => number)),
        marked: {
          blocked: new Set(state.marked.blocked),
          textsStopped: new Set(state.marked.textsStopped),
        },
      };
      return this.#loaded;
    });
  }

  #read(): { state: State; text: string; identity: FileIdentity | null } {
    const file = readWithIdentity(this.#path);
    if (file === null) {
      if (this.#loaded !== null && this.#loaded.identity !== null)
        throw this.#failure('has vanished', 'Put it back; nothing is connected without it.');
      return { state: emptyState(), text: '', identity: null };
    }
    return { state: parseState(file.text, this.#path, this.#cipher), ...file };
  }

  /**
   * Reads, lets `change` have its way with the state and saves it, as one step among all writers.
   * @param now by which ended sessions lose their real numbers first; null where no clock is at hand
   */
  async #update<T>(now: Instant | null, change: (state: State) => T, cipher = this.#cipher): Promise<T> {
    const release = await this.#lock();
    try {
      return this.#guard('write', () => {
        removeAbandoned(this.#path);
        for (let attempt = 0; attempt < REREADS; attempt++) {
          const { state, text, identity } = this.#read();
          if (now !== null) forgetEnded(state.sessions, now);
          const result = change(state);
          const changed = stateText(state, cipher);
          if (changed === text || replaceFile(this.#path, changed, identity)) return result;
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

function putIn(state: State, number: PoolNumber, now: Instant): 'stored' | 'real-number' {
  const person = personOf(state, number.number);
  const isReal = state.sessions.some(
    (session) => isReserved(session, now) && SIDES.some((side) => session[side].person === person),
  );
  if (isReal) return 'real-number';
  const at = state.numbers.findIndex((kept) => kept.number === number.number);
  state.numbers.splice(at < 0 ? state.numbers.length : at, 1, number);
  return 'stored';
}

function takeOut(state: State, number: E164, force: boolean, now: Instant): Released {
  const sessions = sessionsUsing(number, state.sessions, now);
  if (sessions.length > 0 && !force) return { kind: 'in-use', sessions };
  const closed = sessions.filter((session) => session.closedAt === null);
  for (const session of closed) session.closedAt = now;
  for (const kept of state.numbers) if (kept.number === number) kept.state = 'releasing';
  return { kind: 'released', closed };
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
