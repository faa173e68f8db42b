import type { Application, VoiceCapability, WebhookTarget } from './application.js';
import { type EventFields, type Leg, newConversation } from './leg.js';
import { asEvent } from './seen-webhook.js';
import type { Trace } from './trace.js';
import type { Attempt, WebhookFields } from './webhooks.js';
import type { World } from './world.js';

/** An event as it was sent, and HTTP's status or the reason why nobody took it. */
export type DeliveredEvent = WebhookFields & { url: string; delivered: number | string };

/** Tells an application what happens in one call, with whatever the network does to it on the way. */
export type CallEvents = {
  delivered: DeliveredEvent[];
  /** `overtaken: false` for events whose answer somebody waits for. */
  send(
    to: WebhookTarget | undefined,
    fields: WebhookFields,
    options?: { overtaken: false },
  ): Promise<Attempt | undefined>;
  /** Sends what was overtaken and is still held back. */
  flush(): Promise<void>;
};

/** A second attempt at most: events do get lost. */
const RETRIED_STATUSES = [429, 502, 503, 504];

export function createCallEvents(
  { webhooks, faults }: World,
  application: Application,
  voice: VoiceCapability,
  trace: Trace,
): CallEvents {
  const delivered: DeliveredEvent[] = [];
  const outOfOrder = faults.takeQuirk('events-out-of-order');
  let held: (() => Promise<unknown>) | undefined;

  async function deliver(target: WebhookTarget, fields: WebhookFields): Promise<Attempt | undefined> {
    if (faults.takeQuirk('lose-events')) {
      delivered.push({ url: target.address, ...fields, delivered: 'lost' });
      trace.add(asEvent(fields, undefined));
      return undefined;
    }
    const times = faults.takeQuirk('duplicate-events') ? 2 : 1;
    let last: Attempt | undefined;
    for (let time = 0; time < times; time++) {
      const attempts = await webhooks.send({
        target,
        fields,
        applicationId: application.id,
        signed: voice.signed_callbacks,
        quirk: 'unsigned-events',
        retriedStatuses: RETRIED_STATUSES,
      });
      last = attempts.at(-1);
      delivered.push({ url: target.address, ...fields, delivered: last?.status ?? 'lost' });
      trace.add(asEvent(fields, last));
    }
    return last;
  }

  async function flush() {
    const late = held;
    held = undefined;
    await late?.();
  }

  return {
    delivered,
    flush,
    async send(target, fields, options) {
      if (target === undefined) return undefined;
      if (outOfOrder && held === undefined && options === undefined) {
        held = () => deliver(target, fields);
        return undefined;
      }
      const attempt = await deliver(target, fields);
      await flush();
      return attempt;
    },
  };
}

/** The fields of an event about a leg. */
export function legEvent(leg: Leg, now: number, fields: EventFields): WebhookFields {
  return {
    headers: {},
    ...(leg.from === undefined ? {} : { from: leg.from }),
    to: leg.to,
    uuid: leg.uuid,
    conversation_uuid: leg.conversation,
    direction: leg.direction,
    timestamp: new Date(now).toISOString(),
    ...fields,
  };
}

/** Moves a leg into a conversation of its own, as a transfer does. */
export function moveLeg(leg: Leg, now: number): WebhookFields {
  const from = leg.conversation;
  leg.conversation = newConversation();
  return {
    headers: {},
    type: 'transfer',
    uuid: leg.uuid,
    conversation_uuid_from: from,
    conversation_uuid_to: leg.conversation,
    timestamp: new Date(now).toISOString(),
  };
}
