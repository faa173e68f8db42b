import { randomBytes } from 'node:crypto';
import type { PoolNumber } from '../domain/pool.js';
import { type PersonId, type Session, SIDES } from '../domain/session.js';
import { VoxproxyError } from '../errors.js';
import type { FieldCipher } from './field-cipher.js';
import { isMarked, isPoolNumber, isRecord, isSession } from './record-shapes.js';
import type { Mark } from './store.js';
import { upgrade } from './upgrade.js';

const VERSION = 2;

/** What the store file holds, unsealed. */
export type State = {
  version: number;
  /** 32 random bytes in base64, from the first day: what turns a real number into a PersonId. */
  lookupKey: string;
  numbers: PoolNumber[];
  /** Oldest first. */
  sessions: Session[];
  /** Who carries which mark. */
  marked: Record<Mark, PersonId[]>;
};

export function emptyState(): State {
  return {
    version: VERSION,
    lookupKey: randomBytes(32).toString('base64'),
    numbers: [],
    sessions: [],
    marked: { blocked: [], textsStopped: [] },
  };
}

/** The store file's text; with a cipher, real numbers and the lookup key are sealed in it. */
export function stateText(state: State, cipher: FieldCipher | null): string {
  const { lookupKey, ...rest } = state;
  if (cipher === null) return JSON.stringify({ ...rest, encrypted: false, lookupKey });
  const sealed = (session: Session, side: 'a' | 'b', record: string) => {
    const { realNumber } = session[side];
    return {
      ...session[side],
      realNumber: realNumber === null ? null : cipher.seal(realNumber, placeOf(session.id, side), record),
    };
  };
  return JSON.stringify({
    ...rest,
    encrypted: true,
    lookupKey: cipher.seal(lookupKey, LOOKUP_KEY_PLACE, frameOf(state)),
    sessions: state.sessions.map((session) => {
      const record = recordOf(session);
      return { ...session, a: sealed(session, 'a', record), b: sealed(session, 'b', record) };
    }),
  });
}

/** Everything of a session but its real numbers: whoever changes the file changes none of it unnoticed. */
function recordOf({ a, b, ...session }: Record<string, unknown>): string {
  const bare = [a, b].map((participant) => {
    const { realNumber, ...rest } = isRecord(participant) ? participant : {};
    return { ...rest, erased: realNumber === null };
  });
  const inOrder = ([one]: [string, unknown], [other]: [string, unknown]) => (one < other ? -1 : 1);
  return JSON.stringify([session, ...bare].map((fields) => Object.entries(fields).sort(inOrder)));
}

const LOOKUP_KEY_PLACE = 'lookupKey';

/** What stands beside the sessions, so that nobody unblocks a person or calls the file an older one unnoticed. */
function frameOf({ version, numbers, marked }: Record<string, unknown>): string {
  // The first version bound nothing to its lookup key.
  return version === 1 ? '' : JSON.stringify([version, numbers, marked]);
}

function placeOf(sessionId: string, side: string): string {
  return `${sessionId}/${side}`;
}

/**
 * Reads the store file's text; every record is checked, because a call is never connected on partial data.
 * @param path for the error alone.
 * @param cipher null when no encryption key is set
 * @throws VoxproxyError `store` when it is damaged or a field was tampered with, `settings` when a newer
 *   voxproxy wrote it or the key is missing, wrong, or not yet in use
 */
export function parseState(text: string, path: string, cipher: FieldCipher | null): State {
  const damaged = (what: string) =>
    new VoxproxyError(
      'store',
      `The store ${path} is damaged: ${what}.`,
      'Nothing was changed. Put a backup in its place, or move the file away to start with an empty store.',
    );
  let state: unknown;
  try {
    state = JSON.parse(text);
  } catch {
    throw damaged('it is not JSON');
  }
  if (!isRecord(state) || typeof state.version !== 'number') throw damaged('it has no version');
  if (state.version > VERSION) {
    throw new VoxproxyError(
      'settings',
      `The store ${path} was written by a newer voxproxy (version ${state.version} of the file).`,
      'Update voxproxy. Nothing was changed.',
    );
  }
  if (!Number.isInteger(state.version) || state.version < 1) throw damaged('its version is unknown');
  if (typeof state.encrypted !== 'boolean') throw damaged('it does not say whether it is encrypted');
  if (state.encrypted !== (cipher !== null)) throw wrongKind(path, state.encrypted);
  if (cipher !== null) unsealLookupKey(state, path, cipher);
  if (typeof state.lookupKey !== 'string' || Buffer.from(state.lookupKey, 'base64').length !== 32) {
    throw damaged('its lookup key is missing or has the wrong length');
  }
  if (!Array.isArray(state.numbers)) throw damaged('it has no numbers');
  if (!Array.isArray(state.sessions)) throw damaged('it has no sessions');
  const badNumber = state.numbers.findIndex((number) => !isPoolNumber(number));
  if (badNumber >= 0) throw damaged(`number ${badNumber + 1} of ${state.numbers.length} is malformed`);
  if (cipher !== null) {
    const tampered = state.sessions.findIndex((session) => !unsealNumbers(session, cipher));
    if (tampered >= 0) throw damaged(`${titleOf(state.sessions, tampered)} was tampered with`);
  }
  upgrade(state, VERSION);
  if (!isMarked(state.marked)) throw damaged('it does not say who is blocked');
  const badSession = state.sessions.findIndex((session) => !isSession(session));
  if (badSession >= 0) throw damaged(`session ${badSession + 1} of ${state.sessions.length} is malformed`);
  if (new Set(state.sessions.map(({ id }) => id)).size < state.sessions.length)
    throw damaged('a session stands in it twice');
  const { encrypted: _encrypted, ...plain } = state;
  return plain as State;
}

function wrongKind(path: string, encrypted: boolean): VoxproxyError {
  return encrypted
    ? new VoxproxyError(
        'settings',
        `The store ${path} is encrypted, and cannot be read without its key.`,
        'Set VOXPROXY_ENCRYPTION_KEY, or the setting encryptionKeyFile, to the key that it was encrypted with.',
      )
    : new VoxproxyError(
        'settings',
        `An encryption key is set, and the store ${path} is not encrypted yet.`,
        'Encrypt it with: voxproxy store encrypt',
      );
}

function unsealLookupKey(state: Record<string, unknown>, path: string, cipher: FieldCipher): void {
  const opened =
    typeof state.lookupKey === 'string'
      ? cipher.open(state.lookupKey, LOOKUP_KEY_PLACE, frameOf(state))
      : undefined;
  if (opened === undefined) {
    throw new VoxproxyError(
      'settings',
      `The encryption key is not the one of the store ${path}, or the store was changed without it.`,
      'Nothing was changed. Give the key that it was encrypted with, or put a backup in its place.',
    );
  }
  state.lookupKey = opened;
}

/** A session of a damaged store: by its id, unless that is no id and unfit for a terminal. */
function titleOf(sessions: readonly unknown[], index: number): string {
  const session = sessions[index];
  return isRecord(session) && typeof session.id === 'string' && /^[\w-]{1,64}$/.test(session.id)
    ? `session ${session.id}`
    : `session ${index + 1} of ${sessions.length}`;
}

/** Opens the real numbers of one record in place; false when one was not sealed with this key, for this record as it is. */
function unsealNumbers(session: unknown, cipher: FieldCipher): boolean {
  if (!isRecord(session) || typeof session.id !== 'string') return true;
  const { id } = session;
  const record = recordOf(session);
  return SIDES.every((side) => {
    const participant = session[side];
    if (!isRecord(participant) || participant.realNumber === null) return true;
    const opened =
      typeof participant.realNumber === 'string'
        ? cipher.open(participant.realNumber, placeOf(id, side), record)
        : undefined;
    participant.realNumber = opened;
    return opened !== undefined;
  });
}
