/** What a text asks of voxproxy itself; such a text is nobody else's. */
export type Keyword = 'stop' | 'start' | 'help';

/**
 * The words that carriers know. Words that people also text to each other, such as YES, are none:
 * they would be lost.
 */
const WORDS: Record<string, Keyword> = {
  STOP: 'stop',
  STOPALL: 'stop',
  'STOP ALL': 'stop',
  UNSUBSCRIBE: 'stop',
  CANCEL: 'stop',
  END: 'stop',
  QUIT: 'stop',
  REVOKE: 'stop',
  OPTOUT: 'stop',
  'OPT OUT': 'stop',
  'OPT-OUT': 'stop',
  START: 'start',
  UNSTOP: 'start',
  HELP: 'help',
  INFO: 'help',
};

/** The keyword that a text consists of, whatever its case and the marks around it. */
export function keywordOf(text: string): Keyword | undefined {
  const bare = text
    .normalize('NFKC')
    .replace(/^[\p{P}\p{S}\p{Z}\p{C}\p{M}]+|[\p{P}\p{S}\p{Z}\p{C}\p{M}]+$/gu, '')
    .replace(/\s+/g, ' ')
    .toUpperCase();
  return Object.hasOwn(WORDS, bare) ? WORDS[bare] : undefined;
}
