import { type E164, fromNetwork } from '../domain/phone-number.js';
import { type Fields, idOf, wordOf } from './webhooks.js';

/** A text that a phone sent to one of our numbers. */
export type InboundText = {
  /** Vonage's `message_uuid`; the same when it brings the text again. */
  id: string;
  /** Undefined for a sender who is no phone. */
  sender: E164 | undefined;
  dialled: E164;
  /** Null for what cannot be passed on: a picture, or a text of unheard length. */
  text: string | null;
};

/** What became of a text that we sent. */
export type TextStatus = {
  id: string;
  /** Vonage's word. */
  status: string;
  /** What we gave with the text; empty when we gave nothing. */
  reference: string;
};

/** Reads an inbound message; undefined when it does not say which it is, or to which number. */
export function readInboundText(fields: Fields): InboundText | undefined {
  const { channel, message_type: type, message_uuid, from, to, text } = fields;
  const id = idOf(message_uuid);
  const dialled = typeof to === 'string' ? fromNetwork(to) : undefined;
  if (id === '' || dialled === undefined) return undefined;
  const isText = channel === 'sms' && (type === undefined || type === 'text');
  const canPass = isText && typeof text === 'string' && text !== '' && text.length <= LONGEST_TEXT;
  return {
    id,
    sender: typeof from === 'string' ? fromNetwork(from) : undefined,
    dialled,
    text: canPass ? text : null,
  };
}

/** More than networks put together from parts. */
const LONGEST_TEXT = 4_000;

export function readTextStatus(fields: Fields): TextStatus {
  const { message_uuid, status, client_ref: reference } = fields;
  return {
    id: idOf(message_uuid),
    status: wordOf(status),
    reference: typeof reference === 'string' && reference.length <= 100 ? reference : '',
  };
}
