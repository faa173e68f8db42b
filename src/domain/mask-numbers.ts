const HIDDEN = '•••••';
/** Shorter runs of digits are prices, times and house numbers. */
const FEWEST_DIGITS = 7;
/** What people put between the digits of a number, invisible marks and the keycap of emoji digits included. */
const BETWEEN = '[\\s\\p{P}\\p{S}\\p{Cf}\\p{M}]{0,6}';
const DIGIT = '[\\p{Nd}\\p{No}]';
const NUMBER = new RegExp(`[+(]{0,3}${DIGIT}(?:${BETWEEN}${DIGIT}){${FEWEST_DIGITS - 1},}\\p{M}*`, 'gu');

/** The text with everything hidden that could be a phone number, whatever digits it is written in. */
export function maskNumbers(text: string): string {
  return text.replace(NUMBER, HIDDEN);
}
