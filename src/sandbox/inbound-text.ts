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
import type { World } from './world.js';

/** A text that somebody sends to a virtual number. */
type InboundText = { from: string; to: string; text: string };

const number = required(matching(/^\+?\d{3,15}$/, 'be a number, with or without +'));
const isShort = (v: unknown) => typeof v === 'string' && v.length >= 1 && v.length <= 1600;
const RULES: Rules = {
  from: number,
  to: number,
  text: required(rule('be 1 to 1600 characters', isShort)),
};

/** Delivers a text to the application; `delivered` is null when no application takes it. */
export async function deliverText({ account, webhooks }: World, body: Fields | undefined) {
  const error =
    body === undefined
      ? 'the body must be a JSON object'
      : (unknownField(body, RULES) ?? invalidField(body, RULES));
  if (error !== undefined) return { error };
  const { from, to, text } = body as InboundText;
  const message_uuid = randomUUID();
  const owned = account.numbers.get(withoutPlus(to));
  const application = owned?.features.includes('SMS') ? applicationOf(account, owned) : undefined;
  const webhook =
    application &&
    messageWebhook(application, 'inbound_url', {
      channel: 'sms',
      message_uuid,
      to: withoutPlus(to),
      from: withoutPlus(from),
      timestamp: new Date().toISOString(),
      text,
      sms: {
        num_messages: String(Math.ceil(text.length / 160)),
        keyword: text.trim().split(/\s+/)[0]?.toUpperCase(),
      },
      usage: { currency: 'EUR', price: '0' },
      origin: { network_code: '00000' },
    });
  if (!webhook) return { message_uuid, delivered: null };
  return { message_uuid, delivered: (await webhooks.send(webhook)).at(-1)?.status ?? null };
}
