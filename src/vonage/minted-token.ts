import { createHmac } from 'node:crypto';
import { KeyedHash } from '../keyed-hash.js';
import { isSameText } from '../same-text.js';

/** What a URL that we mint inside an NCCO says about the call that it belongs to. */
export type Minted = {
  /** `connect`: events of the leg to the callee; `whisper`: what the callee hears first; `answer`: what they press. */
  purpose: 'connect' | 'whisper' | 'answer';
  /** Vonage's `uuid` of the inbound leg. */
  call: string;
  /** What else has to be known then; no number. */
  details: readonly string[];
  /** Seconds since 1970. */
  expires: number;
};

const KEY_PURPOSE = 'voxproxy: URLs minted inside NCCOs';

/** Makes and checks the tokens in URLs that Vonage may call back unsigned. */
export class TokenMint {
  readonly #signature: KeyedHash;

  /** @param secret the signature secret, which no caller knows */
  constructor(secret: string) {
    this.#signature = new KeyedHash(createHmac('sha256', secret).update(KEY_PURPOSE).digest());
  }

  mint({ purpose, call, details, expires }: Minted): string {
    const payload = Buffer.from(JSON.stringify([purpose, call, expires, ...details])).toString('base64url');
    return `${payload}.${this.#signature.of(payload)}`;
  }

  /** What the token says; undefined when it is not ours, for something else, or too old. */
  read(token: string, purpose: Minted['purpose'], now: number): Minted | undefined {
    const [payload = '', signature = '', ...rest] = token.split('.');
    if (rest.length > 0 || !isSameText(signature, this.#signature.of(payload))) return undefined;
    const [forPurpose, call, expires, ...details] = JSON.parse(
      Buffer.from(payload, 'base64url').toString('utf8'),
    );
    return forPurpose === purpose && now / 1000 < expires ? { purpose, call, details, expires } : undefined;
  }
}
