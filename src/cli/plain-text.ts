import type { Instant } from '../domain/session.js';

/** A text of the operator's, without what a terminal would obey. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '�');
}

export function iso(at: Instant | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
