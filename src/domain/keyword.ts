/** What a text asks of voxproxy itself; such a text is nobody else's. */
export type Keyword = 'stop' | 'start' | 'help';

/**
 * The words that carriers know, and STOP in other languages. Words that people also text to each other,
 * such as YES, are none: they would be lost.
 */
const WORDS: Record<string, Keyword> = {
  STOP: 'stop',
  STOPALL: 'stop',
  STOPP: 'stop',
  UNSUBSCRIBE: 'stop',
  CANCEL: 'stop',
  END: 'stop',
  QUIT: 'stop',
  REVOKE: 'stop',
  OPTOUT: 'stop',
  ARRET: 'stop',
  ALTO: 'stop',
  PARAR: 'stop',
  START: 'start',
  UNSTOP: 'start',
  HELP: 'help',
  INFO: 'help',
};

/** Two words that are one. */
const PHRASES = /\b(STOP|OPT) (ALL|OUT)\b/g;
/** A longer text is said to a person. */
const LONGEST = 60;

/** The keyword that a text consists of, once or repeated, whatever its case and the marks and emoji around it. */
export function keywordOf(text: string): Keyword | undefined {
  if (text.length > LONGEST) return undefined;
  const bare = text.normalize('NFKD').replace(/[\p{M}\p{Cf}\u3164]/gu, '');
  const words = (bare.toUpperCase().match(/[\p{L}\p{N}]+/gu) ?? [])
    .join(' ')
    .replace(PHRASES, '$1$2')
    .split(' ');
  const keywords = new Set(words.map((word) => (Object.hasOwn(WORDS, word) ? WORDS[word] : undefined)));
  return keywords.size === 1 ? [...keywords][0] : undefined;
}
