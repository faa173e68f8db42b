import { describe, expect, it } from 'vitest';
import { type Located, refuse, route } from '../../src/domain/routing.js';
import type { Session } from '../../src/domain/session.js';
import {
  ANNA,
  BEN,
  CLEO,
  HOUR,
  personId,
  SECOND,
  START,
  session,
  virtualNumber,
} from '../contract/fixtures.js';

const NOW = START + HOUR;
const [ANNA_DIALS, BEN_DIALS] = [virtualNumber(1), virtualNumber(2)];
const trip = (change: Partial<Session> = {}) => session('trip', [ANNA, ANNA_DIALS], [BEN, BEN_DIALS], change);

const located = (owner: Session | undefined, change: Partial<Located> = {}): Located => ({
  caller: personId(ANNA),
  dialledIsInPool: true,
  owner,
  ...change,
});

describe('a live session connects', () => {
  it('its first person to the second, under the number that leads the second back', () => {
    expect(route(located(trip({ language: 'de-DE' })), NOW, null)).toEqual({
      kind: 'connect',
      sessionId: 'trip',
      from: 'a',
      callerId: BEN_DIALS,
      callee: BEN,
      timeout: 30,
      limit: null,
      language: 'de-DE',
    });
  });

  it('its second person to the first likewise', () => {
    expect(route(located(trip(), { caller: personId(BEN) }), NOW, null)).toMatchObject({
      from: 'b',
      callerId: ANNA_DIALS,
      callee: ANNA,
    });
  });

  it('to the last moment before it expires', () => {
    const at = (now: number) => route(located(trip({ expiresAt: NOW })), now, null);
    expect(at(NOW - 1)).toMatchObject({ kind: 'connect' });
    expect(at(NOW)).toMatchObject({ kind: 'refuse', reason: 'ended', sessionId: 'trip' });
  });
});

describe('a call is refused', () => {
  const ended = (reason: string) => ({ kind: 'refuse', reason, sessionId: null, from: null, language: null });

  it.each<[string, Partial<Session>]>([
    ['closed', { closedAt: NOW - 1 }],
    ['closed at this moment', { closedAt: NOW }],
    ['expired', { expiresAt: NOW - 1 }],
  ])('as ended, in the language of the session, when that is %s', (_how, change) => {
    expect(route(located(trip({ ...change, language: 'fr-FR' })), NOW, null)).toEqual({
      kind: 'refuse',
      reason: 'ended',
      sessionId: 'trip',
      from: 'a',
      language: 'fr-FR',
    });
  });

  it.each<[string, Partial<Session>]>([
    ['closing', { closedAt: NOW - 60 * SECOND }],
    ['expiry', { expiresAt: NOW - 60 * SECOND }],
    ['expiry, though it was closed later', { expiresAt: NOW - 60 * SECOND, closedAt: NOW - SECOND }],
    ['closing, though it would expire later', { closedAt: NOW - 60 * SECOND, expiresAt: NOW + HOUR }],
  ])(
    'as from a stranger, without a trace of the session, when the quarantine after %s is over',
    (_how, change) => {
      expect(route(located(trip({ ...change, quarantine: 60 })), NOW, null)).toEqual(ended('unknown'));
      expect(route(located(trip({ ...change, quarantine: 61 })), NOW, null)).toMatchObject({
        reason: 'ended',
      });
    },
  );

  it('as from a stranger when nobody ever had the leg', () => {
    expect(route(located(undefined), NOW, null)).toEqual(ended('unknown'));
  });

  it('as withheld when the caller shows no number', () => {
    expect(route(located(undefined, { caller: undefined }), NOW, null)).toEqual(ended('withheld'));
    expect(route(located(trip(), { caller: undefined }), NOW, null)).toEqual(ended('withheld'));
  });

  it('as not in the pool before anything else', () => {
    const away = { dialledIsInPool: false };
    expect(route(located(trip(), away), NOW, null)).toEqual(ended('not-in-pool'));
    expect(route(located(undefined, { ...away, caller: undefined }), NOW, null)).toEqual(
      ended('not-in-pool'),
    );
  });

  it('for any other reason without naming a session', () => {
    expect(refuse('unavailable')).toEqual(ended('unavailable'));
  });
});

it('a leg that belongs to a session of others is a bug, and connects nobody', () => {
  expect(() => route(located(trip(), { caller: personId(CLEO) }), NOW, null)).toThrow(/not in/);
});

describe('how long a call may last', () => {
  const ends = (inSeconds: number): Partial<Session> => ({
    expiresAt: NOW + inSeconds * SECOND,
    hardExpiry: true,
  });
  it.each<[string, Partial<Session>, number | null, number | null]>([
    ['is unlimited unless somebody says so', {}, null, null],
    ['is unlimited when the session ends but lets calls go on', { expiresAt: NOW + SECOND }, null, null],
    ['is the limit of the session', { maxDuration: 600 }, null, 600],
    ['is the limit of the settings where the session has none', {}, 900, 900],
    ['is the limit of the session, whatever the settings say', { maxDuration: 600 }, 300, 600],
    ['is the time left with a hard expiry', ends(90), null, 90],
    ['is the time left in whole seconds', ends(90.9), null, 90],
    ['is the smaller of both', { maxDuration: 60, ...ends(90) }, null, 60],
    ['is the smaller of both, the other way round', { maxDuration: 90, ...ends(60) }, null, 60],
    ['is the smaller of time left and settings', ends(60), 30, 30],
    ['is never more than two hours', ends(86_400), null, 7200],
    ['is never more than two hours, whatever the settings say', {}, 9000, 7200],
    ['is at least one second', ends(0.5), null, 1],
    ['has no hard end where the session has no end', { hardExpiry: true }, null, null],
  ])('%s', (_rule, change, maxDuration, limit) => {
    expect(route(located(trip(change)), NOW, maxDuration)).toMatchObject({ kind: 'connect', limit });
  });
});
