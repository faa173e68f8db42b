import { type E164, redact } from '../domain/phone-number.js';
import { readNumber } from './country.js';

/** How far a call has come, as the person sees it. */
export type Stage = 'dialling' | 'ringing' | 'answered' | 'joined' | 'over';

/** Something that was said; the language as BCP-47, null for whatever is no speech. */
export type Heard = { text: string; language: string | null };

/** What a phone shows of a call. Numbers are written as people read them. */
export type CallScreen = {
  way: 'out' | 'in';
  /** The number that was dialled, or that the network showed; null when it showed none. */
  number: string | null;
  stage: Stage;
  /** When the two were joined (ms since 1970). */
  joinedAt: number | null;
  /** What was said to this phone, in order. */
  heard: Heard[];
  /** Whether the network waits for a key. */
  asks: boolean;
  /** The keys pressed in this call. */
  pressed: string;
  /** Why it is over, once it is. */
  ending: string | null;
};

export type PhoneText = {
  id: number;
  /** The number at the other end. */
  number: string;
  text: string;
  mine: boolean;
  at: number;
  /** What became of one's own; null while nobody knows. */
  sent: boolean | null;
};

/** Everything that one phone shows, and nothing else: what is sent to it holds no more than its owner may see. */
export type PhoneView = {
  id: string;
  name: string;
  /** Its own real number. */
  number: string;
  withheld: boolean;
  call: CallScreen | null;
  texts: PhoneText[];
  /** The numbers that it was texted from. */
  contacts: string[];
};

/** Which numbers a phone has been shown, and whose real numbers were among them. */
export type Shown = { id: string; name: string; numbers: string[]; learned: string[] };

/** A number in digits, as people read it. */
export function spelled(digits: string): string {
  return readNumber(digits)?.formatInternational() ?? digits;
}

/** A real number for everybody but its owner. */
export function hidden(digits: string): string {
  return redact(`+${digits}` as E164);
}
