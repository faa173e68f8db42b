import fc from 'fast-check';
import { expect } from 'vitest';
import { forgottenSession } from '../../src/domain/erasing.js';
import type { Opened } from '../../src/domain/opening.js';
import type { E164 } from '../../src/domain/phone-number.js';
import { DEFAULT_POLICY, route } from '../../src/domain/routing.js';
import {
  endOf,
  type Instant,
  isLive,
  isReserved,
  type Leg,
  legOf,
  otherSide,
  type PersonId,
  quarantineEndOf,
  type Session,
  SIDES,
  sideOf,
} from '../../src/domain/session.js';
import type { OpeningRequest, Store } from '../../src/store/store.js';
import { counter, realNumber, request, START } from './fixtures.js';

/** What an operator does with sessions; people and sessions are told by index. */
export type Step =
  | { kind: 'pair'; pairs: { a: number; b: number; ttl: number | null; quarantine: number }[] }
  | { kind: 'close'; session: number }
  | { kind: 'extend'; session: number; ttl: number }
  | { kind: 'wait'; seconds: number };

export type Recorded = Pick<Store, 'open' | 'preview' | 'close' | 'extend' | 'sessions' | 'locate'>;

export const PEOPLE = 5;

const ttl = fc.constantFrom(null, 10, 60, 300);
const quarantine = fc.constantFrom(0, 30, 200);
/** Some come often, so that the same two return and one person has many others. */
const somebody = fc.constantFrom(0, 0, 0, 1, 1, ...Array(PEOPLE).keys());
const onePair = fc
  .record({ a: somebody, b: somebody, ttl, quarantine })
  .map(({ a, b, ...terms }) => ({ a, b: b === a ? (a + 1) % PEOPLE : b, ...terms }));

export function histories(longest: number): fc.Arbitrary<Step[]> {
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('pair' as const),
        pairs: fc.array(onePair, { minLength: 1, maxLength: 3 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('close' as const), session: fc.nat(30) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('extend' as const),
        session: fc.nat(30),
        ttl: fc.constantFrom(5, 60, 400),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('wait' as const),
        seconds: fc.constantFrom(1, 10, 30, 60, 199, 200),
      }),
    },
  );
  return fc.array(step, { minLength: 3, maxLength: longest });
}

/** The session that a leg belongs to: the newest that ever had it. */
function ownerOf(sessions: readonly Session[], { caller, dialled }: Leg): Session | undefined {
  return sessions.findLast((session) =>
    SIDES.some((side) => {
      const leg = legOf(session, side);
      return leg.caller === caller && leg.dialled === dialled;
    }),
  );
}

function isBetween(session: Session, one: PersonId | E164, other: PersonId | E164): boolean {
  const both = SIDES.flatMap((side) => [session[side].person, session[side].realNumber]) as string[];
  return both.includes(one) && both.includes(other);
}

/** The different people that this person has live or in quarantine. */
export function partnersOf(sessions: readonly Session[], number: E164, now: Instant): Set<E164 | null> {
  const partners = new Set<E164 | null>();
  for (const session of sessions) {
    const side = SIDES.find((one) => session[one].realNumber === number);
    if (side === undefined || !isReserved(session, now)) continue;
    if (ownerOf(sessions, legOf(session, side)) === session)
      partners.add(session[otherSide(side)].realNumber);
  }
  return partners;
}

export type Lived = {
  results: Opened[];
  sessions: readonly Session[];
  /** The most different people that anybody had at once, those counted whom nothing was free for. */
  mostPartners: number;
};

/** Goes through a history and holds every answer of the store against the promises. */
export async function live(store: Recorded, usable: number, steps: readonly Step[]): Promise<Lived> {
  const newId = counter();
  const results: Opened[] = [];
  let now = START;
  let mostPartners = 0;

  for (const step of steps) {
    const before = structuredClone(await store.sessions()) as Session[];
    const chosen = step.kind === 'close' || step.kind === 'extend' ? step.session : 0;
    const session = before[before.length === 0 ? 0 : chosen % before.length];
    if (step.kind === 'wait') now += step.seconds * 1000;
    if (step.kind === 'close' && session !== undefined) await store.close(session.id, now);
    if (step.kind === 'extend' && session !== undefined) {
      const extended = await store.extend(session.id, step.ttl, now);
      const owns = SIDES.every((side) => ownerOf(before, legOf(session, side)) === session);
      expect(extended?.kind === 'extended').toBe(isLive(session, now) || (isReserved(session, now) && owns));
      if (extended?.kind === 'extended')
        expect(endOf(extended.session)).toBeGreaterThanOrEqual(now + step.ttl * 1000);
    }
    if (step.kind === 'pair') {
      const requests = step.pairs.map(({ a, b, ttl, quarantine }) =>
        request(realNumber(a), realNumber(b), { given: ttl === null ? {} : { ttl }, quarantine }),
      );
      const opened = await store.open(requests, now, newId);
      for (const [i, asked] of requests.entries()) {
        const result = opened[i] as Opened;
        for (const side of SIDES) {
          const partners = partnersOf(before, asked[side].realNumber, now);
          partners.add(asked[otherSide(side)].realNumber);
          mostPartners = Math.max(mostPartners, partners.size);
        }
        expectRightAnswer(before, asked, result, usable, now);
        if (result.kind === 'created') before.push(structuredClone(result.session));
      }
      expect(withoutForgotten(await store.sessions(), now)).toEqual(withoutForgotten(before, now));
      const last = opened.at(-1);
      if (last?.kind === 'full')
        await expectFullUntilSoonest(store, requests.at(-1) as OpeningRequest, last, now);
      results.push(...opened);
    }
    await expectInvariants(store, now);
  }
  return { results, sessions: await store.sessions(), mostPartners };
}

/** Whether a session still has a real number, and its quarantine is over. */
export function isToBeForgotten(session: Session, now: Instant): boolean {
  return SIDES.some((side) => session[side].realNumber !== null) && !isReserved(session, now);
}

/** The sessions as they are once everybody is forgotten whose quarantine is over; a store may be late with that. */
function withoutForgotten(sessions: readonly Session[], now: Instant): Session[] {
  return sessions.map((session) => (isToBeForgotten(session, now) ? forgottenSession(session) : session));
}

function expectRightAnswer(
  sessions: readonly Session[],
  asked: OpeningRequest,
  result: Opened,
  usable: number,
  now: Instant,
): void {
  const [a, b] = [asked.a.realNumber, asked.b.realNumber];
  const standing = sessions.find((session) => isLive(session, now) && isBetween(session, a, b));
  if (standing !== undefined) {
    const same = asked.given.ttl === undefined || asked.given.ttl === standing.ttl;
    expect(result).toMatchObject({ kind: same ? 'existing' : 'differs', session: { id: standing.id } });
    return;
  }
  const full = SIDES.filter((side) => {
    const others = partnersOf(sessions, asked[side].realNumber, now);
    others.delete(asked[otherSide(side)].realNumber);
    return others.size >= usable;
  });
  if (full.length > 0) {
    expect(result).toMatchObject({ kind: 'full', sides: full, poolSize: usable });
    return;
  }
  if (result.kind !== 'created') throw new Error(`not created, but ${result.kind}`);
  for (const side of SIDES) {
    const owner = ownerOf(sessions, legOf(result.session, side));
    if (owner === undefined || !isReserved(owner, now)) continue;
    expect(isLive(owner, now)).toBe(false);
    expect(isBetween(owner, a, b)).toBe(true);
  }
}

async function expectFullUntilSoonest(
  store: Recorded,
  asked: OpeningRequest,
  { sides, soonest }: Extract<Opened, { kind: 'full' }>,
  now: Instant,
): Promise<void> {
  if (soonest === null) return;
  expect(soonest.at).toBe(quarantineEndOf(soonest.session));
  expect(soonest.at).toBeGreaterThan(now);
  const justBefore = await store.preview([asked], soonest.at - 1);
  expect(justBefore[0]).toMatchObject({ kind: 'full', sides });
  if (sides.length > 1) return;
  const [then] = await store.preview([asked], soonest.at);
  expect(then?.kind).toBe('created');
}

async function expectInvariants(store: Recorded, now: Instant): Promise<void> {
  const sessions = await store.sessions();
  const open = sessions.filter((session) => isLive(session, now));
  const legs = open.flatMap((session) => SIDES.map((side) => legOf(session, side)));
  expect(new Set(legs.map(({ caller, dialled }) => caller + dialled)).size).toBe(legs.length);

  for (const session of open) {
    for (const side of SIDES) {
      const [caller, callee] = [session[side], session[otherSide(side)]];
      const there = route(
        await store.locate(caller.realNumber as E164, callee.virtualNumber),
        now,
        DEFAULT_POLICY,
      );
      if (there.kind !== 'connect') throw new Error(`an open session does not connect: ${there.kind}`);
      expect(there).toMatchObject({ sessionId: session.id, from: side, callee: callee.realNumber });
      expect(there.callerId).toBe(caller.virtualNumber);

      const back = route(await store.locate(there.callee, there.callerId), now, DEFAULT_POLICY);
      expect(back).toMatchObject({ kind: 'connect', sessionId: session.id, callee: caller.realNumber });
      expect(sideOf(session, caller.person)).toBe(side);
    }
  }
}
