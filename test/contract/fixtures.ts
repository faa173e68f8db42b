import { createHash } from 'node:crypto';
import type { Person } from '../../src/domain/allocation.js';
import { type Country, callingCodeOf, type E164 } from '../../src/domain/phone-number.js';
import type { PoolNumber } from '../../src/domain/pool.js';
import type { Located } from '../../src/domain/routing.js';
import type { PersonId, Session } from '../../src/domain/session.js';
import type { OpeningRequest } from '../../src/store/store.js';

export const START = Date.UTC(2026, 10, 1, 12);
export const SECOND = 1000;
export const HOUR = 3600 * SECOND;
export const DAY = 24 * HOUR;
export const WEEK_IN_SECONDS = 7 * 86_400;

export const e164 = (text: string) => text as E164;

/** The real number of the nth person, British unless said otherwise. */
export function realNumber(n: number, code = '44'): E164 {
  return e164(`+${code}7400${String(100_000 + n)}`);
}

export const ANNA = realNumber(1);
export const BEN = realNumber(2);
export const CLEO = realNumber(3);
export const DORA = realNumber(4);

/** The nth virtual number. */
export function virtualNumber(n: number): E164 {
  return e164(`+4420794600${String(n).padStart(2, '0')}`);
}

const COUNTRY_OF_CODE: Record<string, Country> = { '1': 'US', '33': 'FR', '44': 'GB', '49': 'DE' };

function countryOf(number: E164): Country {
  return COUNTRY_OF_CODE[callingCodeOf(number)] ?? 'GB';
}

export function poolNumber(number: E164, change: Partial<PoolNumber> = {}): PoolNumber {
  return {
    number,
    country: countryOf(number),
    type: 'mobile-lvn',
    features: ['VOICE', 'SMS'],
    state: 'linked',
    order: null,
    ...change,
  };
}

/** A pool of so many equal numbers. */
export function poolOf(size: number): PoolNumber[] {
  return Array.from({ length: size }, (_, n) => poolNumber(virtualNumber(n + 1)));
}

export function personId(number: E164): PersonId {
  return createHash('sha256').update(number).digest('base64url') as PersonId;
}

export function person(number: E164, change: Partial<Person> = {}): Person {
  return {
    person: personId(number),
    realNumber: number,
    country: countryOf(number),
    ...change,
  };
}

/** What `pair` asks the store for. */
export function request(a: E164, b: E164, change: Partial<OpeningRequest> = {}): OpeningRequest {
  const side = (number: E164) => ({
    realNumber: number,
    country: countryOf(number),
    label: null,
    language: null,
  });
  return { a: side(a), b: side(b), given: {}, quarantine: WEEK_IN_SECONDS, ...change };
}

/** Of a session that is open, without an end, and made with nothing but two numbers. */
export const USUAL_TERMS: Omit<Session, 'id' | 'a' | 'b'> = {
  name: null,
  createdAt: START,
  expiresAt: null,
  closedAt: null,
  ttl: null,
  quarantine: WEEK_IN_SECONDS,
  maxDuration: null,
  hardExpiry: false,
  direction: 'both',
  screen: null,
  detectMachines: null,
  maskNumbers: null,
};

/** A session in which `a` dials `aDials` and `b` dials `bDials`, open and without an end unless changed. */
export function session(
  id: string,
  [a, aDials]: readonly [E164, E164],
  [b, bDials]: readonly [E164, E164],
  change: Partial<Session> = {},
): Session {
  const participant = (number: E164, standsIn: E164) => ({
    ...person(number),
    virtualNumber: standsIn,
    label: null,
    language: null,
    notifiedAt: null,
  });
  return {
    ...USUAL_TERMS,
    id,
    a: participant(a, bDials),
    b: participant(b, aDials),
    ...change,
  };
}

/** A call on a leg of this session from this number, unless changed; nobody is blocked. */
export function located(owner: Session | undefined, caller: E164, change: Partial<Located> = {}): Located {
  const side = owner?.a.realNumber === caller ? 'b' : 'a';
  return {
    caller: personId(caller),
    callerIsBlocked: false,
    callerIsInPool: false,
    dialled: owner?.[side].virtualNumber ?? virtualNumber(1),
    dialledIsInPool: true,
    owner,
    ...change,
  };
}

/** Ids that are easy to expect: s1, s2, … */
export function counter(): () => string {
  let made = 0;
  return () => `s${++made}`;
}
