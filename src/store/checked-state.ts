import type { Participant, Session } from '../domain/session.js';
import { VoxproxyError } from '../errors.js';
import type { FieldCipher } from './field-cipher.js';
import { peopleOf } from './people.js';
import { isMarked, isPoolNumber, isRecord, isSession, isSessionId } from './record-shapes.js';
import { unsealedLookupKey, unsealNumbers } from './sealing.js';
import { SessionList } from './session-list.js';
import { complete, sessionOf } from './session-record.js';
import type { Frame, State } from './state.js';
import { upgrade } from './upgrade.js';
import { VERSION } from './version.js';
import { wrongKey, wrongKind } from './wrong-key.js';

/**
 * Reads a store file that somebody may have touched, or of an older version; every record is checked, because
 * a call is never connected on partial data.
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
  if (cipher !== null) state.lookupKey = unsealedLookupKey(state, cipher) ?? fail(wrongKey(path));
  if (typeof state.lookupKey !== 'string' || Buffer.from(state.lookupKey, 'base64').length !== 32) {
    throw damaged('its lookup key is missing or has the wrong length');
  }
  if (!Array.isArray(state.numbers)) throw damaged('it has no numbers');
  if (!Array.isArray(state.sessions)) throw damaged('it has no sessions');
  const badNumber = state.numbers.findIndex((number) => !isPoolNumber(number));
  if (badNumber >= 0) throw damaged(`number ${badNumber + 1} of ${state.numbers.length} is malformed`);
  const { version } = state;
  const isOfToday = version === VERSION;
  if (isOfToday) for (const session of state.sessions) if (isRecord(session)) complete(session);
  if (cipher !== null) {
    const tampered = state.sessions.findIndex((session) => !unsealNumbers(session, cipher, version));
    if (tampered >= 0) throw damaged(`${titleOf(state.sessions, tampered)} was tampered with`);
  }
  upgrade(state, VERSION);
  if (!isMarked(state.marked)) throw damaged('it does not say who is blocked');
  const badSession = state.sessions.findIndex((session) => !isSession(session));
  if (badSession >= 0) throw damaged(`session ${badSession + 1} of ${state.sessions.length} is malformed`);
  const person = peopleOf(state.lookupKey);
  const isOther = ({ realNumber, person: known }: Participant) =>
    realNumber !== null && person(realNumber) !== known;
  const wrongNumber = state.sessions.findIndex(({ a, b }) => isOther(a) || isOther(b));
  if (wrongNumber >= 0)
    throw damaged(`${titleOf(state.sessions, wrongNumber)} has another person's real number`);
  if (new Set(state.sessions.map(({ id }) => id)).size < state.sessions.length)
    throw damaged('a session stands in it twice');
  // Each record is as it was sealed, and the file is not: some were taken out, or put elsewhere.
  if (cipher !== null && isOfToday) throw damaged('it was changed without its key');
  const { lookupKey, numbers, marked, sessions } = state as Frame & { sessions: Session[] };
  return { version: VERSION, lookupKey, numbers, sessions: SessionList.of(sessions.map(sessionOf)), marked };
}

function fail(error: VoxproxyError): never {
  throw error;
}

/** A session of a damaged store: by its id, unless that is no id and unfit for a terminal. */
function titleOf(sessions: readonly unknown[], index: number): string {
  const session = sessions[index];
  return isRecord(session) && isSessionId(session.id)
    ? `session ${session.id}`
    : `session ${index + 1} of ${sessions.length}`;
}
