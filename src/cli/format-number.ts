import { type E164, redact } from '../domain/phone-number.js';

/** A real number, redacted unless `--reveal` asks for it whole. */
export function personal(number: E164 | null, reveal: boolean): string {
  if (number === null) return '(erased)';
  return reveal ? number : redact(number);
}
