import { randomInt } from 'node:crypto';
import type { Call, Callee } from './call.js';
import { legEvent } from './call-events.js';
import { type EventFields, type Leg, newLeg } from './leg.js';
import type { ConnectAction, Ncco } from './ncco.js';
import { eventTarget, reportAndAsk } from './ncco-request.js';
import type { WebhookFields } from './webhooks.js';

/** The way from a call to a callee. */
export type OutgoingLeg = {
  leg: Leg;
  callee: Callee;
  event(status: string, fields?: EventFields): WebhookFields;
  send(event: WebhookFields): Promise<void>;
  /** Tells how it turned out; a synchronous connect may have other instructions for the caller then. */
  ask(event: WebhookFields): Promise<Ncco | undefined>;
};

export function newOutgoingLeg(call: Call, action: ConnectAction): OutgoingLeg {
  const [endpoint] = action.endpoint;
  const from = callerId(call, action);
  const to = 'number' in endpoint ? endpoint.number : destination(endpoint);
  const leg = newLeg('outbound', call.inbound.conversation, from, to);
  const target = eventTarget(call, action);
  const event: OutgoingLeg['event'] = (status, fields) =>
    legEvent(leg, call.people.now(), { status, ...fields });
  const send: OutgoingLeg['send'] = async (event) => {
    await call.events.send(target, event);
  };
  return {
    leg,
    callee: {
      number: endpoint.type === 'phone' ? `+${to}` : to,
      callerId: from === 'unknown' ? from : `+${from}`,
      hears: [],
      joined: false,
    },
    event,
    send,
    async ask(event) {
      if (action.eventType === 'synchronous') return reportAndAsk(call, target, event);
      await send(event);
      return undefined;
    },
  };
}

/** What the callee's display shows: one of the account's numbers, or nothing that means anybody. */
function callerId(
  { world: { account }, application }: Call,
  { from = '', randomFromNumber }: ConnectAction,
): string {
  if (!randomFromNumber) return account.numbers.has(from) ? from : 'unknown';
  const own = [...account.numbers.values()].filter(({ app_id }) => app_id === application.id);
  return own[randomInt(own.length)]?.msisdn ?? 'unknown';
}

function destination(endpoint: Exclude<ConnectAction['endpoint'][0], { type: 'phone' }>): string {
  if ('uri' in endpoint) return endpoint.uri;
  return 'user' in endpoint ? endpoint.user : endpoint.extension;
}
