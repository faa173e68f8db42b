import { describe, expect, it } from 'vitest';
import {
  DEFAULT_POLICY,
  type Located,
  type Policy,
  type Refusal,
  refuse,
  refuseInstead,
  route,
} from '../../src/domain/routing.js';
import type { Session } from '../../src/domain/session.js';
import {
  ANNA,
  BEN,
  CLEO,
  e164,
  HOUR,
  located,
  personId,
  SECOND,
  START,
  session,
  virtualNumber,
} from '../contract/fixtures.js';

const NOW = START + HOUR;
const [ANNA_DIALS, BEN_DIALS] = [virtualNumber(1), virtualNumber(2)];
const trip = (change: Partial<Session> = {}) => session('trip', [ANNA, ANNA_DIALS], [BEN, BEN_DIALS], change);

const annas = (owner: Session | undefined, change: Partial<Located> = {}) => located(owner, ANNA, change);
const decided = (leg: Located, policy: Partial<Policy> = {}, now = NOW) =>
  route(leg, now, { ...DEFAULT_POLICY, ...policy });

describe('a live session connects', () => {
  it('its first person to the second, under the number that leads the second back', () => {
    expect(decided(annas(trip()))).toEqual({
      kind: 'connect',
      sessionId: 'trip',
      from: 'a',
      caller: { language: null, country: 'GB' },
      callerId: BEN_DIALS,
      callee: BEN,
      timeout: 30,
      limit: null,
      screen: false,
      detectMachines: false,
    });
  });

  it('its second person to the first likewise', () => {
    expect(decided(located(trip(), BEN))).toMatchObject({ from: 'b', callerId: ANNA_DIALS, callee: ANNA });
  });

  it('and says of the caller, not of the callee, what a language is chosen by', () => {
    const there = trip();
    Object.assign(there.a, { language: 'de-DE' });
    Object.assign(there.b, { country: 'FR' });
    expect(decided(annas(there))).toMatchObject({ caller: { language: 'de-DE', country: 'GB' } });
    expect(decided(located(there, BEN))).toMatchObject({ caller: { language: null, country: 'FR' } });
  });

  it('to the last moment before it expires', () => {
    const at = (now: number) => decided(annas(trip({ expiresAt: NOW })), {}, now);
    expect(at(NOW - 1)).toMatchObject({ kind: 'connect' });
    expect(at(NOW)).toMatchObject({ kind: 'refuse', reason: 'ended', sessionId: 'trip' });
  });

  it.each(['screen', 'detectMachines'] as const)(
    'with %s as the session says, else as the settings say',
    (term) => {
      for (const [ofSession, ofSettings, wanted] of [
        [null, false, false],
        [null, true, true],
        [true, false, true],
        [false, true, false],
      ] as const) {
        const there = trip({ [term]: ofSession });
        expect(decided(annas(there), { [term]: ofSettings })).toMatchObject({ [term]: wanted });
      }
    },
  );

  it('even where strangers are put through to the operator', () => {
    expect(decided(annas(trip()), { operatorNumber: CLEO })).toMatchObject({ kind: 'connect', callee: BEN });
  });
});

describe('a session of one direction', () => {
  it.each([
    ['both', 'connect', 'connect'],
    ['a-to-b', 'connect', 'direction'],
    ['b-to-a', 'direction', 'connect'],
  ] as const)('%s: the first person %s, the second %s', (direction, ofA, ofB) => {
    for (const [caller, side, wanted] of [
      [ANNA, 'a', ofA],
      [BEN, 'b', ofB],
    ] as const) {
      const answer = decided(located(trip({ direction }), caller));
      if (wanted === 'connect') expect(answer).toMatchObject({ kind: 'connect', from: side });
      else
        expect(answer).toEqual({
          kind: 'refuse',
          reason: 'direction',
          sessionId: 'trip',
          from: side,
          caller: { language: null, country: 'GB' },
        });
    }
  });

  it('has ended for both when it has ended', () => {
    for (const caller of [ANNA, BEN])
      expect(decided(located(trip({ direction: 'a-to-b', closedAt: NOW }), caller))).toMatchObject({
        reason: 'ended',
      });
  });

  it('puts nobody through to the operator: its people are no strangers', () => {
    const there = trip({ direction: 'a-to-b' });
    expect(decided(located(there, BEN), { operatorNumber: CLEO })).toMatchObject({ reason: 'direction' });
  });
});

describe('somebody who is blocked', () => {
  it.each<[string, Partial<Session>]>([
    ['live', {}],
    ['ended', { closedAt: NOW - 1 }],
    ['of the other direction', { direction: 'b-to-a' }],
  ])(
    'is refused as such, and spoken to as a stranger, in a session that is %s, which is named for the log',
    (_how, change) => {
      expect(decided(annas(trip(change), { callerIsBlocked: true }))).toEqual({
        kind: 'refuse',
        reason: 'blocked',
        sessionId: 'trip',
        from: 'a',
        caller: null,
      });
    },
  );

  it('is refused as a stranger, without a trace of a session, and never put through', () => {
    for (const owner of [undefined, trip({ closedAt: START, quarantine: 1 })])
      for (const operatorNumber of [null, CLEO])
        expect(decided(annas(owner, { callerIsBlocked: true }), { operatorNumber })).toEqual(
          refuse('blocked'),
        );
  });

  it('can still be called by the other', () => {
    expect(decided(located(trip(), BEN))).toMatchObject({ kind: 'connect', callee: ANNA });
  });
});

describe('a stranger', () => {
  const OPERATOR = e164('+442071838750');
  const strange = (change: Partial<Located> = {}) =>
    located(undefined, CLEO, { dialled: ANNA_DIALS, ...change });

  it('is put through to the operator, who sees the number that was dialled', () => {
    expect(decided(strange(), { operatorNumber: OPERATOR })).toEqual({
      kind: 'forward',
      sessionId: null,
      from: null,
      callerId: ANNA_DIALS,
      callee: OPERATOR,
      timeout: 30,
      limit: null,
    });
  });

  it('is refused where nobody operates', () => {
    expect(decided(strange())).toEqual(refuse('unknown'));
  });

  it('is one again when the quarantine is over', () => {
    const over = annas(trip({ closedAt: NOW - 60 * SECOND, quarantine: 60 }));
    expect(decided(over, { operatorNumber: OPERATOR })).toMatchObject({ kind: 'forward' });
    const almost = annas(trip({ closedAt: NOW - 60 * SECOND, quarantine: 61 }));
    expect(decided(almost, { operatorNumber: OPERATOR })).toMatchObject({ kind: 'refuse', reason: 'ended' });
  });

  it('is not put through when it is one of our own numbers: the call would come back', () => {
    expect(decided(strange({ callerIsInPool: true }), { operatorNumber: OPERATOR })).toEqual(
      refuse('unknown'),
    );
  });

  it.each<[Refusal, Partial<Located>]>([
    ['withheld', { caller: undefined }],
    ['not-in-pool', { dialledIsInPool: false }],
    ['not-in-pool', { dialledIsInPool: false, caller: undefined }],
  ])('is not put through but refused as %s', (reason, change) => {
    expect(decided(strange(change), { operatorNumber: OPERATOR })).toEqual(refuse(reason));
  });

  it('speaks no longer than the settings let anybody', () => {
    expect(decided(strange(), { operatorNumber: OPERATOR, maxDuration: 600 })).toMatchObject({ limit: 600 });
  });
});

describe('what comes first when several things speak against a call', () => {
  const everything: Partial<Located> = { callerIsBlocked: true, callerIsInPool: true };
  const closed = { closedAt: NOW - 1, direction: 'b-to-a' } as const;
  it.each<[Refusal, Located]>([
    ['not-in-pool', annas(trip(closed), { ...everything, dialledIsInPool: false, caller: undefined })],
    ['withheld', annas(trip(closed), { ...everything, caller: undefined })],
    ['blocked', annas(trip(closed), everything)],
    ['ended', annas(trip(closed), { callerIsInPool: true })],
    ['direction', annas(trip({ direction: 'b-to-a' }), { callerIsInPool: true })],
  ])('%s', (reason, leg) => {
    expect(decided(leg, { operatorNumber: CLEO })).toMatchObject({ kind: 'refuse', reason });
  });
});

describe('a call that other calls speak against', () => {
  it('is refused with what is known of the session', () => {
    expect(refuseInstead(decided(annas(trip())), 'crossed')).toEqual({
      kind: 'refuse',
      reason: 'crossed',
      sessionId: 'trip',
      from: 'a',
      caller: { language: null, country: 'GB' },
    });
    const forwarded = decided(annas(undefined), { operatorNumber: CLEO });
    expect(refuseInstead(forwarded, 'repeated')).toEqual(refuse('repeated'));
  });
});

describe('a call is refused', () => {
  const ended = (reason: string) => ({ kind: 'refuse', reason, sessionId: null, from: null, caller: null });

  it.each<[string, Partial<Session>]>([
    ['closed', { closedAt: NOW - 1 }],
    ['closed at this moment', { closedAt: NOW }],
    ['expired', { expiresAt: NOW - 1 }],
  ])('as ended, and to the caller in their language, when that is %s', (_how, change) => {
    const there = trip(change);
    Object.assign(there.a, { language: 'fr-FR', country: 'DE' });
    expect(decided(annas(there))).toEqual({
      kind: 'refuse',
      reason: 'ended',
      sessionId: 'trip',
      from: 'a',
      caller: { language: 'fr-FR', country: 'DE' },
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
      expect(decided(annas(trip({ ...change, quarantine: 60 })))).toEqual(ended('unknown'));
      expect(decided(annas(trip({ ...change, quarantine: 61 })))).toMatchObject({
        reason: 'ended',
      });
    },
  );

  it('as from a stranger when nobody ever had the leg', () => {
    expect(decided(annas(undefined))).toEqual(ended('unknown'));
  });

  it('as withheld when the caller shows no number', () => {
    expect(decided(annas(undefined, { caller: undefined }))).toEqual(ended('withheld'));
    expect(decided(annas(trip(), { caller: undefined }))).toEqual(ended('withheld'));
  });

  it('as not in the pool before anything else', () => {
    const away = { dialledIsInPool: false };
    expect(decided(annas(trip(), away))).toEqual(ended('not-in-pool'));
    expect(decided(annas(undefined, { ...away, caller: undefined }))).toEqual(ended('not-in-pool'));
  });

  it('for any other reason without naming a session', () => {
    expect(refuse('unavailable')).toEqual(ended('unavailable'));
  });
});

it('a leg that belongs to a session of others is a bug, and connects nobody', () => {
  expect(() => decided(annas(trip(), { caller: personId(CLEO) }))).toThrow(/not in/);
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
    expect(decided(annas(trip(change)), { maxDuration })).toMatchObject({ kind: 'connect', limit });
  });
});
