import { LegIndex } from '../../domain/leg-index.js';
import type { E164 } from '../../domain/phone-number.js';
import { isInPool, isUsable, type PoolNumber } from '../../domain/pool.js';
import {
  type Instant,
  isLive,
  isReserved,
  legOf,
  type Participant,
  type PersonId,
  type Session,
  SIDES,
} from '../../domain/session.js';
import { type Check, counted, failed, listed, ok, warning } from './check.js';

export type StoreFacts = {
  pool: readonly PoolNumber[];
  /** Oldest first. */
  sessions: readonly Session[];
  /** Where it lies and how large it is, in words. */
  where: string;
  now: Instant;
  spaced: (number: E164) => string;
  /** How a person is shown. */
  personal: (number: E164 | null) => string;
};

/** Whether sessions and pool fit together, and who could be given nobody more. */
export function storeChecks(facts: StoreFacts): Check[] {
  const { pool, sessions, where } = facts;
  const held = `${counted(sessions.length, 'session')}, ${counted(pool.length, 'number')}`;
  return [ok('store', `${where}: ${held}`), sessionsCheck(facts), poolCheck(facts)];
}

function sessionsCheck({ pool, sessions, now, spaced }: StoreFacts): Check {
  const known = new Set(pool.filter(isInPool).map(({ number }) => number));
  const live = sessions.filter((session) => isLive(session, now));
  const gone = live.flatMap((session) =>
    SIDES.map((side) => ({ session, number: session[side].virtualNumber })).filter(
      ({ number }) => !known.has(number),
    ),
  );
  if (gone.length > 0) {
    const ids = [...new Set(gone.map(({ session }) => session.id))];
    const numbers = [...new Set(gone.map(({ number }) => number))];
    return failed(
      'sessions',
      `${listed(numbers.map(spaced))} left the pool, and ${counted(ids.length, 'live session leads', 'live sessions lead')} through it: ${listed(ids)}.`,
      `Take it back: voxproxy numbers link ${numbers[0]}. Or close them: voxproxy sessions close ${ids[0]}`,
      'setting',
    );
  }
  const quarantined = sessions.filter((session) => isReserved(session, now)).length - live.length;
  const rest = quarantined === 0 ? '' : `, ${quarantined} ended and in quarantine`;
  return ok('sessions', `${live.length} live${rest}`);
}

function poolCheck({ pool, sessions, now, personal }: StoreFacts): Check {
  const usable = pool.filter(isUsable);
  if (usable.length === 0) {
    const none = pool.length === 0 ? 'It is empty' : 'None of its numbers can be used';
    return warning('pool', `${none}: nobody can be paired.`, 'voxproxy numbers provision GB');
  }
  const full = fullyUsed(usable, sessions, now);
  const [first] = full;
  if (first === undefined)
    return ok('pool', `${counted(usable.length, 'number')}, and everybody can be paired with one more.`);
  const people = listed(full.map(({ realNumber }) => personal(realNumber)));
  const are = full.length === 1 ? 'is' : 'are';
  return warning(
    'pool',
    `No number is free for ${people}, who ${are} led to somebody by all ${usable.length} already: the next pair fails.`,
    `voxproxy numbers provision ${first.country} --count 1`,
  );
}

/** Whom every usable number leads to somebody, live or in quarantine. */
function fullyUsed(usable: readonly PoolNumber[], sessions: readonly Session[], now: Instant): Participant[] {
  const numbers = new Set(usable.map(({ number }) => number));
  const index = new LegIndex(sessions);
  const taken = new Map<PersonId, { participant: Participant; by: Set<E164> }>();
  for (const session of sessions.filter((one) => isReserved(one, now))) {
    for (const side of SIDES) {
      const leg = legOf(session, side);
      if (index.lastOwner(leg) !== session || !numbers.has(leg.dialled)) continue;
      const one = taken.get(leg.caller) ?? { participant: session[side], by: new Set() };
      one.by.add(leg.dialled);
      taken.set(leg.caller, one);
    }
  }
  return [...taken.values()]
    .filter(({ by }) => by.size === numbers.size)
    .map(({ participant }) => participant);
}
