import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { E164 } from '../../src/domain/phone-number.js';
import { DEFAULT_POLICY, refuse, route } from '../../src/domain/routing.js';
import { type Session, sideOf } from '../../src/domain/session.js';
import { Traffic } from '../../src/domain/traffic.js';
import {
  ANNA,
  BEN,
  CLEO,
  DORA,
  HOUR,
  located,
  personId,
  SECOND,
  START,
  session,
  virtualNumber,
} from '../contract/fixtures.js';

const MINUTE = 60 * SECOND;
const OPERATOR = { ...DEFAULT_POLICY, operatorNumber: DORA };
const trip = session('trip', [ANNA, virtualNumber(1)], [BEN, virtualNumber(2)]);

let traffic: Traffic;
let now: number;
beforeEach(() => {
  traffic = new Traffic();
  now = START + HOUR;
});

/** Somebody's call as it is decided, other calls considered. */
function calls(caller: E164, call: string, owner: Session | undefined = trip, policy = DEFAULT_POLICY) {
  const leg = located(owner, caller);
  return traffic.admit(route(leg, now, policy), leg.caller, call, now);
}
const outcome = (...call: Parameters<typeof calls>) => {
  const decided = calls(...call);
  return decided.kind === 'refuse' ? decided.reason : decided.kind;
};

describe('two people who call each other at once', () => {
  beforeEach(() => {
    expect(outcome(ANNA, 'first')).toBe('connect');
  });

  it('do not cross before Vonage tells of the first call: what was only asked for rings no phone', () => {
    expect(outcome(BEN, 'second')).toBe('connect');
  });

  it.each<[string, boolean]>([
    ['started', false],
    ['ringing', false],
    ['answered', false],
    ['started', true],
    ['ringing', true],
    ['a-word-of-tomorrow', true],
  ])('cross once it is %s (outbound: %s), and the second is refused as such', (status, outbound) => {
    traffic.note('first', outbound, status);
    expect(calls(BEN, 'second')).toEqual({
      kind: 'refuse',
      reason: 'crossed',
      sessionId: 'trip',
      from: 'b',
      caller: { language: null, country: 'GB' },
    });
  });

  it('do not cross once the call was taken', () => {
    traffic.note('first', false, 'answered');
    traffic.note('first', true, 'ringing');
    traffic.note('first', true, 'answered');
    expect(outcome(BEN, 'second')).toBe('connect');
  });

  it.each(['completed', 'busy', 'unanswered', 'timeout', 'rejected', 'failed', 'cancelled'])(
    'do not cross once either leg is %s',
    (status) => {
      for (const outbound of [true, false]) {
        traffic = new Traffic();
        calls(ANNA, 'first');
        traffic.note('first', false, 'ringing');
        traffic.note('first', outbound, status);
        expect(outcome(BEN, 'second')).toBe('connect');
      }
    },
  );

  it.each<[boolean, string]>([
    [true, 'answered'],
    [true, 'busy'],
    [false, 'completed'],
  ])('are not taken back by events that come late (outbound: %s, %s)', (outbound, status) => {
    traffic.note('first', outbound, status);
    for (const late of ['started', 'ringing']) {
      traffic.note('first', true, late);
      traffic.note('first', false, late);
    }
    expect(outcome(BEN, 'second')).toBe('connect');
  });

  it('cross when events were told before the call itself was answered', () => {
    traffic = new Traffic();
    traffic.note('first', false, 'ringing');
    calls(ANNA, 'first');
    expect(outcome(BEN, 'second')).toBe('crossed');
  });

  it('cross for 45 seconds at most: an end that nobody tells of blocks nobody', () => {
    traffic.note('first', false, 'started');
    now += 45 * SECOND - 1;
    expect(outcome(BEN, 'second')).toBe('crossed');
    now += 1;
    expect(outcome(BEN, 'third')).toBe('connect');
  });

  it('stay crossed for the second who tries again, and the first goes on', () => {
    traffic.note('first', false, 'ringing');
    expect(outcome(BEN, 'second')).toBe('crossed');
    traffic.note('second', false, 'answered');
    traffic.note('second', false, 'completed');
    expect(outcome(BEN, 'third')).toBe('crossed');
    traffic.note('first', true, 'answered');
    expect(outcome(BEN, 'fourth')).toBe('connect');
  });

  it('may each call again and again: nobody crosses themselves', () => {
    traffic.note('first', false, 'ringing');
    expect(outcome(ANNA, 'again')).toBe('connect');
    traffic.note('again', false, 'ringing');
    expect(outcome(ANNA, 'and again')).toBe('connect');
  });

  it('cross by the newest of several calls', () => {
    traffic.note('first', false, 'ringing');
    expect(outcome(ANNA, 'newest')).toBe('connect');
    traffic.note('first', false, 'cancelled');
    traffic.note('newest', false, 'ringing');
    expect(outcome(BEN, 'second')).toBe('crossed');
    traffic.note('newest', false, 'cancelled');
    expect(outcome(BEN, 'third')).toBe('connect');
  });

  it('cross by a call that Vonage tells of, though a newer one was asked for', () => {
    expect(outcome(ANNA, 'newer')).toBe('connect');
    traffic.note('first', false, 'ringing');
    expect(outcome(BEN, 'second')).toBe('crossed');
  });

  it('cross by the newer of two calls, whichever is told of first', () => {
    now += SECOND;
    expect(outcome(ANNA, 'newer')).toBe('connect');
    traffic.note('newer', false, 'ringing');
    traffic.note('first', false, 'ringing');
    traffic.note('first', false, 'cancelled');
    expect(outcome(BEN, 'second')).toBe('crossed');
  });

  it('cross although the clock was set back meanwhile', () => {
    traffic.note('first', false, 'completed');
    now -= HOUR;
    expect(outcome(ANNA, 'after that')).toBe('connect');
    traffic.note('after that', false, 'ringing');
    expect(outcome(BEN, 'second')).toBe('crossed');
  });

  it('cross nobody else', () => {
    const other = session('other', [ANNA, virtualNumber(3)], [CLEO, virtualNumber(4)]);
    traffic.note('first', false, 'ringing');
    expect(outcome(CLEO, 'second', other)).toBe('connect');
    expect(outcome(ANNA, 'third', other)).toBe('connect');
  });

  it('are refused for what stands against the call itself first', () => {
    traffic.note('first', false, 'ringing');
    expect(outcome(BEN, 'second', { ...trip, closedAt: now })).toBe('ended');
  });
});

it('whatever happens, a call crosses only one that the other side has on its way', () => {
  const step = fc.record({
    caller: fc.constantFrom(ANNA, BEN),
    waits: fc.constantFrom(0, SECOND, 44 * SECOND, MINUTE),
    told: fc.array(
      fc.record({
        call: fc.nat(8),
        outbound: fc.boolean(),
        status: fc.constantFrom('started', 'ringing', 'answered', 'completed', 'busy', 'unknown'),
      }),
      { maxLength: 4 },
    ),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 9 }), (steps) => {
      traffic = new Traffic();
      const connected: { call: string; side: string; at: number }[] = [];
      const told: { call: string; outbound: boolean; status: string }[] = [];
      const isOnItsWay = (call: string) => {
        const of = told.filter((one) => one.call === call);
        const isOver = of.some(
          ({ outbound, status }) =>
            status === 'completed' || status === 'busy' || (outbound && status === 'answered'),
        );
        return of.length > 0 && !isOver;
      };
      for (const [n, { caller, waits, told: news }] of steps.entries()) {
        now += waits;
        const side = sideOf(trip, personId(caller)) as string;
        const decided = calls(caller, `${n}`);
        if (decided.kind === 'refuse') {
          expect(decided.reason).toBe('crossed');
          const others = connected.filter((one) => one.side !== side && now - one.at < 45 * SECOND);
          expect(others.some(({ call }) => isOnItsWay(call))).toBe(true);
        } else connected.push({ call: `${n}`, side, at: now });
        for (const { call, outbound, status } of news) {
          traffic.note(`${call}`, outbound, status);
          told.push({ call: `${call}`, outbound, status });
        }
      }
    }),
  );
});

it('the session of a call is known by the call, whether it was put through or refused', () => {
  calls(ANNA, 'put through');
  calls(ANNA, 'refused', { ...trip, closedAt: now });
  const stranger = located(undefined, CLEO);
  traffic.admit(route(stranger, now, DEFAULT_POLICY), stranger.caller, 'of a stranger', now);
  expect(
    ['put through', 'refused', 'of a stranger', 'never heard of'].map((call) => traffic.sessionOf(call)),
  ).toEqual(['trip', 'trip', undefined, undefined]);
});

describe('a stranger who goes on calling', () => {
  const callsTimes = (caller: E164, times: number, policy = DEFAULT_POLICY) =>
    Array.from({ length: times }, (_, n) => {
      const leg = located(undefined, caller);
      const decided = traffic.admit(route(leg, now, policy), leg.caller, `${caller}${n}`, now);
      return decided.kind === 'refuse' ? decided.reason : decided.kind;
    });

  it('is let go at once from the sixth call within ten minutes on', () => {
    expect(callsTimes(CLEO, 7)).toEqual([...Array(5).fill('unknown'), 'repeated', 'repeated']);
  });

  it('reaches the operator no more either', () => {
    expect(callsTimes(CLEO, 6, OPERATOR)).toEqual([...Array(5).fill('forward'), 'repeated']);
  });

  it('cannot be told from somebody who is blocked', () => {
    const blocked = (call: string, owner?: Session) => {
      const leg = located(owner, BEN, { callerIsBlocked: true });
      const decided = traffic.admit(route(leg, now, OPERATOR), leg.caller, call, now);
      return decided.kind === 'refuse' ? decided.reason : decided.kind;
    };
    expect(['1', '2', '3'].map((call) => blocked(call))).toEqual(Array(3).fill('blocked'));
    expect(['4', '5', '6'].map((call) => blocked(call, trip))).toEqual(['blocked', 'blocked', 'repeated']);
  });

  it('is told nothing of any session', () => {
    callsTimes(CLEO, 5);
    const leg = located(undefined, CLEO);
    expect(traffic.admit(route(leg, now, DEFAULT_POLICY), leg.caller, 'x', now)).toEqual(refuse('repeated'));
  });

  it('is one of the others again when ten minutes are over', () => {
    callsTimes(CLEO, 3);
    now += 9 * MINUTE;
    expect(callsTimes(CLEO, 3).at(-1)).toBe('repeated');
    now += MINUTE - 1;
    expect(callsTimes(CLEO, 1)).toEqual(['repeated']);
    now += 1;
    expect(callsTimes(CLEO, 6)).toEqual([...Array(5).fill('unknown'), 'repeated']);
  });

  it('spoils it for nobody else', () => {
    callsTimes(CLEO, 9);
    expect(callsTimes(DORA, 5)).toEqual(Array(5).fill('unknown'));
  });

  it('still reaches the people that a session leads to', () => {
    callsTimes(BEN, 9);
    expect(outcome(BEN, 'to Anna')).toBe('connect');
  });

  it('is not counted for calls that were no stranger’s', () => {
    for (let n = 0; n < 9; n++) expect(outcome(ANNA, `${n}`)).toBe('connect');
    const ended = { ...trip, closedAt: now };
    for (let n = 0; n < 9; n++) expect(outcome(ANNA, `e${n}`, ended)).toBe('ended');
    expect(callsTimes(ANNA, 5)).toEqual(Array(5).fill('unknown'));
  });

  it('who shows no number cannot be told from others, and is asked for the number every time', () => {
    for (let n = 0; n < 9; n++) {
      const leg = located(undefined, CLEO, { caller: undefined });
      expect(traffic.admit(route(leg, now, OPERATOR), leg.caller, `${n}`, now)).toEqual(refuse('withheld'));
    }
  });
});
