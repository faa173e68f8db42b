import type { SentText } from './account.js';
import type { Application } from './application.js';
import { bringText } from './inbound-text.js';
import { messageWebhook } from './message-webhook.js';
import { hidden, spelled } from './phone.js';
import { messageProblem } from './problem.js';
import { countParts } from './text-parts.js';
import { UNWATCHED } from './trace.js';
import type { World } from './world.js';

/** What becomes of a text that Vonage took. */
export type TextDelivery = (text: SentText, application: Application | undefined) => Promise<void>;

/** How often a text between the account's own numbers may lead to another one: applications can go in circles. */
const MOST_HOPS = 10;

/** A text sent so soon after one of these came in is taken for its consequence (ms). */
const CONSEQUENCE = 5000;

const FAILURES = {
  undeliverable: messageProblem(
    1260,
    'Destination unreachable',
    'The message could not be delivered to the phone number.',
  ),
  rejected: messageProblem(1210, 'Anti-spam rejection', 'The message was rejected by the carrier.'),
};

export function createTextDelivery(world: World): TextDelivery {
  const { account, faults, webhooks, phones, watch, changed } = world;
  const loop = { hops: 0, at: 0 };

  /** Whether a text to one of our own numbers still comes in there. */
  function hop(): boolean {
    const now = Date.now();
    if (now - loop.at > CONSEQUENCE) loop.hops = 0;
    if (loop.hops === MOST_HOPS) return false;
    loop.hops += 1;
    loop.at = now;
    return true;
  }

  async function report(text: SentText, application: Application | undefined, status: SentText['status']) {
    text.status = status;
    const { message_uuid, to, from, client_ref } = text;
    const webhook =
      application &&
      messageWebhook(application, 'status_url', {
        message_uuid,
        to,
        from,
        timestamp: new Date().toISOString(),
        status,
        ...(status in FAILURES ? { error: failure(status as keyof typeof FAILURES, message_uuid) } : {}),
        ...(client_ref === undefined ? {} : { client_ref }),
        channel: 'sms',
        sms: { count_total: String(countParts(text.text)) },
      });
    if (webhook) await webhooks.send(webhook);
  }

  return async (text, application) => {
    const phone = phones.byNumber(text.to);
    const trace = phone === undefined ? UNWATCHED : watch();
    trace.add({ from: 'voxproxy', to: 'vonage', kind: 'text', what: `sends a text to ${hidden(text.to)}` });
    await report(text, application, 'submitted');
    const lost = (['undeliverable', 'rejected'] as const).find((end) => faults.takeQuirk(`${end}-texts`));
    if (lost !== undefined) {
      trace.add({ from: 'vonage', to: 'vonage', kind: 'note', what: `The text is ${lost}.`, good: false });
      return report(text, application, lost);
    }
    if (phone !== undefined) {
      phone.receive(text.from, text.text, Date.now());
      const what = `text from ${spelled(text.from)}: “${text.text}”`;
      trace.add({ from: 'vonage', to: phone.id, kind: 'text', what, good: true });
      changed();
    }
    const ours = account.numbers.has(text.to);
    // Nobody is told where a circle ends, or telling would be the next one.
    if (ours && !hop()) return report(text, undefined, 'undeliverable');
    await Promise.all([report(text, application, 'delivered'), ours && bringText(world, text)]);
  };
}

function failure(status: keyof typeof FAILURES, instance: string) {
  return { ...FAILURES[status], instance };
}
