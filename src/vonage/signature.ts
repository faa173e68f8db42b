import { hash } from 'node:crypto';
import { KeyedHash } from '../keyed-hash.js';
import type { Query } from './query.js';
import { isSameText } from './same-text.js';

/** What a webhook must carry to be Vonage's and meant for us. */
export type Expected = {
  signatureSecret: string;
  apiKey: string;
  applicationId: string;
  /** Whether a GET without a payload_hash passes. */
  allowUnhashedGet: boolean;
};

/** Why a webhook was refused; for the log alone. */
export type Cause =
  | 'no token'
  | 'several tokens'
  | 'not a JWT'
  | 'wrong signature'
  | 'wrong algorithm'
  | 'wrong issuer'
  | 'outside the time window'
  | 'other api_key'
  | 'other application_id'
  | 'no payload_hash'
  | 'wrong payload_hash'
  | 'repeated query parameter';

export type Claims = { payloadHash: string | null };
export type Checked<T> = { ok: true; value: T } | { ok: false; cause: Cause };

/** Seconds around now in which a token may have been issued. */
export type Window = { back: number; ahead: number };
export const CALL_WINDOW: Window = { back: 5 * 60, ahead: 60 };
/** Message webhooks are retried for a day. */
export const MESSAGE_WINDOW: Window = { back: 25 * 60 * 60, ahead: 60 };

/** Longer than any token of Vonage's; Node refuses larger headers before us. */
const LONGEST_TOKEN = 4_096;

/**
 * Verifies Vonage's signed webhooks: HS256 and nothing else, in the form Vonage sends.
 */
export class WebhookVerifier {
  readonly #signature: KeyedHash;
  readonly #expected: Expected;
  #header: { text: string; fields: Fields | null } = { text: '', fields: null };

  constructor(expected: Expected) {
    if (expected.signatureSecret === '') throw new Error('an empty signature secret would accept anybody');
    this.#signature = new KeyedHash(expected.signatureSecret);
    this.#expected = expected;
  }

  /**
   * Checks the token alone, so that a body need not be read for a forged one.
   * @param rawHeaders as Node gives them: name, value, name, value, …
   * @param now milliseconds
   */
  checkToken(rawHeaders: readonly string[], now: number, window: Window): Checked<Claims> {
    const token = bearerToken(rawHeaders);
    if (!token.ok) return token;
    const jwt = token.value;
    const headerEnd = jwt.indexOf('.');
    const payloadEnd = jwt.indexOf('.', headerEnd + 1);
    if (payloadEnd < 0 || jwt.includes('.', payloadEnd + 1)) return refused('not a JWT');
    const payload = jwt.slice(headerEnd + 1, payloadEnd);
    if (!isSameText(jwt.slice(payloadEnd + 1), this.#signature.of(jwt.slice(0, payloadEnd))))
      return refused('wrong signature');
    return this.#checkClaims(
      this.#headerOf(jwt.slice(0, headerEnd)),
      decode(payload),
      Math.floor(now / 1000),
      window,
    );
  }

  checkBody(claims: Claims, body: Buffer): Cause | null {
    if (claims.payloadHash === null) return 'no payload_hash';
    return isSameText(claims.payloadHash, sha256(body)) ? null : 'wrong payload_hash';
  }

  checkQuery(claims: Claims, { json }: Query): Cause | null {
    if (json === null) return 'repeated query parameter';
    if (claims.payloadHash === null) return this.#expected.allowUnhashedGet ? null : 'no payload_hash';
    return isSameText(claims.payloadHash, sha256(json)) ? null : 'wrong payload_hash';
  }

  /** Vonage's is the same in every token, so it is decoded once. */
  #headerOf(text: string): Fields | null {
    if (this.#header.text !== text) this.#header = { text, fields: decode(text) };
    return this.#header.fields;
  }

  #checkClaims(header: Fields | null, claims: Fields | null, now: number, window: Window): Checked<Claims> {
    if (header === null || claims === null) return refused('not a JWT');
    if (header.alg !== 'HS256') return refused('wrong algorithm');
    if (claims.iss !== 'Vonage') return refused('wrong issuer');
    const { iat } = claims;
    if (typeof iat !== 'number' || !(iat >= now - window.back && iat <= now + window.ahead)) {
      return refused('outside the time window');
    }
    if (claims.api_key !== this.#expected.apiKey) return refused('other api_key');
    if (claims.application_id !== undefined && claims.application_id !== this.#expected.applicationId) {
      return refused('other application_id');
    }
    const { payload_hash: hash } = claims;
    if (hash !== undefined && typeof hash !== 'string') return refused('wrong payload_hash');
    return { ok: true, value: { payloadHash: hash ?? null } };
  }
}

type Fields = Record<string, unknown>;

const AUTHORIZATION = 'authorization';

function bearerToken(rawHeaders: readonly string[]): Checked<string> {
  let value: string | undefined;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (name.length !== AUTHORIZATION.length || name.toLowerCase() !== AUTHORIZATION) continue;
    if (value !== undefined) return refused('several tokens');
    value = rawHeaders[i + 1];
  }
  if (value === undefined || !value.startsWith('Bearer ')) return refused('no token');
  const token = value.slice('Bearer '.length);
  return token.length > LONGEST_TOKEN ? refused('not a JWT') : { ok: true, value: token };
}

/** What a part of a token says is decoded here: a buffer of its own would take a fifth of the time. */
const decoded = Buffer.alloc(LONGEST_TOKEN);

function decode(part: string): Fields | null {
  try {
    const value: unknown = JSON.parse(decoded.toString('utf8', 0, decoded.write(part, 'base64url')));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
  } catch {
    return null;
  }
}

function refused(cause: Cause): { ok: false; cause: Cause } {
  return { ok: false, cause };
}

function sha256(bytes: Buffer | string): string {
  return hash('sha256', bytes, 'hex');
}
