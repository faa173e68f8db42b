import type { Application } from './application.js';
import type { Webhook, WebhookFields } from './webhooks.js';

/** A Messages webhook, when the application has one; always signed, whatever its voice side says. */
export function messageWebhook(
  application: Application,
  which: 'inbound_url' | 'status_url',
  fields: WebhookFields,
): Webhook | undefined {
  const target = application.capabilities.messages?.webhooks[which];
  return (
    target && {
      target: { ...target, connect_timeout: 3000, socket_timeout: 15_000 },
      fields,
      applicationId: application.id,
      signed: true,
      // Vonage goes on for a day; a rehearsal tries twice.
      retriedStatuses: [429, 500, 502, 503, 504],
    }
  );
}
