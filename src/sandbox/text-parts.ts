const GSM_ALPHABET = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
    '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** An escape comes before each of these. */
const GSM_EXTENSION = new Set('\f^{}\\[~]|€');

/** How many parts a text is sent in: what does not fit into one loses room in each to their order. */
export function countParts(text: string): number {
  const characters = [...text];
  const extended = characters.filter((character) => GSM_EXTENSION.has(character)).length;
  const plain = characters.filter((character) => GSM_ALPHABET.has(character)).length;
  if (plain + extended === characters.length) return parts(plain + 2 * extended, 160, 153);
  return parts(text.length, 70, 67);
}

function parts(length: number, alone: number, joined: number): number {
  return length <= alone ? 1 : Math.ceil(length / joined);
}
