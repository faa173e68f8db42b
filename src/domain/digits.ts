const DIGIT = /\p{Nd}/u;

/** The digits of a text, whatever script they are written in, as 0 to 9. */
export function digitsIn(text: string): string {
  return [...text.normalize('NFKC')].map(zeroToNine).join('');
}

/** Digits of a script stand in Unicode in a row of ten, from its zero on. */
function zeroToNine(character: string): string {
  if (!DIGIT.test(character)) return '';
  const at = character.codePointAt(0) as number;
  let value = 0;
  while (value < 9 && DIGIT.test(String.fromCodePoint(at - value - 1))) value++;
  return String(value);
}
