import { type E164, fromNetwork } from '../domain/phone-number.js';

/** A call that waits for instructions. */
export type InboundCall = {
  /** Undefined when the caller shows no number. */
  caller: E164 | undefined;
  dialled: E164;
  /** Vonage's id of this leg; the same when it asks again. Empty when it sent none. */
  uuid: string;
  /** Shared by both legs of the call. */
  conversation: string;
  /** The only host that controls this call; null when it named none of Vonage's. */
  regionHost: string | null;
};

/** Something that happened to a leg. */
export type CallEvent = {
  uuid: string;
  conversation: string;
  /** Vonage's word; empty for events that are about something else. */
  status: string;
  direction: string;
  /** Milliseconds; null when it does not say. */
  at: number | null;
  /** Seconds. */
  duration: number | null;
  /** EUR with eight decimals. */
  price: string | null;
  /** Who ended the leg: the phone on it, or everything else; null when it does not say. */
  disconnectedBy: 'user' | 'platform' | null;
  /** The conversations between which the leg was transferred; null for every other event. */
  moved: { from: string; to: string } | null;
};

export type Fields = Record<string, unknown>;

/** A JSON object, whatever content type it came with; undefined for anything else. */
export function bodyFields(body: Buffer): Fields | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : undefined;
  } catch {
    return undefined;
  }
}

/** What Vonage's other webhooks carry, and an answer webhook never. */
const OTHER_WEBHOOKS = new Set([
  'status',
  'message_uuid',
  'message_type',
  'channel',
  'text',
  'dtmf',
  'speech',
  'type',
  'recording_url',
]);

/**
 * Reads an answer webhook; undefined when it does not say what was dialled, or says it in no form we know.
 * An event or a text message is none: its signature holds for any path, and whoever saw it pass could ask
 * for an answer with it.
 */
export function readInboundCall(fields: Fields): InboundCall | undefined {
  const { from, to, uuid, conversation_uuid: conversation } = fields;
  if (
    Object.keys(fields).some((name) => OTHER_WEBHOOKS.has(name)) ||
    typeof to !== 'string' ||
    !isTextOrAbsent(from) ||
    !isTextOrAbsent(uuid) ||
    !isTextOrAbsent(conversation)
  ) {
    return undefined;
  }
  const dialled = fromNetwork(to);
  if (dialled === undefined) return undefined;
  const isPhone =
    isAbsent(fields.from_user) && (isAbsent(fields.endpoint_type) || fields.endpoint_type === 'phone');
  return {
    caller: isPhone ? fromNetwork(from ?? '') : undefined,
    dialled,
    uuid: idOf(uuid),
    conversation: idOf(conversation),
    regionHost: hostOf(fields.region_url),
  };
}

/** Vonage's hosts for call control; nothing else gets our token, whoever signed for it. */
export function hostOf(url: unknown): string | null {
  return typeof url === 'string' && /^https:\/\/api-[a-z0-9-]{1,32}\.(vonage|nexmo)\.com$/.test(url)
    ? url
    : null;
}

/** What a callee pressed, of `input`; empty for nothing. */
export function readKeys(fields: Fields): string {
  const { dtmf } = fields;
  const digits = typeof dtmf === 'object' && dtmf !== null ? (dtmf as Fields).digits : dtmf;
  return typeof digits === 'string' && /^[\d*#]{1,20}$/.test(digits) ? digits : '';
}

export function readCallEvent(fields: Fields): CallEvent {
  return {
    // Whether a machine answered is told of the call, not of the leg.
    uuid: idOf(fields.uuid) || idOf(fields.call_uuid),
    conversation: idOf(fields.conversation_uuid),
    status: wordOf(fields.status),
    direction: wordOf(fields.direction),
    at: typeof fields.timestamp === 'string' ? Date.parse(fields.timestamp) || null : null,
    duration: amountOf(fields.duration) === null ? null : Math.round(Number(fields.duration)),
    price: amountOf(fields.price),
    disconnectedBy:
      fields.disconnected_by === 'user' || fields.disconnected_by === 'platform'
        ? fields.disconnected_by
        : null,
    moved: moveOf(fields),
  };
}

function moveOf({ type, conversation_uuid_from, conversation_uuid_to }: Fields): CallEvent['moved'] {
  const [from, to] = [idOf(conversation_uuid_from), idOf(conversation_uuid_to)];
  return type === 'transfer' && from !== '' && to !== '' ? { from, to } : null;
}

const LONGEST_ID = 128;
const idBytes = Buffer.alloc(LONGEST_ID);

/** Vonage's ids have 40 characters at most; what is much longer, unfit for the log, or could be a number, is none. */
export function idOf(value: unknown): string {
  if (typeof value !== 'string' || value.length > LONGEST_ID || !/^[\w-]+$/.test(value)) return '';
  if (/^\+?\d{7,15}$/.test(value)) return '';
  // Ids are remembered. What V8 cuts out of a URL keeps all of it in memory, and the caller's number with it.
  return idBytes.toString('latin1', 0, idBytes.write(value, 'latin1'));
}

/** A status or the like, fit for the log: Vonage may send one that we do not know, but not a number or a text. */
export function wordOf(value: unknown): string {
  return typeof value === 'string' && /^[a-z][a-z_-]{0,31}$/i.test(value) ? value : '';
}

/** Vonage writes durations and prices as texts. */
function amountOf(value: unknown): string | null {
  return typeof value === 'string' && /^\d{1,9}(\.\d{1,8})?$/.test(value) ? value : null;
}

function isTextOrAbsent(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || typeof value === 'string';
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
