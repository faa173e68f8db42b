import { LegIndex } from './leg-index.js';
import type { E164 } from './phone-number.js';
import { type Instant, isLive, isReserved, legOf, type Session, SIDES } from './session.js';

export type Usage = { live: number; quarantined: number };

/** The sessions, oldest first, that own a live or quarantined leg of this number. */
export function sessionsUsing(number: E164, oldestFirst: readonly Session[], now: Instant): Session[] {
  const index = new LegIndex(oldestFirst);
  return oldestFirst.filter(
    (session) =>
      isReserved(session, now) &&
      SIDES.map((side) => legOf(session, side)).some(
        (leg) => leg.dialled === number && index.lastOwner(leg) === session,
      ),
  );
}

/** How many legs each virtual number carries, live and in quarantine. */
export function usageOf(oldestFirst: readonly Session[], now: Instant): Map<E164, Usage> {
  const index = new LegIndex(oldestFirst);
  const usage = new Map<E164, Usage>();
  for (const session of oldestFirst) {
    if (!isReserved(session, now)) continue;
    for (const side of SIDES) {
      const leg = legOf(session, side);
      if (index.lastOwner(leg) !== session) continue;
      const counted = usage.get(leg.dialled) ?? { live: 0, quarantined: 0 };
      counted[isLive(session, now) ? 'live' : 'quarantined'] += 1;
      usage.set(leg.dialled, counted);
    }
  }
  return usage;
}
