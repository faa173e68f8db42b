import { type Session, SIDES } from '../domain/session.js';
import type { FieldCipher } from './field-cipher.js';
import { isRecord } from './record-shapes.js';
import { VERSION } from './version.js';

/** A session as an encrypted store holds it: its real numbers sealed, each for this record as it is. */
export function sealedSession(session: Session, cipher: FieldCipher): Session {
  const record = boundTo(session, VERSION);
  const sealed = (side: 'a' | 'b') => {
    const { realNumber } = session[side];
    const text = realNumber === null ? null : cipher.seal(realNumber, placeOf(session.id, side), record);
    return { ...session[side], realNumber: text as Session['a']['realNumber'] };
  };
  return { ...session, a: sealed('a'), b: sealed('b') };
}

/**
 * Opens the real numbers of one record in place; false when one was not sealed with this key, for this record as it is.
 * @param version of the file
 */
export function unsealNumbers(session: unknown, cipher: FieldCipher, version: number): boolean {
  if (!isRecord(session) || typeof session.id !== 'string') return true;
  const { id } = session;
  const record = boundTo(session, version);
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

/** The lookup key, sealed for what stands beside the sessions. */
export function sealedLookupKey(frame: Frame & { lookupKey: string }, cipher: FieldCipher): string {
  return cipher.seal(frame.lookupKey, LOOKUP_KEY_PLACE, frameOf(frame));
}

/** The lookup key; undefined when it was sealed with another key, or what stands beside the sessions was changed since. */
export function unsealedLookupKey(
  frame: Partial<Frame> & { lookupKey?: unknown },
  cipher: FieldCipher,
): string | undefined {
  return typeof frame.lookupKey === 'string'
    ? cipher.open(frame.lookupKey, LOOKUP_KEY_PLACE, frameOf(frame))
    : undefined;
}

type Frame = { version: unknown; numbers: unknown; marked: unknown };

/** A record of today is not one of a version that said nothing of the file as a whole. */
function boundTo(session: Record<string, unknown>, version: number): string {
  return version < 3 ? recordOf(session) : `${version}${recordOf(session)}`;
}

/** Everything of a session but its real numbers: whoever changes the file changes none of it unnoticed. */
export function recordOf({ a, b, ...session }: Record<string, unknown>): string {
  const bare = [a, b].map((participant) => {
    const { realNumber, ...rest } = isRecord(participant) ? participant : {};
    return { ...rest, erased: realNumber === null };
  });
  const inOrder = ([one]: [string, unknown], [other]: [string, unknown]) => (one < other ? -1 : 1);
  return JSON.stringify([session, ...bare].map((fields) => Object.entries(fields).sort(inOrder)));
}

const LOOKUP_KEY_PLACE = 'lookupKey';

/** What stands beside the sessions, so that nobody unblocks a person or calls the file an older one unnoticed. */
function frameOf({ version, numbers, marked }: Partial<Frame>): string {
  // The first version bound nothing to its lookup key.
  return version === 1 ? '' : JSON.stringify([version, numbers, marked]);
}

function placeOf(sessionId: string, side: string): string {
  return `${sessionId}/${side}`;
}
