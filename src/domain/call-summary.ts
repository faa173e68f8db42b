import type { CallRecord } from './call-record.js';
import { sumOfPrices } from './price.js';
import type { Instant, Side } from './session.js';
import type { TextRecord } from './text-record.js';

/** What happened on a day, in a session, or on the numbers of a country. */
export type Tally = {
  calls: number;
  /** Calls in which the two were connected. */
  answered: number;
  /** Calls that were not put through. */
  refused: number;
  /** Seconds that people were connected, of all calls together. */
  duration: number;
  /** Seconds of an answered call; null when there is none whose length was told. */
  averageDuration: number | null;
  /** Of all legs, EUR; null when Vonage told none. */
  price: string | null;
  /** Texts that participants sent. */
  texts: number;
};

/** Where a call or a text belongs. */
type Event = { at: Instant; sessionId: string; from: Side };

/**
 * Counts calls and texts, each under its key.
 * @param keyOf null for what belongs to nothing that is known
 */
export function tallyBy<Key extends string | null>(
  calls: readonly CallRecord[],
  texts: readonly TextRecord[],
  keyOf: (event: Event) => Key,
): Map<Key, Tally> {
  const groups = new Map<Key, { calls: CallRecord[]; texts: number }>();
  const groupOf = (event: Event) => {
    const key = keyOf(event);
    const group = groups.get(key) ?? { calls: [], texts: 0 };
    groups.set(key, group);
    return group;
  };
  for (const call of calls) groupOf({ ...call, at: call.startedAt }).calls.push(call);
  for (const text of texts) groupOf(text).texts++;
  return new Map([...groups].map(([key, group]) => [key, tallyOf(group.calls, group.texts)]));
}

export function tallyOf(calls: readonly CallRecord[], texts: number): Tally {
  const answered = calls.filter(({ answeredAt }) => answeredAt !== null);
  const lengths = answered.flatMap(({ duration }) => duration ?? []);
  const duration = lengths.reduce((total, one) => total + one, 0);
  return {
    calls: calls.length,
    answered: answered.length,
    refused: calls.filter(({ outcome }) => outcome === 'refused').length,
    duration,
    averageDuration: lengths.length === 0 ? null : Math.round(duration / lengths.length),
    price: sumOfPrices(calls.map(({ price }) => price)),
    texts,
  };
}

/** The day of a moment, in UTC: `2026-11-22`. */
export function dayOf(at: Instant): string {
  return new Date(at).toISOString().slice(0, 10);
}
