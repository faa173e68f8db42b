import { describe, expect, it } from 'vitest';
import { decideExtension } from '../../src/domain/extending.js';
import type { PoolNumber } from '../../src/domain/pool.js';
import type { Session } from '../../src/domain/session.js';
import {
  ANNA,
  BEN,
  CLEO,
  HOUR,
  poolNumber,
  poolOf,
  START,
  session,
  virtualNumber,
} from '../contract/fixtures.js';

const NOW = START + HOUR;
const [N1, N2, N3, N4] = [virtualNumber(1), virtualNumber(2), virtualNumber(3), virtualNumber(4)];
const trip = (change: Partial<Session> = {}) => session('trip', [ANNA, N1], [BEN, N2], change);

function extend(one: Session, others: readonly Session[] = [], pool: readonly PoolNumber[] = poolOf(4)) {
  return decideExtension(one, 60, [one, ...others], pool, NOW);
}

describe('extending a live session', () => {
  it('moves its end to that long from now', () => {
    expect(extend(trip({ expiresAt: NOW + 1 }))).toEqual({
      kind: 'extended',
      session: trip({ expiresAt: NOW + 60_000 }),
    });
  });

  it('never makes a later end earlier', () => {
    expect(extend(trip({ expiresAt: NOW + HOUR }))).toMatchObject({ session: { expiresAt: NOW + HOUR } });
  });

  it('gives an end to a session that had none', () => {
    expect(extend(trip())).toMatchObject({ kind: 'extended', session: { expiresAt: NOW + 60_000 } });
  });

  it('leaves the terms as they were given', () => {
    expect(extend(trip({ ttl: 30, expiresAt: NOW + 1 }))).toMatchObject({ session: { ttl: 30 } });
  });
});

describe('extending a session that has ended', () => {
  it.each([
    ['closed', { closedAt: NOW - 1 }],
    ['expired', { expiresAt: NOW }],
    ['closed and expired since', { closedAt: NOW - 2, expiresAt: NOW - 1 }],
  ])('lets one that was %s live again while it owns both its legs', (_how, ended) => {
    expect(extend(trip(ended))).toEqual({
      kind: 'extended',
      session: trip({ closedAt: null, expiresAt: NOW + 60_000 }),
    });
  });

  it('is refused from the instant when its quarantine is over', () => {
    expect(extend(trip({ closedAt: NOW - 1000, quarantine: 1 }))).toEqual({ kind: 'legs-lost' });
    expect(extend(trip({ closedAt: NOW - 999, quarantine: 1 }))).toMatchObject({ kind: 'extended' });
  });

  it('is refused when a later session of the two took over a leg', () => {
    const later = session('later', [ANNA, N1], [BEN, N3], { closedAt: NOW - 1 });
    expect(extend(trip({ closedAt: NOW - 2 }), [later])).toEqual({ kind: 'legs-lost' });
  });

  it('names the live session that the same two have, whichever legs that has', () => {
    const ended = trip({ closedAt: NOW - 2 });
    for (const dialled of [N1, N3]) {
      const later = session('later', [BEN, N4], [ANNA, dialled]);
      expect(extend(ended, [later])).toEqual({ kind: 'paired-again', sessionId: 'later' });
    }
  });

  it('does not mind the sessions of others', () => {
    const others = [session('other', [ANNA, N3], [CLEO, N1]), session('ended', [BEN, N3], [CLEO, N2])];
    expect(extend(trip({ closedAt: NOW - 2 }), others)).toMatchObject({ kind: 'extended' });
  });

  it.each<[string, Partial<PoolNumber> | null]>([
    ['left the pool', null],
    ['is being released', { state: 'releasing' }],
    ['lost its voice', { features: ['SMS'] }],
  ])('is refused when one of its numbers %s', (_how, change) => {
    const rest = change === null ? [] : [poolNumber(N2, change)];
    expect(extend(trip({ closedAt: NOW - 1 }), [], [poolNumber(N1), ...rest])).toEqual({
      kind: 'number-gone',
    });
  });
});
