import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Opened } from '../../src/domain/opening.js';
import type { E164 } from '../../src/domain/phone-number.js';
import type { PoolNumber } from '../../src/domain/pool.js';
import { DEFAULT_POLICY, route } from '../../src/domain/routing.js';
import { type Session, statusAt } from '../../src/domain/session.js';
import type { OpeningRequest, Store } from '../../src/store/store.js';
import {
  ANNA,
  BEN,
  CLEO,
  counter,
  DORA,
  HOUR,
  poolNumber,
  poolOf,
  realNumber,
  request,
  SECOND,
  START,
  virtualNumber,
  WEEK_IN_SECONDS,
} from './fixtures.js';
import { histories, live } from './history.js';

export type OpenedStore = {
  store: Store;
  /** Another store on the same data, as another process would have it. */
  reopen: () => Promise<Store>;
  close: () => Promise<void>;
};

const [N1, N2, N3] = [virtualNumber(1), virtualNumber(2), virtualNumber(3)];
const NOW = START;

/**
 * What every store promises.
 * @param runs how many random histories it goes through
 */
export function storeContract(name: string, open: () => Promise<OpenedStore>, runs = 25): void {
  describe(name, () => {
    let opened: OpenedStore;
    let store: Store;
    let newId: () => string;

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
      newId = counter();
    });
    afterEach(() => opened.close());

    const addPool = async (numbers: readonly PoolNumber[]) => {
      for (const number of numbers) await store.putNumber(number, NOW);
    };
    const pair = async (a: E164, b: E164, change: Partial<OpeningRequest> = {}, now = NOW) => {
      const [result] = await store.open([request(a, b, change)], now, newId);
      return result as Opened;
    };
    const paired = async (...asked: Parameters<typeof pair>): Promise<Session> => {
      const result = await pair(...asked);
      if (result.kind !== 'created') throw new Error(`not created, but ${result.kind}`);
      return result.session;
    };
    const labelled = (a: E164, b: E164): OpeningRequest => {
      const asked = request(a, b);
      asked.a.label = 'about CLEO';
      asked.b.label = 'about ANNA';
      return asked;
    };
    const only = async () => (await store.sessions())[0] as Session;
    const call = async (caller: E164, dialled: E164, now = NOW) =>
      route(await store.locate(caller, dialled), now, DEFAULT_POLICY);

    describe('an empty store', () => {
      it('has no sessions and no numbers, and knows nobody', async () => {
        expect(await store.sessions()).toEqual([]);
        expect(await store.numbers()).toEqual([]);
        expect(await store.locate(ANNA, N1)).toMatchObject({ dialledIsInPool: false, owner: undefined });
        expect(await call(ANNA, N1)).toMatchObject({ reason: 'not-in-pool' });
      });

      it('is full for everybody', async () => {
        expect(await pair(ANNA, BEN)).toEqual({
          kind: 'full',
          sides: ['a', 'b'],
          poolSize: 0,
          soonest: null,
        });
      });

      it('has nothing to close, extend, note, release or remove', async () => {
        expect(await store.close('nobody', NOW)).toBeUndefined();
        expect(await store.extend('nobody', 60, NOW)).toBeUndefined();
        await store.markTold([]);
        await store.markTold([{ sessionId: 'nobody', side: 'a', at: NOW }]);
        expect(await store.beginRelease(N1, true, NOW)).toEqual({ kind: 'released', closed: [] });
        await store.removeNumber(N1);
        expect(await store.sessions()).toEqual([]);
        expect(await store.numbers()).toEqual([]);
      });
    });

    describe('open', () => {
      beforeEach(() => addPool(poolOf(2)));

      it('makes a session, with a person for each number, that every other store on the data sees', async () => {
        const given = {
          name: 'trip',
          ttl: 60,
          maxDuration: 600,
          hardExpiry: true,
          direction: 'b-to-a',
          screen: true,
          detectMachines: false,
          maskNumbers: true,
        } as const;
        const asked = request(ANNA, BEN, { given, quarantine: 30 });
        asked.a.language = 'de-DE';
        asked.b.label = 'your driver Sam';
        const [result] = await store.open([asked], NOW, newId);
        const session = {
          ...{
            id: 's1',
            ...given,
            createdAt: NOW,
            expiresAt: NOW + 60 * SECOND,
            closedAt: null,
            quarantine: 30,
          },
          a: {
            realNumber: ANNA,
            country: 'GB',
            virtualNumber: N2,
            label: null,
            language: 'de-DE',
            notifiedAt: null,
          },
          b: {
            realNumber: BEN,
            country: 'GB',
            virtualNumber: N1,
            label: 'your driver Sam',
            language: null,
            notifiedAt: null,
          },
        };
        expect(result).toMatchObject({ kind: 'created', session });
        expect(await store.sessions()).toMatchObject([session]);
        expect(await (await opened.reopen()).sessions()).toEqual(await store.sessions());
      });

      it('keeps the order in which sessions were made', async () => {
        await addPool(poolOf(4));
        await pair(ANNA, BEN);
        await pair(CLEO, DORA, {}, NOW - HOUR);
        await pair(ANNA, CLEO);
        expect((await store.sessions()).map(({ id }) => id)).toEqual(['s1', 's2', 's3']);
      });

      it('opens many in one go, answers in order, and each sees those before it', async () => {
        const named = { given: { name: 'trip' } };
        const results = await store.open(
          [
            request(ANNA, BEN, named),
            request(BEN, ANNA),
            request(CLEO, DORA, named),
            request(ANNA, BEN, { given: { ttl: 60 } }),
            request(ANNA, CLEO),
            request(ANNA, DORA),
            request(N1, BEN),
            request(CLEO, DORA),
          ],
          NOW,
          newId,
        );
        expect(results.map((one) => ('session' in one ? `${one.kind} ${one.session.id}` : one.kind))).toEqual(
          [
            'created s1',
            'existing s1',
            'name-taken',
            'differs s1',
            'created s2',
            'full',
            'pool-number',
            'created s3',
          ],
        );
        expect((await store.sessions()).map(({ id }) => id)).toEqual(['s1', 's2', 's3']);
      });

      it('answers nothing to nothing', async () => {
        expect(await store.open([], NOW, newId)).toEqual([]);
      });

      it('gives back the live session of the two, in either order', async () => {
        const session = await paired(ANNA, BEN);
        expect(await pair(BEN, ANNA)).toEqual({ kind: 'existing', session });
        expect(await store.sessions()).toHaveLength(1);
      });

      it('says what differs from the live session of the two, and changes nothing', async () => {
        await paired(ANNA, BEN, { given: { name: 'trip', ttl: 60 } });
        const before = await store.sessions();
        expect(await pair(BEN, ANNA, { given: { name: 'other', ttl: 61 } })).toMatchObject({
          kind: 'differs',
          session: { id: 's1' },
          from: ['name', 'ttl'],
        });
        expect(await store.sessions()).toEqual(before);
      });

      it('says whose name it is', async () => {
        await paired(ANNA, BEN, { given: { name: 'trip' } });
        expect(await pair(CLEO, DORA, { given: { name: 'trip' } })).toEqual({
          kind: 'name-taken',
          sessionId: 's1',
        });
        expect(await pair(CLEO, DORA, { given: { name: 's1' } })).toEqual({
          kind: 'name-taken',
          sessionId: 's1',
        });
      });

      it('keeps a name for others until the quarantine is over', async () => {
        await paired(ANNA, BEN, { given: { name: 'trip' }, quarantine: 60 });
        await store.close('s1', NOW);
        const named = { given: { name: 'trip' } };
        expect(await pair(CLEO, DORA, named, NOW + 60 * SECOND - 1)).toMatchObject({ kind: 'name-taken' });
        expect(await pair(CLEO, DORA, named, NOW + 60 * SECOND)).toMatchObject({ kind: 'created' });
      });

      it.each<PoolNumber['state']>(['chosen', 'bought', 'linked', 'releasing'])(
        'refuses somebody whose number is a virtual one that is %s',
        async (state) => {
          await addPool([poolNumber(N3, { state })]);
          expect(await pair(N3, BEN)).toEqual({ kind: 'pool-number', sides: ['a'] });
          expect(await pair(ANNA, N3)).toEqual({ kind: 'pool-number', sides: ['b'] });
          expect(await store.sessions()).toEqual([]);
        },
      );

      it('never pairs somebody with themselves, and keeps nothing of the attempt', async () => {
        await expect(store.open([request(CLEO, DORA), request(ANNA, ANNA)], NOW, newId)).rejects.toThrow();
        expect(await store.sessions()).toEqual([]);
      });

      it('says who is full, and when the soonest leg comes free', async () => {
        await paired(ANNA, BEN, { given: { ttl: 60 }, quarantine: 30 });
        await paired(ANNA, CLEO, { quarantine: 30 });
        expect(await pair(DORA, ANNA)).toMatchObject({
          kind: 'full',
          sides: ['b'],
          poolSize: 2,
          soonest: { at: NOW + 90 * SECOND, session: { id: 's1' } },
        });
        expect(await store.sessions()).toHaveLength(2);
        expect(await pair(DORA, ANNA, {}, NOW + 90 * SECOND - 1)).toMatchObject({ kind: 'full' });
        expect(await pair(DORA, ANNA, {}, NOW + 90 * SECOND)).toMatchObject({ kind: 'created' });
      });

      it('gives a returning pair its numbers back, and the old session owns them no more', async () => {
        await addPool(poolOf(4));
        await paired(CLEO, DORA);
        const first = await paired(ANNA, BEN);
        await store.close(first.id, NOW);
        const second = await paired(BEN, ANNA);
        expect(second.b.virtualNumber).toBe(first.a.virtualNumber);
        expect(second.a.virtualNumber).toBe(first.b.virtualNumber);
        await store.close(second.id, NOW);
        expect(await store.extend(first.id, 60, NOW)).toEqual({ kind: 'legs-lost' });
        expect(await call(ANNA, first.b.virtualNumber)).toMatchObject({
          reason: 'ended',
          sessionId: second.id,
        });
      });

      it('takes another id when one is taken, as an id or as a name', async () => {
        await paired(ANNA, BEN, { given: { name: 'brave-otter' } });
        const ids = ['s1', 'brave-otter', 's9'];
        const [result] = await store.open([request(CLEO, DORA)], NOW, () => ids.shift() ?? 'none');
        expect(result).toMatchObject({ kind: 'created', session: { id: 's9' } });
      });

      it('lets stores that open at the same moment succeed as long as numbers are free', async () => {
        await addPool(poolOf(6));
        const stores = await Promise.all(Array.from({ length: 6 }, () => opened.reopen()));
        const results = await Promise.all(
          stores.map((one, n) => one.open([request(ANNA, realNumber(10 + n))], NOW, () => `at-once-${n}`)),
        );
        expect(results.flat().map(({ kind }) => kind)).toEqual(Array(6).fill('created'));
        const sessions = await store.sessions();
        expect(sessions).toHaveLength(6);
        expect(new Set(sessions.map(({ b }) => b.virtualNumber)).size).toBe(6);
      });

      it('gives one session to stores that pair the same two at the same moment', async () => {
        const stores = await Promise.all(Array.from({ length: 4 }, () => opened.reopen()));
        const results = await Promise.all(
          stores.map((one, n) =>
            one.open(
              [request(...((n % 2 === 0 ? [ANNA, BEN] : [BEN, ANNA]) as [E164, E164]))],
              NOW,
              () => `id-${n}`,
            ),
          ),
        );
        const kinds = results.flat().map(({ kind }) => kind);
        expect(kinds.filter((kind) => kind === 'created')).toHaveLength(1);
        expect(kinds.filter((kind) => kind === 'existing')).toHaveLength(3);
        expect(await store.sessions()).toHaveLength(1);
      });
    });

    describe('preview', () => {
      it('answers as open would, and changes nothing', async () => {
        await addPool(poolOf(2));
        await paired(ANNA, BEN);
        const before = { sessions: await store.sessions(), numbers: await store.numbers() };
        const requests = [request(BEN, ANNA), request(CLEO, DORA), request(DORA, CLEO), request(N1, ANNA)];
        const previewed = await store.preview(requests, NOW);
        expect(previewed.map(({ kind }) => kind)).toEqual(['existing', 'created', 'existing', 'pool-number']);
        expect({ sessions: await store.sessions(), numbers: await store.numbers() }).toEqual(before);
        expect(await (await opened.reopen()).sessions()).toEqual(before.sessions);

        const then = await store.open(requests, NOW, newId);
        const numbersOf = (results: Opened[]) =>
          results.map((one) =>
            'session' in one && one.session !== null
              ? [one.kind, one.session.a.virtualNumber, one.session.b.virtualNumber]
              : one.kind,
          );
        expect(numbersOf(then)).toEqual(numbersOf(previewed));
      });
    });

    describe('close', () => {
      beforeEach(() => addPool(poolOf(2)));

      it('ends a session, from the next call on', async () => {
        const { b } = await paired(ANNA, BEN);
        expect(await call(ANNA, b.virtualNumber)).toMatchObject({ kind: 'connect' });
        expect(await store.close('s1', NOW + 1)).toMatchObject({ id: 's1', closedAt: NOW + 1 });
        expect(await call(ANNA, b.virtualNumber, NOW + 1)).toMatchObject({ reason: 'ended' });
      });

      it('leaves one that is closed already as it is', async () => {
        await paired(ANNA, BEN);
        await store.close('s1', NOW + 1);
        const before = await store.sessions();
        expect(await store.close('s1', NOW + HOUR)).toEqual(before[0]);
        expect(await store.sessions()).toEqual(before);
      });

      it('does not make the quarantine of an expired session longer', async () => {
        const { b } = await paired(ANNA, BEN, { given: { ttl: 60 }, quarantine: 60 });
        await store.close('s1', NOW + 119 * SECOND);
        expect(await call(ANNA, b.virtualNumber, NOW + 119 * SECOND)).toMatchObject({ reason: 'ended' });
        expect(await call(ANNA, b.virtualNumber, NOW + 120 * SECOND)).toMatchObject({ reason: 'unknown' });
      });
    });

    describe('extend', () => {
      beforeEach(() => addPool(poolOf(2)));

      it('moves the end of a live session, and keeps it', async () => {
        await paired(ANNA, BEN, { given: { ttl: 60 } });
        const extended = await store.extend('s1', 90, NOW + SECOND);
        expect(extended).toMatchObject({
          kind: 'extended',
          session: { expiresAt: NOW + 91 * SECOND, ttl: 60 },
        });
        expect(await only()).toMatchObject({ expiresAt: NOW + 91 * SECOND, ttl: 60 });
        await store.extend('s1', 1, NOW + SECOND);
        expect(await only()).toMatchObject({ expiresAt: NOW + 91 * SECOND });
      });

      it('makes a closed or expired session live again while it owns both its legs', async () => {
        const { b } = await paired(ANNA, BEN, { given: { ttl: 60 } });
        await store.close('s1', NOW + SECOND);
        expect(await store.extend('s1', 60, NOW + HOUR)).toMatchObject({ kind: 'extended' });
        const { expiresAt, closedAt } = await only();
        expect({ expiresAt, closedAt }).toEqual({ expiresAt: NOW + HOUR + 60 * SECOND, closedAt: null });
        expect(await call(ANNA, b.virtualNumber, NOW + HOUR)).toMatchObject({ kind: 'connect' });
        expect(await store.extend('s1', 60, NOW + 2 * HOUR)).toMatchObject({ kind: 'extended' });
      });

      it('is refused when the quarantine is over', async () => {
        await paired(ANNA, BEN, { quarantine: 60 });
        await store.close('s1', NOW);
        expect(await store.extend('s1', 60, NOW + 60 * SECOND)).toEqual({ kind: 'legs-lost' });
        expect(await only()).toMatchObject({ closedAt: NOW });
      });

      it('is refused when the same two have a newer live session', async () => {
        await paired(ANNA, BEN);
        await store.close('s1', NOW);
        await paired(BEN, ANNA);
        expect(await store.extend('s1', 60, NOW)).toEqual({ kind: 'paired-again', sessionId: 's2' });
      });

      it('is refused when somebody else has a leg by now', async () => {
        await store.removeNumber(N2);
        await paired(ANNA, BEN, { quarantine: 60 });
        await store.close('s1', NOW);
        await paired(ANNA, CLEO, {}, NOW + HOUR);
        expect(await store.extend('s1', 60, NOW + HOUR)).toEqual({ kind: 'legs-lost' });
      });

      it('is refused when a number has left the pool', async () => {
        await paired(ANNA, BEN);
        await store.close('s1', NOW);
        await store.beginRelease(N1, true, NOW);
        expect(await store.extend('s1', 60, NOW)).toEqual({ kind: 'number-gone' });
        await store.removeNumber(N1);
        expect(await store.extend('s1', 60, NOW)).toEqual({ kind: 'number-gone' });
      });

      it('of an older session leaves the two with that one, and not with a third', async () => {
        await paired(ANNA, BEN);
        await store.beginRelease(N1, true, NOW);
        await store.beginRelease(N2, true, NOW);
        await addPool([poolNumber(N3)]);
        await paired(ANNA, BEN);
        await store.close('s2', NOW);
        await addPool(poolOf(2));
        expect(await store.extend('s1', 60, NOW)).toMatchObject({ kind: 'extended' });
        expect(await pair(BEN, ANNA)).toMatchObject({ kind: 'existing', session: { id: 's1' } });
      });
    });

    describe('markTold', () => {
      it('keeps when each side was told, and passes over sessions that are not there', async () => {
        await addPool(poolOf(2));
        await paired(ANNA, BEN);
        await paired(CLEO, DORA);
        await store.markTold([
          { sessionId: 's1', side: 'a', at: NOW + 1 },
          { sessionId: 's2', side: 'b', at: NOW + 2 },
          { sessionId: 'gone', side: 'b', at: NOW + 3 },
        ]);
        expect(await (await opened.reopen()).sessions()).toMatchObject([
          { a: { notifiedAt: NOW + 1 }, b: { notifiedAt: null } },
          { a: { notifiedAt: null }, b: { notifiedAt: NOW + 2 } },
        ]);
      });
    });

    describe('numbers', () => {
      it('are kept whole, in the order of their coming, and replaced in place', async () => {
        const first = poolNumber(N2, {
          country: 'US',
          type: 'landline',
          features: ['VOICE'],
          order: 'order-1',
        });
        expect(await store.putNumber(first, NOW)).toBe('stored');
        expect(await store.putNumber(poolNumber(N1), NOW)).toBe('stored');
        expect(await store.putNumber({ ...first, state: 'bought' }, NOW)).toBe('stored');
        const kept = [{ ...first, state: 'bought' }, poolNumber(N1)];
        expect(await store.numbers()).toEqual(kept);
        expect(await (await opened.reopen()).numbers()).toEqual(kept);
      });

      it('are refused while they are the real number of somebody live or in quarantine', async () => {
        await addPool(poolOf(2));
        await paired(ANNA, BEN, { quarantine: 60 });
        await store.close('s1', NOW);
        const last = NOW + 60 * SECOND - 1;
        for (const real of [ANNA, BEN])
          expect(await store.putNumber(poolNumber(real), last)).toBe('real-number');
        expect(await store.numbers()).toEqual(poolOf(2));
        expect(await store.putNumber(poolNumber(ANNA), NOW + 60 * SECOND)).toBe('stored');
      });

      it.each<[PoolNumber['state'], boolean]>([
        ['chosen', false],
        ['bought', false],
        ['linked', true],
        ['releasing', false],
      ])('that are %s are ours to answer: %s', async (state, ours) => {
        await addPool([poolNumber(N1, { state })]);
        expect((await store.locate(ANNA, N1)).dialledIsInPool).toBe(ours);
        expect((await pair(ANNA, BEN)).kind).toBe(ours ? 'created' : 'full');
      });

      it('are gone when they are removed', async () => {
        await addPool(poolOf(2));
        await store.removeNumber(N1);
        expect(await store.numbers()).toEqual([poolNumber(N2)]);
        expect((await store.locate(ANNA, N1)).dialledIsInPool).toBe(false);
      });
    });

    describe('beginRelease', () => {
      beforeEach(() => addPool(poolOf(1)));

      it('takes an unused number out of every future route', async () => {
        expect(await store.beginRelease(N1, false, NOW)).toEqual({ kind: 'released', closed: [] });
        expect(await store.numbers()).toEqual([poolNumber(N1, { state: 'releasing' })]);
        expect((await store.locate(ANNA, N1)).dialledIsInPool).toBe(false);
        expect(await pair(ANNA, BEN)).toMatchObject({ kind: 'full', poolSize: 0 });
      });

      it('is refused while legs use the number, live or in quarantine, and names their sessions', async () => {
        await paired(ANNA, BEN, { quarantine: 60 });
        await paired(CLEO, DORA, { given: { ttl: 60 }, quarantine: 60 });
        await store.close('s1', NOW);
        const refused = await store.beginRelease(N1, false, NOW + 60 * SECOND - 1);
        expect(refused).toMatchObject({ kind: 'in-use', sessions: [{ id: 's1' }, { id: 's2' }] });
        expect(await store.beginRelease(N1, false, NOW + 60 * SECOND)).toMatchObject({
          kind: 'in-use',
          sessions: [{ id: 's2' }],
        });
        expect(await store.numbers()).toEqual(poolOf(1));
        expect(await store.beginRelease(N1, false, NOW + 120 * SECOND)).toEqual({
          kind: 'released',
          closed: [],
        });
      });

      it('does not mind sessions whose legs a later one took over', async () => {
        await paired(ANNA, BEN);
        await store.close('s1', NOW);
        await paired(ANNA, BEN, { quarantine: 60 });
        await store.close('s2', NOW);
        expect(await store.beginRelease(N1, false, NOW)).toMatchObject({ sessions: [{ id: 's2' }] });
        expect(await store.beginRelease(N1, false, NOW + 60 * SECOND)).toMatchObject({ kind: 'released' });
      });

      it('does not mind sessions on other numbers', async () => {
        await paired(ANNA, BEN);
        await addPool([poolNumber(N2)]);
        expect(await store.beginRelease(N2, false, NOW)).toEqual({ kind: 'released', closed: [] });
      });

      it('closes the sessions that use the number when it is forced', async () => {
        await paired(ANNA, BEN);
        await paired(CLEO, DORA);
        await store.close('s1', NOW);
        const released = await store.beginRelease(N1, true, NOW + 1);
        expect(released).toMatchObject({ kind: 'released', closed: [{ id: 's2', closedAt: NOW + 1 }] });
        expect(await store.sessions()).toMatchObject([{ closedAt: NOW }, { closedAt: NOW + 1 }]);
        expect(await call(CLEO, N1, NOW + 1)).toMatchObject({ reason: 'not-in-pool' });
      });
    });

    describe('locate', () => {
      it('finds who had the leg last, whatever became of the session', async () => {
        await addPool(poolOf(2));
        const { a, b } = await paired(ANNA, BEN, { quarantine: WEEK_IN_SECONDS });
        const located = await store.locate(ANNA, b.virtualNumber);
        expect(located).toMatchObject({ caller: a.person, dialledIsInPool: true, owner: { id: 's1' } });
        expect((await store.locate(BEN, a.virtualNumber)).owner?.id).toBe('s1');
        expect((await store.locate(ANNA, a.virtualNumber)).owner).toBeUndefined();
        expect((await store.locate(CLEO, b.virtualNumber)).owner).toBeUndefined();
        await store.close('s1', NOW);
        const { owner } = await store.locate(ANNA, b.virtualNumber);
        expect(statusAt(owner as Session, NOW)).toBe('closed');
      });

      it('knows no person behind a withheld number', async () => {
        await addPool(poolOf(1));
        expect(await store.locate(undefined, N1)).toEqual({
          caller: undefined,
          callerIsBlocked: false,
          callerIsInPool: false,
          dialled: N1,
          dialledIsInPool: true,
          owner: undefined,
        });
      });

      it('tells our own numbers, and those who are blocked, from other callers', async () => {
        await addPool([poolNumber(N1), poolNumber(N2, { state: 'releasing' })]);
        await store.mark(CLEO, 'blocked', true);
        const located = async (caller: E164) => {
          const { callerIsBlocked, callerIsInPool, dialled } = await store.locate(caller, N1);
          return { callerIsBlocked, callerIsInPool, dialled };
        };
        const nothing = { callerIsBlocked: false, callerIsInPool: false, dialled: N1 };
        expect(await located(ANNA)).toEqual(nothing);
        expect(await located(CLEO)).toEqual({ ...nothing, callerIsBlocked: true });
        expect(await located(N1)).toEqual({ ...nothing, callerIsInPool: true });
        expect(await located(N2)).toEqual(nothing);
      });

      it('sees what another store wrote a moment ago', async () => {
        await addPool(poolOf(1));
        const other = await opened.reopen();
        expect(await call(ANNA, N1)).toMatchObject({ reason: 'unknown' });
        await other.open([request(ANNA, BEN)], NOW, newId);
        expect(await call(ANNA, N1)).toMatchObject({ kind: 'connect' });
        await other.close('s1', NOW);
        expect(await call(ANNA, N1)).toMatchObject({ reason: 'ended' });
        await other.removeNumber(N1);
        expect(await call(ANNA, N1)).toMatchObject({ reason: 'not-in-pool' });
      });
    });

    describe('session', () => {
      it('is found by its whole id alone, in whatever state', async () => {
        await addPool(poolOf(2));
        const made = await paired(ANNA, BEN, { given: { name: 'trip' } });
        await paired(CLEO, DORA);
        expect(await store.session('s1')).toEqual(made);
        expect((await store.session('s2'))?.a.realNumber).toBe(CLEO);
        for (const other of ['s', 's10', 'trip', '', 'constructor'])
          expect(await store.session(other)).toBeUndefined();
        await (await opened.reopen()).close('s1', NOW);
        expect(await store.session('s1')).toMatchObject({ closedAt: NOW });
      });
    });

    describe('sessionsMeant', () => {
      it('has whoever is named so, or whose id begins so, oldest first', async () => {
        await addPool(poolOf(4));
        await paired(ANNA, BEN, { given: { name: 'trip' } });
        await paired(CLEO, DORA, { given: { name: 's' } });
        await store.close('s2', NOW);
        await paired(ANNA, CLEO, { given: { name: 'a"b' } });
        const meant = async (text: string) => (await store.sessionsMeant(text)).map(({ id }) => id);
        expect(await meant('trip')).toEqual(['s1']);
        expect(await meant('tri')).toEqual([]);
        expect(await meant('s')).toEqual(['s1', 's2', 's3']);
        expect(await meant('s2')).toEqual(['s2']);
        expect(await meant('a"b')).toEqual(['s3']);
        for (const nobody of ['%', '_1', 's4', 'Trip', 'constructor'])
          expect(await meant(nobody)).toEqual([]);
        expect(await store.sessionsMeant('s1')).toEqual([await store.session('s1')]);
        for (let n = 4; n <= 10; n++) await paired(realNumber(20 + n), realNumber(40 + n));
        expect(await meant('s1')).toEqual(['s1']);
      });
    });

    describe('marks', () => {
      const NONE = { blocked: false, textsStopped: false };

      it('nobody has until they get them, and each by itself', async () => {
        await addPool(poolOf(2));
        await paired(ANNA, BEN);
        for (const one of [ANNA, CLEO]) expect(await store.marksOf(one)).toEqual(NONE);
        await store.mark(ANNA, 'textsStopped', true);
        await store.mark(CLEO, 'blocked', true);
        expect(await store.marksOf(ANNA)).toEqual({ ...NONE, textsStopped: true });
        expect(await store.marksOf(CLEO)).toEqual({ ...NONE, blocked: true });
        expect(await store.marksOf(BEN)).toEqual(NONE);
      });

      it.each(['blocked', 'textsStopped'] as const)('%s says whether that changed anything', async (mark) => {
        expect(await store.mark(ANNA, mark, false)).toBe(false);
        expect(await store.mark(ANNA, mark, true)).toBe(true);
        expect(await store.mark(ANNA, mark, true)).toBe(false);
        expect(await store.mark(BEN, mark, true)).toBe(true);
        expect(await store.mark(ANNA, mark, false)).toBe(true);
        expect(await store.mark(ANNA, mark, false)).toBe(false);
        expect((await store.marksOf(ANNA))[mark]).toBe(false);
        expect((await store.marksOf(BEN))[mark]).toBe(true);
      });

      it('are seen by every other store on the data, before a session is there and after it was erased', async () => {
        const other = await opened.reopen();
        expect((await other.marksOf(ANNA)).blocked).toBe(false);
        await store.mark(ANNA, 'blocked', true);
        expect((await other.marksOf(ANNA)).blocked).toBe(true);
        await addPool(poolOf(1));
        const { b } = await paired(ANNA, BEN);
        expect(await call(ANNA, b.virtualNumber)).toMatchObject({ reason: 'blocked', sessionId: 's1' });
        await other.erase(ANNA, NOW);
        expect((await (await opened.reopen()).marksOf(ANNA)).blocked).toBe(true);
      });

      it('refuse their calls from the next one on, and take them again', async () => {
        await addPool(poolOf(2));
        const { a, b } = await paired(ANNA, BEN);
        await store.mark(ANNA, 'textsStopped', true);
        expect(await call(ANNA, b.virtualNumber)).toMatchObject({ kind: 'connect' });
        await store.mark(ANNA, 'blocked', true);
        expect(await call(ANNA, b.virtualNumber)).toMatchObject({ reason: 'blocked' });
        expect(await call(BEN, a.virtualNumber)).toMatchObject({ kind: 'connect' });
        await store.mark(ANNA, 'blocked', false);
        expect(await call(ANNA, b.virtualNumber)).toMatchObject({ kind: 'connect' });
      });

      it('change nothing about sessions and numbers', async () => {
        await addPool(poolOf(2));
        await paired(ANNA, BEN);
        const before = { sessions: await store.sessions(), numbers: await store.numbers() };
        await store.mark(ANNA, 'blocked', true);
        expect({ sessions: await store.sessions(), numbers: await store.numbers() }).toEqual(before);
      });

      it('that are given at the same moment are all kept', async () => {
        const people = Array.from({ length: 6 }, (_, n) => realNumber(20 + n));
        const stores = await Promise.all(people.map(() => opened.reopen()));
        const changed = await Promise.all(
          people.map((one, n) => (stores[n] as Store).mark(one, 'blocked', true)),
        );
        expect(changed).toEqual(people.map(() => true));
        for (const one of people) expect((await store.marksOf(one)).blocked).toBe(true);
      });
    });

    describe('erase', () => {
      beforeEach(() => addPool(poolOf(3)));

      it('takes a person out of every session, closes those that are live, and says so', async () => {
        await paired(ANNA, BEN, { given: { ttl: 60 }, quarantine: 60 });
        await store.close('s1', NOW);
        await store.open([labelled(CLEO, ANNA)], NOW, newId);
        await paired(CLEO, BEN);
        expect(await store.erase(ANNA, NOW + SECOND)).toEqual({
          closed: ['s2'],
          sessions: ['s1', 's2'],
          reservedUntil: NOW + SECOND + WEEK_IN_SECONDS * SECOND,
        });
        const [s1, s2, s3] = await (await opened.reopen()).sessions();
        expect(s1).toMatchObject({ closedAt: NOW, a: { realNumber: null }, b: { realNumber: BEN } });
        expect(s2).toMatchObject({
          closedAt: NOW + SECOND,
          a: { realNumber: CLEO, label: 'about CLEO' },
          b: { realNumber: null, label: null },
        });
        expect(s3).toMatchObject({ closedAt: null, a: { realNumber: CLEO }, b: { realNumber: BEN } });
        expect(JSON.stringify(await store.sessions())).not.toContain(ANNA.slice(3));
      });

      it('finds nothing of somebody unknown, or of somebody erased already', async () => {
        await paired(ANNA, BEN);
        const before = await store.sessions();
        const nothing = { closed: [], sessions: [], reservedUntil: null };
        expect(await store.erase(CLEO, NOW)).toEqual(nothing);
        expect(await store.sessions()).toEqual(before);
        const { reservedUntil } = await store.erase(ANNA, NOW);
        expect(await store.erase(ANNA, NOW + HOUR)).toEqual({ ...nothing, reservedUntil });
      });

      it('refuses the calls of both, and keeps their legs from strangers, not from themselves', async () => {
        await store.removeNumber(N3);
        await store.removeNumber(N2);
        const { a, b } = await paired(ANNA, BEN, { quarantine: 60 });
        await store.erase(ANNA, NOW);
        expect(await call(ANNA, b.virtualNumber)).toMatchObject({ reason: 'ended', sessionId: 's1' });
        expect(await call(BEN, a.virtualNumber)).toMatchObject({ reason: 'ended', sessionId: 's1' });
        for (const [one, other] of [
          [ANNA, CLEO],
          [DORA, BEN],
        ] as const)
          expect(await pair(one, other)).toMatchObject({ kind: 'full' });
        expect(await store.putNumber(poolNumber(ANNA), NOW)).toBe('real-number');
        expect(await pair(BEN, ANNA)).toMatchObject({ kind: 'created', session: { id: 's2' } });
        expect(await call(ANNA, N1)).toMatchObject({ kind: 'connect', callee: BEN });
      });

      it('lets the legs go when the quarantine is over', async () => {
        await store.removeNumber(N3);
        await store.removeNumber(N2);
        await paired(ANNA, BEN, { quarantine: 60 });
        await store.erase(ANNA, NOW);
        expect(await pair(ANNA, CLEO, {}, NOW + 60 * SECOND - 1)).toMatchObject({ kind: 'full' });
        expect(await pair(ANNA, CLEO, {}, NOW + 60 * SECOND)).toMatchObject({ kind: 'created' });
      });

      it('is for good: the session never lives again', async () => {
        await paired(ANNA, BEN);
        await store.erase(BEN, NOW);
        expect(await store.extend('s1', 60, NOW + SECOND)).toEqual({ kind: 'erased' });
        expect(await only()).toMatchObject({ closedAt: NOW, b: { realNumber: null } });
      });
    });

    describe('real numbers of ended sessions', () => {
      const ENDS = NOW + 120 * SECOND;
      beforeEach(async () => {
        await addPool(poolOf(3));
        await paired(ANNA, BEN, { given: { ttl: 60 }, quarantine: 60 });
        await paired(CLEO, DORA);
      });
      const kept = async () =>
        (await (await opened.reopen()).sessions()).flatMap(({ a, b }) => [a.realNumber, b.realNumber]);

      it('are kept until the last moment of quarantine', async () => {
        await store.forgetEnded(ENDS - 1);
        expect(await kept()).toEqual([ANNA, BEN, CLEO, DORA]);
        await store.forgetEnded(ENDS);
        expect(await kept()).toEqual([null, null, CLEO, DORA]);
        expect(await only()).toMatchObject({ id: 's1', expiresAt: NOW + 60 * SECOND, closedAt: null });
      });

      it.each<[string, (at: number) => Promise<unknown>]>([
        ['open', (at) => pair(CLEO, BEN, {}, at)],
        ['close', (at) => store.close('nobody', at)],
        ['extend', (at) => store.extend('s2', 60, at)],
        ['markTold', (at) => store.markTold([{ sessionId: 's2', side: 'a', at }])],
        ['erase', (at) => store.erase(realNumber(9), at)],
        ['putNumber', (at) => store.putNumber(poolNumber(N3, { order: 'again' }), at)],
        ['beginRelease', (at) => store.beginRelease(N3, false, at)],
      ])('are forgotten by the next %s', async (_what, change) => {
        await change(ENDS - 1);
        expect((await kept()).slice(0, 4)).toEqual([ANNA, BEN, CLEO, DORA]);
        await change(ENDS);
        expect((await kept()).slice(0, 4)).toEqual([null, null, CLEO, DORA]);
      });

      it('are not told by the close or the erasure that forgets them', async () => {
        expect(await store.close('s1', ENDS)).toMatchObject({
          a: { realNumber: null },
          b: { realNumber: null },
        });
        await paired(ANNA, CLEO, { given: { ttl: 60 }, quarantine: 60 }, ENDS);
        const { sessions } = await store.erase(ANNA, ENDS + 120 * SECOND);
        expect(sessions).toEqual([]);
      });

      it('are not missed: the two are paired anew, and who they are is still known', async () => {
        const before = await only();
        await store.forgetEnded(ENDS);
        const again = await paired(BEN, ANNA, {}, ENDS);
        expect(again.a).toMatchObject({ person: before.b.person, virtualNumber: before.b.virtualNumber });
        expect(again.b).toMatchObject({ person: before.a.person, virtualNumber: before.a.virtualNumber });
      });
    });

    it('keeps every promise through random histories', async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 4 }), histories(15), async (size, steps) => {
          const fresh = await open();
          try {
            for (const number of poolOf(size)) await fresh.store.putNumber(number, NOW);
            await live(fresh.store, size, steps);
          } finally {
            await fresh.close();
          }
        }),
        { numRuns: runs },
      );
    }, 20_000);
  });
}
