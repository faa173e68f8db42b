import { parseDuration } from '../domain/duration.js';
import { VoxproxyError } from '../errors.js';
import { baseUrl } from '../setting-definitions.js';
import { didYouMean, nearest } from './nearest.js';

const LONGEST_TEXT = 64;

/** @throws VoxproxyError `usage` naming the flag */
export function durationFlag(flag: string, text: string): number {
  const seconds = parseDuration(text);
  if (seconds === undefined || seconds === 0) {
    throw new VoxproxyError('usage', `${flag} is not a duration.`, 'For example: 90s, 45m, 2h, 1h30m, 7d.');
  }
  return seconds;
}

export function oneOf<T extends string>(flag: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one.toLowerCase() === text.toLowerCase());
  if (found === undefined) {
    const hint = didYouMean(nearest(text, allowed));
    throw new VoxproxyError('usage', `${flag} must be one of ${allowed.join(', ')}.`, hint);
  }
  return found;
}

export function countFlag(flag: string, text: string, most: number): number {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > most)
    throw new VoxproxyError('usage', `${flag} must be a whole number from 1 to ${most}.`);
  return count;
}

/** A name or a label: printable and short, because it is shown in lists and sent by SMS. */
export function textFlag(flag: string, text: string): string {
  const trimmed = text.trim();
  if (
    trimmed === '' ||
    trimmed.length > LONGEST_TEXT ||
    /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(trimmed)
  ) {
    throw new VoxproxyError('usage', `${flag} must be a text of 1 to ${LONGEST_TEXT} printable characters.`);
  }
  return trimmed;
}

/** @throws VoxproxyError `usage` naming the flag */
export function urlFlag(flag: string, text: string): string {
  const url = baseUrl(text);
  if (url === undefined)
    throw new VoxproxyError(
      'usage',
      `${flag} is not an http(s) URL.`,
      'For example: https://calls.example.com',
    );
  return url;
}

export function portFlag(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new VoxproxyError('usage', '--port must be a whole number from 0 to 65535.');
  return port;
}
