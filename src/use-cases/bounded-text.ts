/** A foreign answer may have no end. */
const LONGEST = 1 << 20;

/**
 * The text of a response.
 * @throws Error when it is longer than a mebibyte
 */
export async function boundedText(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    length += piece.byteLength;
    if (length > LONGEST) throw new Error('too long');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
