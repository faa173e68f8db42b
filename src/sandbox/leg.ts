import { randomBytes, randomUUID } from 'node:crypto';

/** One phone's part in a call. Numbers as Vonage sends them: digits, or whatever the carrier gave. */
export type Leg = {
  uuid: string;
  direction: 'inbound' | 'outbound';
  /** Where it takes part: the legs that hear each other share one. */
  conversation: string;
  from: string | undefined;
  to: string;
  /** When it was answered, on the call's clock (ms). */
  answeredAt?: number;
};

/** What an event says beside its status. */
export type EventFields = Record<string, unknown>;

/** EUR a minute. Inbound is cheap, outbound is what a call costs. */
const RATES = { inbound: 0.0045, outbound: 0.012 };

/** Legs on the telephone network have 32 hex digits where others have a UUID. */
export function newLeg(
  direction: Leg['direction'],
  conversation: string,
  from: string | undefined,
  to: string,
): Leg {
  return { uuid: randomBytes(16).toString('hex'), direction, conversation, from, to };
}

export function newConversation(): string {
  return `CON-${randomUUID()}`;
}

export const ANSWERED: EventFields = { start_time: null, rate: null, network: null };

/** How a leg that was never answered ends, in the fields that Vonage adds. */
export const ENDINGS = {
  busy: { sip_code: 486 },
  unanswered: { detail: 'unavailable', sip_code: 480 },
  rejected: { detail: 'declined', sip_code: 603 },
  failed: { detail: 'number_out_of_service', sip_code: 404 },
  cancelled: {},
  timeout: {},
} satisfies Record<string, EventFields>;

/** The last event of an answered leg. Amounts are strings, as ever. */
export function completion(leg: Leg, now: number, disconnected_by: 'user' | 'platform'): EventFields {
  const start = leg.answeredAt ?? now;
  const seconds = Math.round((now - start) / 1000);
  const rate = RATES[leg.direction];
  return {
    start_time: new Date(start).toISOString(),
    end_time: new Date(now).toISOString(),
    duration: String(seconds),
    rate: rate.toFixed(8),
    price: ((rate * seconds) / 60).toFixed(8),
    network: 'SANDBOX',
    disconnected_by,
    sip_code: 200,
  };
}
