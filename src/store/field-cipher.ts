import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PREFIX = 'sealed:';

/** A key in hex or base64; undefined when it is not 32 bytes. */
export function readEncryptionKey(text: string): Buffer | undefined {
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, 'hex');
  // 43 hexadecimal digits are a key that lost some, not base64.
  const key =
    /^[\w+/-]{43}=?$/.test(trimmed) && !/^[0-9a-f]+$/i.test(trimmed)
      ? Buffer.from(trimmed, 'base64')
      : Buffer.alloc(0);
  return key.length === KEY_BYTES ? key : undefined;
}

/**
 * Seals single fields with AES-256-GCM, each bound to the place where it stands, so that none can be
 * moved to another record. A field that was not changed keeps its sealed form.
 */
export class FieldCipher {
  readonly #key: Buffer;
  readonly #known = new Map<string, { text: string; record: string; sealed: string }>();
  readonly #remembers: boolean;

  /** @param remembers whether fields are kept in memory, for a store that is written whole each time */
  constructor(key: Buffer, remembers = true) {
    this.#key = key;
    this.#remembers = remembers;
  }

  /** @param record what else stands there and must not be changed without the key */
  seal(text: string, place: string, record: string): string {
    const known = this.#known.get(place);
    if (known?.text === text && known.record === record) return known.sealed;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce).setAAD(boundTo(place, record));
    const bytes = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    const sealed = PREFIX + bytes.toString('base64url');
    if (this.#remembers) this.#known.set(place, { text, record, sealed });
    return sealed;
  }

  /** The text; undefined when it was sealed with another key, for another place, or it or its record was changed since. */
  open(sealed: string, place: string, record: string): string | undefined {
    const known = this.#known.get(place);
    if (known?.sealed === sealed && known.record === record) return known.text;
    const bytes = Buffer.from(sealed.slice(PREFIX.length), 'base64url');
    if (!sealed.startsWith(PREFIX) || bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
    const decipher = createDecipheriv(ALGORITHM, this.#key, bytes.subarray(0, NONCE_BYTES))
      .setAAD(boundTo(place, record))
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      const text =
        decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
      if (this.#remembers) this.#known.set(place, { text, record, sealed });
      return text;
    } catch {
      return undefined;
    }
  }
}

function boundTo(place: string, record: string): Buffer {
  return Buffer.from(JSON.stringify([place, record]));
}
