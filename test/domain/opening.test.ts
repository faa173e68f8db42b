import { describe, expect, it } from 'vitest';
import { Allocator } from '../../src/domain/allocation.js';
import { decideOpening } from '../../src/domain/opening.js';
import { DIRECTIONS, type Direction, type Session, type Terms } from '../../src/domain/session.js';
import {
  ANNA,
  BEN,
  CLEO,
  DORA,
  HOUR,
  person,
  poolOf,
  realNumber,
  START,
  session,
  virtualNumber,
} from '../contract/fixtures.js';

const NOW = START + HOUR;
const [N1, N2] = [virtualNumber(1), virtualNumber(2)];

type Remarks = { a?: string; b?: string };
type Asked = { given?: Partial<Terms>; labels?: Remarks; languages?: Remarks };

function open(
  history: readonly Session[],
  a = ANNA,
  b = BEN,
  { given = {}, labels = {}, languages = {} }: Asked = {},
) {
  return decideOpening(
    {
      a: { ...person(a), label: labels.a ?? null, language: languages.a ?? null },
      b: { ...person(b), label: labels.b ?? null, language: languages.b ?? null },
      given,
      quarantine: 60,
    },
    {
      allocator: new Allocator(poolOf(2), history, NOW),
      isPoolNumber: (number) => number === N1 || number === N2,
      named: (text) => history.findLast(({ id, name }) => id === text || name === text),
      newId: () => 'new',
      now: NOW,
    },
  );
}

const standing = (change: Partial<Session> = {}) => session('standing', [ANNA, N1], [BEN, N2], change);

describe('a new session', () => {
  it('keeps its terms as given, and its end and quarantine are reckoned from now', () => {
    const given = {
      name: 'trip',
      ttl: 90,
      maxDuration: 600,
      hardExpiry: true,
      direction: 'a-to-b',
      screen: true,
      detectMachines: false,
      maskNumbers: true,
    } as const;
    const opened = open([], ANNA, BEN, {
      given,
      labels: { b: 'your driver Sam' },
      languages: { a: 'de-DE' },
    });
    expect(opened).toEqual({
      kind: 'created',
      session: {
        ...session('new', [ANNA, N1], [BEN, N2]),
        ...given,
        createdAt: NOW,
        expiresAt: NOW + 90_000,
        quarantine: 60,
        a: { ...session('new', [ANNA, N1], [BEN, N2]).a, language: 'de-DE' },
        b: { ...session('new', [ANNA, N1], [BEN, N2]).b, label: 'your driver Sam' },
      },
    });
  });

  it('has no end and no limits, and leaves the rest to the settings, unless they are given', () => {
    expect(open([])).toMatchObject({
      session: {
        ttl: null,
        expiresAt: null,
        name: null,
        maxDuration: null,
        hardExpiry: false,
        direction: 'both',
        screen: null,
        detectMachines: null,
        maskNumbers: null,
        a: { label: null, language: null },
        b: { label: null, language: null },
      },
    });
  });

  it('is refused to somebody whose number is in the pool, naming the sides', () => {
    expect(open([], N1, BEN)).toEqual({ kind: 'pool-number', sides: ['a'] });
    expect(open([], ANNA, N2)).toEqual({ kind: 'pool-number', sides: ['b'] });
    expect(open([], N2, N1)).toEqual({ kind: 'pool-number', sides: ['a', 'b'] });
  });

  it('is never made between somebody and themselves', () => {
    expect(() => open([], ANNA, ANNA)).toThrow(/two different people/);
  });
});

describe('two people who have a live session already', () => {
  it.each([
    ['in the same order', ANNA, BEN],
    ['in the other order', BEN, ANNA],
  ])('get that session, %s', (_order, a, b) => {
    const there = standing({ name: 'trip', ttl: 7200, expiresAt: NOW + 1 });
    expect(open([there], a, b)).toEqual({ kind: 'existing', session: there });
  });

  it('get it too when the terms are repeated, as they were given and not as they stand now', () => {
    const given = { name: 'trip', ttl: 7200, maxDuration: 60, hardExpiry: true, screen: false };
    const there = standing({ ...given, expiresAt: NOW + 60_000 });
    expect(open([there], ANNA, BEN, { given })).toMatchObject({ kind: 'existing' });
  });

  it.each<[keyof Terms, Partial<Terms>]>([
    ['name', { name: 'other' }],
    ['ttl', { ttl: 7201 }],
    ['maxDuration', { maxDuration: 61 }],
    ['hardExpiry', { hardExpiry: true }],
    ['direction', { direction: 'a-to-b' }],
    ['screen', { screen: true }],
    ['screen', { screen: false }],
    ['detectMachines', { detectMachines: true }],
    ['maskNumbers', { maskNumbers: false }],
  ])('are told that another %s differs', (term, given) => {
    const there = standing({ name: 'trip', ttl: 7200, maxDuration: 60 });
    expect(open([there], BEN, ANNA, { given })).toEqual({ kind: 'differs', session: there, from: [term] });
  });

  it.each<[Direction, Direction]>([
    ['both', 'both'],
    ['a-to-b', 'b-to-a'],
    ['b-to-a', 'a-to-b'],
  ])('may name the direction %s from the other end: %s', (direction, reversed) => {
    const there = standing({ direction });
    for (const given of DIRECTIONS) {
      const terms = { given: { direction: given } };
      expect(open([there], ANNA, BEN, terms).kind).toBe(given === direction ? 'existing' : 'differs');
      expect(open([there], BEN, ANNA, terms).kind).toBe(given === reversed ? 'existing' : 'differs');
    }
    for (const [a, b] of [
      [ANNA, BEN],
      [BEN, ANNA],
    ] as const)
      expect(open([there], a, b)).toEqual({ kind: 'existing', session: there });
  });

  it('get the session as it stands, whoever is named first', () => {
    const there = standing({ direction: 'a-to-b' });
    const again = open([there], BEN, ANNA, { given: { direction: 'b-to-a' } });
    expect(again).toEqual({ kind: 'existing', session: standing({ direction: 'a-to-b' }) });
  });

  it('are told that another language differs, by person and not by place', () => {
    const there = standing();
    there.a.language = 'de-DE';
    expect(open([there], ANNA, BEN, { languages: { a: 'de-DE' } })).toMatchObject({ kind: 'existing' });
    expect(open([there], BEN, ANNA, { languages: { b: 'de-DE' } })).toMatchObject({ kind: 'existing' });
    for (const languages of [{ a: 'de-DE' }, { b: 'fr-FR' }, { a: 'de-DE', b: 'de-DE' }])
      expect(open([there], BEN, ANNA, { languages })).toMatchObject({ kind: 'differs', from: ['language'] });
    expect(
      open([there], ANNA, BEN, { languages: { b: 'de-DE' }, labels: { b: 'Ben' }, given: { ttl: 1 } }),
    ).toMatchObject({ from: ['ttl', 'label', 'language'] });
  });

  it('are told that another label differs, by person and not by place', () => {
    const there = standing();
    there.a.label = 'Anna';
    expect(open([there], BEN, ANNA, { labels: { b: 'Anna' } })).toMatchObject({ kind: 'existing' });
    expect(open([there], ANNA, BEN, { labels: { b: 'Anna' } })).toMatchObject({
      kind: 'differs',
      from: ['label'],
    });
    expect(open([there], ANNA, BEN, { labels: { a: 'Ann' }, given: { ttl: 1 } })).toMatchObject({
      from: ['ttl', 'label'],
    });
  });

  it('get a new session from the very instant when the old one ends', () => {
    expect(open([standing({ expiresAt: NOW + 1 })])).toMatchObject({ kind: 'existing' });
    expect(open([standing({ expiresAt: NOW })])).toMatchObject({ kind: 'created', session: { id: 'new' } });
    expect(open([standing({ closedAt: NOW })])).toMatchObject({ kind: 'created' });
  });

  it('get the one that was extended even when a newer one of theirs has ended', () => {
    const newer = session('newer', [ANNA, N2], [BEN, N1], { closedAt: NOW - 1 });
    expect(open([standing(), newer])).toMatchObject({ kind: 'existing', session: { id: 'standing' } });
  });
});

describe('a name', () => {
  const named = { given: { name: 'trip' } };

  it('is taken while a session of others with it is live or in quarantine', () => {
    const live = standing({ name: 'trip' });
    const quarantined = standing({ name: 'trip', expiresAt: NOW - 999, quarantine: 1 });
    for (const there of [live, quarantined]) {
      expect(open([there], CLEO, DORA, named)).toEqual({ kind: 'name-taken', sessionId: 'standing' });
      expect(open([there], ANNA, CLEO, named)).toMatchObject({ kind: 'name-taken' });
    }
  });

  it('is free again when the quarantine is over', () => {
    const over = standing({ name: 'trip', expiresAt: NOW - 1000, quarantine: 1 });
    expect(open([over], CLEO, DORA, named)).toMatchObject({ kind: 'created', session: { name: 'trip' } });
  });

  it('may be used again by the same two people at once', () => {
    const ended = standing({ name: 'trip', closedAt: NOW - 1 });
    expect(open([ended], BEN, ANNA, named)).toMatchObject({ kind: 'created', session: { name: 'trip' } });
  });

  it('may be used again by the same two people after a session without it', () => {
    const first = standing({ name: 'trip', closedAt: NOW - 2 });
    const second = session('second', [ANNA, N1], [BEN, N2], { closedAt: NOW - 1 });
    expect(open([first, second], ANNA, BEN, named)).toMatchObject({ kind: 'created' });
  });

  it('is never the id of a session', () => {
    const gone = session('brave-otter', [ANNA, N1], [BEN, N2], { closedAt: START, quarantine: 0 });
    const asked = { given: { name: 'brave-otter' } };
    expect(open([gone], CLEO, DORA, asked)).toMatchObject({ kind: 'name-taken' });
    expect(open([gone], ANNA, BEN, asked)).toMatchObject({ kind: 'name-taken' });
  });

  it('that is taken is reported before a pool that is full', () => {
    const others = [
      standing({ name: 'trip' }),
      session('s', [CLEO, N1], [realNumber(8), N1]),
      session('t', [CLEO, N2], [realNumber(9), N1]),
    ];
    expect(open(others, CLEO, DORA)).toMatchObject({ kind: 'full' });
    expect(open(others, CLEO, DORA, named)).toMatchObject({ kind: 'name-taken' });
  });
});
