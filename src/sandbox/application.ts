import { randomUUID } from 'node:crypto';

export type HttpMethod = 'GET' | 'POST';

/** Where Vonage sends something, and how long it waits there (ms). */
export type WebhookTarget = {
  address: string;
  http_method: HttpMethod;
  connect_timeout: number;
  socket_timeout: number;
};

export type VoiceWebhook = 'answer_url' | 'fallback_answer_url' | 'event_url';

export type VoiceCapability = {
  webhooks: Partial<Record<VoiceWebhook, WebhookTarget>>;
  signed_callbacks: boolean;
  conversations_ttl: number;
  leg_persistence_time: number;
  region?: string;
};

/** Messages webhooks have no timeouts of their own to configure. */
export type MessagesCapability = {
  webhooks: Partial<Record<'inbound_url' | 'status_url', Pick<WebhookTarget, 'address' | 'http_method'>>>;
  version: string;
};

/** Capabilities that the sandbox does not act on are kept as they came. */
export type Capabilities = {
  voice?: VoiceCapability;
  messages?: MessagesCapability;
  [other: string]: unknown;
};

/** A Vonage application: who is told about calls and texts, and the key that proves it. */
export type Application = {
  id: string;
  name: string;
  capabilities: Capabilities;
  keys: { public_key: string };
  privacy: { improve_ai: boolean };
};

export const VOICE_DEFAULTS = { signed_callbacks: true, conversations_ttl: 48, leg_persistence_time: 2 };

/** An application that takes calls, but does not say where yet. */
export function newApplication(name: string, publicKey: string): Application {
  return {
    id: randomUUID(),
    name,
    capabilities: { voice: { webhooks: {}, ...VOICE_DEFAULTS } },
    keys: { public_key: publicKey },
    privacy: { improve_ai: true },
  };
}
