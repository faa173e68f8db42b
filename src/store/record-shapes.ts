import { LONGEST_DURATION } from '../domain/duration.js';
import { asE164 } from '../domain/phone-number.js';
import { NUMBER_STATES } from '../domain/pool.js';
import { DIRECTIONS } from '../domain/session.js';

const STATES: ReadonlySet<string> = new Set(NUMBER_STATES);

/** Whether a value from the store file is a virtual number; so for the others here. */
export function isPoolNumber(value: unknown): boolean {
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

export function isSession(value: unknown): boolean {
  return (
    isRecord(value) &&
    isSessionId(value.id) &&
    isTextOrNull(value.name) &&
    isInstant(value.createdAt) &&
    isInstantOrNull(value.expiresAt) &&
    isInstantOrNull(value.closedAt) &&
    isDurationOrNull(value.ttl) &&
    isDuration(value.quarantine) &&
    isDurationOrNull(value.maxDuration) &&
    typeof value.hardExpiry === 'boolean' &&
    DIRECTIONS.some((direction) => direction === value.direction) &&
    isBooleanOrNull(value.screen) &&
    isBooleanOrNull(value.detectMachines) &&
    isBooleanOrNull(value.maskNumbers) &&
    isParticipant(value.a) &&
    isParticipant(value.b) &&
    value.a.person !== value.b.person &&
    (value.closedAt !== null ||
      value.expiresAt !== null ||
      (value.a.realNumber !== null && value.b.realNumber !== null))
  );
}

export function isSessionId(value: unknown): value is string {
  return isWord(value);
}

/** Fit for a terminal, a header and the URLs inside NCCOs. */
function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{1,64}$/.test(value);
}

function isParticipant(value: unknown): value is Record<string, unknown> {
  return (
    isRecord(value) &&
    isPerson(value.person) &&
    (value.realNumber === null || isE164(value.realNumber)) &&
    typeof value.country === 'string' &&
    isE164(value.virtualNumber) &&
    isTextOrNull(value.label) &&
    (value.language === null || isWord(value.language)) &&
    isInstantOrNull(value.notifiedAt)
  );
}

export function isMarked(value: unknown): boolean {
  const isList = (list: unknown) => Array.isArray(list) && list.every(isPerson);
  return isRecord(value) && isList(value.blocked) && isList(value.textsStopped);
}

function isPerson(value: unknown): boolean {
  return typeof value === 'string' && /^[\w-]{43}$/.test(value);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isE164(value: unknown): boolean {
  return typeof value === 'string' && asE164(value) !== undefined;
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}

function isBooleanOrNull(value: unknown): boolean {
  return value === null || typeof value === 'boolean';
}

/** The end of the year 9999: a duration added to a later moment could be one that no calendar has. */
export const LAST_INSTANT = Date.UTC(10_000, 0) - 1;

function isInstant(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= LAST_INSTANT;
}

function isInstantOrNull(value: unknown): boolean {
  return value === null || isInstant(value);
}

function isDuration(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= LONGEST_DURATION;
}

function isDurationOrNull(value: unknown): boolean {
  return value === null || isDuration(value);
}
