const LONGEST_PART = 1000;

/**
 * A text in parts that the Messages API takes, in order; joined they are the text again.
 * What a reader sees as one character stays in one part.
 */
export function partsOf(text: string, longest = LONGEST_PART): string[] {
  if (text.length <= longest) return [text];
  const parts: string[] = [];
  let part = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    for (const piece of segment.length > longest ? [...segment] : [segment]) {
      if (part.length + piece.length > longest) {
        parts.push(part);
        part = '';
      }
      part += piece;
    }
  }
  return [...parts, part];
}
