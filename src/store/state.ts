import { randomBytes } from 'node:crypto';
import { asE164 } from '../domain/phone-number.js';
import type { PoolNumber } from '../domain/pool.js';
import type { Session } from '../domain/session.js';
import { VoxproxyError } from '../errors.js';

const VERSION = 1;

/** What the store file holds. */
export type State = {
  version: number;
  /** 32 random bytes in base64, from the first day: what turns a real number into a PersonId. */
  lookupKey: string;
  numbers: PoolNumber[];
  /** Oldest first. */
  sessions: Session[];
};

export function emptyState(): State {
  return { version: VERSION, lookupKey: randomBytes(32).toString('base64'), numbers: [], sessions: [] };
}

/**
 * Reads the store file's text; every record is checked, because a call is never connected on partial data.
 * @param path for the error alone.
 * @throws VoxproxyError `store` when it is damaged, `settings` when a newer voxproxy wrote it
 */
export function parseState(text: string, path: string): State {
  const damaged = (what: string) =>
    new VoxproxyError(
      'store',
      `The store ${path} is damaged: ${what}.`,
      'Nothing was changed. Put a backup in its place, or move the file away to start with an empty store.',
    );
  let state: unknown;
  try {
    state = JSON.parse(text);
  } catch {
    throw damaged('it is not JSON');
  }
  if (!isRecord(state) || typeof state.version !== 'number') throw damaged('it has no version');
  if (state.version > VERSION) {
    throw new VoxproxyError(
      'settings',
      `The store ${path} was written by a newer voxproxy (version ${state.version} of the file).`,
      'Update voxproxy. Nothing was changed.',
    );
  }
  if (state.version !== VERSION) throw damaged('its version is unknown');
  if (typeof state.lookupKey !== 'string' || Buffer.from(state.lookupKey, 'base64').length !== 32) {
    throw damaged('its lookup key is missing or has the wrong length');
  }
  if (!Array.isArray(state.numbers)) throw damaged('it has no numbers');
  if (!Array.isArray(state.sessions)) throw damaged('it has no sessions');
  const badNumber = state.numbers.findIndex((number) => !isPoolNumber(number));
  if (badNumber >= 0) throw damaged(`number ${badNumber + 1} of ${state.numbers.length} is malformed`);
  const badSession = state.sessions.findIndex((session) => !isSession(session));
  if (badSession >= 0) throw damaged(`session ${badSession + 1} of ${state.sessions.length} is malformed`);
  if (new Set(state.sessions.map(({ id }) => id)).size < state.sessions.length)
    throw damaged('a session stands in it twice');
  return state as State;
}

const STATES = new Set(['chosen', 'bought', 'linked', 'releasing']);

function isPoolNumber(value: unknown): boolean {
  return (
    isRecord(value) &&
    isE164(value.number) &&
    typeof value.country === 'string' &&
    typeof value.type === 'string' &&
    Array.isArray(value.features) &&
    value.features.every((feature) => typeof feature === 'string') &&
    typeof value.state === 'string' &&
    STATES.has(value.state) &&
    isTextOrNull(value.order)
  );
}

function isSession(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value.id === 'string' &&
    value.id !== '' &&
    isTextOrNull(value.name) &&
    isCount(value.createdAt) &&
    isCountOrNull(value.expiresAt) &&
    isCountOrNull(value.closedAt) &&
    isCountOrNull(value.ttl) &&
    isCount(value.quarantine) &&
    isTextOrNull(value.language) &&
    isCountOrNull(value.maxDuration) &&
    typeof value.hardExpiry === 'boolean' &&
    isParticipant(value.a) &&
    isParticipant(value.b) &&
    value.a.person !== value.b.person
  );
}

function isParticipant(value: unknown): value is Record<string, unknown> {
  return (
    isRecord(value) &&
    typeof value.person === 'string' &&
    /^[\w-]{43}$/.test(value.person) &&
    isE164(value.realNumber) &&
    typeof value.country === 'string' &&
    isE164(value.virtualNumber) &&
    isTextOrNull(value.label) &&
    isCountOrNull(value.notifiedAt)
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isE164(value: unknown): boolean {
  return typeof value === 'string' && asE164(value) !== undefined;
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isCountOrNull(value: unknown): boolean {
  return value === null || isCount(value);
}
