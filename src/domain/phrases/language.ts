import type { SentenceKey, TextKey } from '../sentences.js';

/** What people hear and read in one language. */
export type Language = {
  /** The tags that Vonage has for it; the first is what its bare two letters mean. */
  tags: readonly [string, ...string[]];
  /** The other side when nobody gave it a label, in the form that `spoken.whisper` needs. */
  contact: string;
  /** `{contact}` stands in `whisper` alone, where a label of any kind fits: nobody declines it. */
  spoken: Readonly<Record<SentenceKey, string>>;
  texts: Readonly<Record<TextKey, string>>;
};
