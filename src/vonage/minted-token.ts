import { createHmac } from 'node:crypto';
import { KeyedHash } from '../keyed-hash.js';
import { isSameText } from './same-text.js';

/** What a URL that we mint inside an NCCO says about the call that it belongs to. */
export type Minted = {
  /** `connect`: events of the leg to the callee; `whisper`: what the callee hears first; `answer`: what they press. */
  purpose: 'connect' | 'whisper' | 'answer';
  /** Vonage's `uuid` of the inbound leg. */
  call: string;
  /** What else has to be known then, each a word of letters, digits, `-` and `_`; no number. */
  details: readonly string[];
  /** Seconds since 1970. */
  expires: number;
};

/** Stands in no word of a token, and needs no escape in a URL. */
const BETWEEN = '.';

const KEY_PURPOSE = 'voxproxy: URLs minted inside NCCOs';

/** Makes and checks the tokens in URLs that Vonage may call back unsigned. */
export class TokenMint {
  readonly #signature: KeyedHash;

  /** @param secret the signature secret, which no caller knows */
  constructor(secret: string) {
    this.#signature = new KeyedHash(createHmac('sha256', secret).update(KEY_PURPOSE).digest());
  }

  mint({ purpose, call, details, expires }: Minted): string {
    const said = [purpose, call, expires, ...details].join(BETWEEN);
    return `${said}${BETWEEN}${this.#signature.of(said)}`;
  }

  /** What the token says; undefined when it is not ours, for something else, or too old. */
  read(token: string, purpose: Minted['purpose'], now: number): Minted | undefined {
    const end = token.lastIndexOf(BETWEEN);
    const said = token.slice(0, Math.max(0, end));
    if (!isSameText(token.slice(end + 1), this.#signature.of(said))) return undefined;
    // Copied, because words are remembered: V8 keeps all of the URL that they are cut out of, its query included.
    const [forPurpose, call = '', until, ...details] = Buffer.from(said).toString().split(BETWEEN);
    const expires = Number(until);
    return forPurpose === purpose && now / 1000 < expires ? { purpose, call, details, expires } : undefined;
  }
}
