import { randomUUID } from 'node:crypto';
import { applicationOf } from './account.js';
import { withoutPlus } from './call-request.js';
import {
  type Fields,
  invalidField,
  matching,
  type Rules,
  required,
  rule,
  unknownField,
} from './field-rules.js';
import { messageWebhook } from './message-webhook.js';
import { asSent, asWebhook } from './seen-webhook.js';
import { countParts } from './text-parts.js';
import { type Trace, UNWATCHED } from './trace.js';
import type { Attempt } from './webhooks.js';
import type { World } from './world.js';

/** A text on its way to a virtual number. */
export type InboundText = { message_uuid: string; from: string; to: string; text: string };

const number = required(matching(/^\+?\d{3,15}$/, 'be a number, with or without +'));
const isShort = (v: unknown) => typeof v === 'string' && v !== '' && [...v].length <= 1600;
const RULES: Rules = {
  from: number,
  to: number,
  text: required(rule('be 1 to 1600 characters', isShort)),
  message_uuid: matching(/^[\w-]{1,100}$/, 'be 1 to 100 letters, digits, - or _'),
};

/** Reads a text that somebody sends, or says why it makes no sense. The same id is the same text again. */
export function parseInboundText(body: Fields | undefined): InboundText | { error: string } {
  if (body === undefined) return { error: 'the body must be a JSON object' };
  const error = unknownField(body, RULES) ?? invalidField(body, RULES);
  if (error !== undefined) return { error };
  const { from, to, ...text } = { message_uuid: randomUUID(), ...body } as InboundText;
  return { ...text, from: withoutPlus(from), to: withoutPlus(to) };
}

/** Brings a text to the application; `delivered` is null when no application takes it. */
export async function bringText(
  { account, faults, webhooks }: World,
  { message_uuid, from, to, text }: InboundText,
  trace: Trace = UNWATCHED,
): Promise<{ message_uuid: string; delivered: number | string | null }> {
  const owned = account.numbers.get(to);
  const application = owned?.features.includes('SMS') ? applicationOf(account, owned) : undefined;
  const webhook =
    application &&
    messageWebhook(application, 'inbound_url', {
      channel: 'sms',
      message_uuid,
      to,
      from,
      timestamp: new Date().toISOString(),
      text,
      sms: {
        num_messages: String(countParts(text)),
        keyword: text.trim().split(/\s+/)[0]?.toUpperCase(),
      },
      usage: { currency: 'EUR', price: '0' },
      origin: { network_code: '00000' },
    });
  if (!webhook) return { message_uuid, delivered: null };
  const twice = faults.takeQuirk('duplicate-texts') && webhooks.send(webhook);
  const amend = trace.add(asWebhook(webhook.target, webhook.fields));
  const attempts = await webhooks.send(webhook);
  await twice;
  const last = attempts[attempts.length - 1] as Attempt;
  amend(asSent(last));
  return { message_uuid, delivered: last.status };
}
