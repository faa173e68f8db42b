import { timingSafeEqual } from 'node:crypto';

/** By length, where two texts of it are compared: buffers for each comparison would take most of its time. */
const places = new Map<number, readonly [Buffer, Buffer]>();

/**
 * Whether both texts are the same, in time that depends on their lengths alone, which are public.
 * @param expected of ASCII and of a length of ours: a signature's or a hash's
 */
export function isSameText(given: string, expected: string): boolean {
  const { length } = expected;
  if (given.length !== length) return false;
  const [one, other] = placesFor(length);
  // What is not ASCII takes more room than there is.
  return one.write(given) === length && other.write(expected) === length && timingSafeEqual(one, other);
}

function placesFor(length: number): readonly [Buffer, Buffer] {
  const known = places.get(length);
  if (known !== undefined) return known;
  const made = [Buffer.alloc(length), Buffer.alloc(length)] as const;
  places.set(length, made);
  return made;
}
