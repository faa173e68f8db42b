import { createHmac } from 'node:crypto';
import { decodeColumn, encodeColumn } from './column.js';
import type { FieldCipher } from './field-cipher.js';
import { Lines, type Shared } from './lines.js';
import { type EncodedOutlines, Outlines } from './outlines.js';
import { sealedLookupKey, unsealedLookupKey } from './sealing.js';
import { SessionList } from './session-list.js';
import type { Frame, State } from './state.js';
import { VERSION } from './version.js';

/**
 * A store file as voxproxy writes it: one JSON document, where each session stands on a line of its own,
 * and a digest at its end says that nobody else touched it. So a change reads what it needs and writes the
 * other lines as they stand: with 10,000 sessions, reading and writing all anew takes five times as long.
 */
export type StoreFile = {
  state: State;
  digest: string;
  /** How many lines it shares with the file that was read before, where there was one. */
  shared: Shared | null;
};

const HEAD_END = '"sessions":[';
const TAIL_START = '],"index":';
/** What stands behind everything that the digest covers. */
const endWith = (digest: string) => `,"digest":"${digest}"}`;
/** SHA-256 in base64url has 43 digits. */
const END_LENGTH = endWith('').length + 43;
const LINE_END = 0x0a;

/**
 * Reads a file that is just as it was written; undefined when it is of another version, or was touched.
 * @param before what was read last: lines that are the same are not read again
 */
export function readStoreFile(
  bytes: Buffer,
  cipher: FieldCipher | null,
  before: StoreFile | null,
): StoreFile | undefined {
  const headEnd = bytes.indexOf(LINE_END);
  const tailStart = bytes.lastIndexOf(LINE_END) + 1;
  const head = bytes.toString('utf8', 0, headEnd);
  const signed = bytes.subarray(0, -END_LENGTH);
  const frame = head.endsWith(HEAD_END) ? frameOf(head, cipher) : undefined;
  if (frame === undefined) return undefined;
  const digest = digestOf([signed], frame.lookupKey);
  if (bytes.toString('latin1', signed.length) !== endWith(digest)) return undefined;
  // Megabytes of ASCII, which are quicker to read so.
  const index = signed.toString('latin1', tailStart + TAIL_START.length);
  const { bounds, outlines } = JSON.parse(index) as Index;
  const lines = new Lines(bytes.subarray(headEnd + 1, tailStart), decodeColumn(bounds));
  const decoded = Outlines.decode(outlines);
  // Columns are written as this machine has them: on one that reads them otherwise, nothing fits.
  if (lines.bounds[lines.count] !== lines.bytes.length || decoded.length !== lines.count) return undefined;
  if (before === null)
    return { state: { ...frame, sessions: SessionList.in(lines, decoded, cipher) }, digest, shared: null };
  const { list, shared } = before.state.sessions.next(lines, decoded);
  return { state: { ...frame, sessions: list }, digest, shared };
}

/** Where the lines begin, and what is often asked of all of them. */
type Index = { bounds: string; outlines: EncodedOutlines };

/** The file of a state, in pieces. */
export function storeFileOf(state: State, cipher: FieldCipher | null): { pieces: Buffer[]; digest: string } {
  const lookupKey = cipher === null ? state.lookupKey : sealedLookupKey(state, cipher);
  const { version, numbers, marked } = state;
  const frame = { version, encrypted: cipher !== null, lookupKey, numbers, marked };
  const head = Buffer.from(`${JSON.stringify(frame).slice(0, -1)},${HEAD_END}\n`);
  const { pieces: lines, bounds } = state.sessions.written(cipher);
  const index: Index = { bounds: encodeColumn(bounds), outlines: state.sessions.outlines.encode() };
  const pieces = [head, ...lines, Buffer.from(`${TAIL_START}${JSON.stringify(index)}`)];
  const digest = digestOf(pieces, state.lookupKey);
  return { pieces: [...pieces, Buffer.from(endWith(digest))], digest };
}

/** What stands beside the sessions; undefined when it is no frame of this version, or not readable with this key. */
function frameOf(head: string, cipher: FieldCipher | null): Frame | undefined {
  try {
    const { encrypted, sessions: _none, ...frame } = JSON.parse(`${head}]}`);
    if (frame.version !== VERSION || encrypted !== (cipher !== null)) return undefined;
    const lookupKey = cipher === null ? frame.lookupKey : unsealedLookupKey(frame, cipher);
    return typeof lookupKey === 'string' ? { ...frame, lookupKey } : undefined;
  } catch {
    return undefined;
  }
}

/** Keyed, so that without the key of an encrypted store nobody can make it anew. */
function digestOf(pieces: readonly Buffer[], lookupKey: string): string {
  const hmac = createHmac('sha256', Buffer.from(lookupKey, 'base64'));
  for (const piece of pieces) hmac.update(piece);
  return hmac.digest('base64url');
}
