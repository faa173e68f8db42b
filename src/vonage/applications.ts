import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { Application, ApplicationChange, SavedWebhooks, Webhooks } from './vonage.js';

type Fields = Record<string, unknown>;

/**
 * Vonage's application as it came. Anything else must not be taken for one: what is not there would be
 * taken away by the next update.
 *
 * @throws Error when it is none, such as a web page
 */
export function asApplication(raw: unknown): Readonly<Fields> {
  const application = fields(raw);
  if (typeof application.id !== 'string') throw new Error('not an application');
  return application;
}

/**
 * Vonage's application, reduced to what concerns us.
 * @param ourKey our private key in PEM form, to compare with the application's public one
 */
export function readApplication(raw: unknown, ourKey: string | null = null): Application {
  const application = asApplication(raw);
  const voice = fields(fields(application.capabilities).voice);
  const hooks = fields(voice.webhooks);
  const messages = fields(fields(fields(application.capabilities).messages).webhooks);
  return {
    id: String(application.id),
    name: String(application.name),
    webhooks: {
      answerUrl: address(hooks.answer_url),
      fallbackUrl: address(hooks.fallback_answer_url),
      eventUrl: address(hooks.event_url),
      inboundUrl: address(messages.inbound_url),
      statusUrl: address(messages.status_url),
    },
    answerMethod: text(fields(hooks.answer_url).http_method),
    methods: {
      answerUrl: text(fields(hooks.answer_url).http_method) ?? 'GET',
      fallbackUrl: text(fields(hooks.fallback_answer_url).http_method) ?? 'GET',
      eventUrl: text(fields(hooks.event_url).http_method) ?? 'POST',
      inboundUrl: text(fields(messages.inbound_url).http_method) ?? 'POST',
      statusUrl: text(fields(messages.status_url).http_method) ?? 'POST',
    },
    hasOurKey: isPair(ourKey, text(fields(application.keys).public_key)),
    // Vonage's default, which it leaves out.
    signedCallbacks: voice.signed_callbacks !== false,
    saved: {
      voice: voice.webhooks ?? null,
      messages: fields(application.capabilities).messages ?? null,
      signedCallbacks: voice.signed_callbacks ?? null,
    },
  };
}

/**
 * The whole application as it goes back: an update replaces it, so that everything not ours stays as it was.
 * Webhooks of ours are POST, so that numbers stay out of the logs of proxies, and signed.
 */
export function changedApplication(raw: unknown, { name, webhooks }: ApplicationChange): Fields {
  const { _links, ...application } = fields(raw);
  const capabilities = fields(application.capabilities);
  return {
    ...application,
    ...(name === undefined ? {} : { name }),
    capabilities:
      webhooks === undefined
        ? capabilities
        : 'answerUrl' in webhooks
          ? pointed(capabilities, webhooks)
          : restored(capabilities, webhooks),
  };
}

function isPair(privateKey: string | null, publicKey: string | null): boolean | null {
  if (privateKey === null || publicKey === null) return null;
  try {
    return createPublicKey(createPrivateKey(privateKey)).equals(createPublicKey(publicKey));
  } catch {
    return null;
  }
}

function pointed(capabilities: Fields, urls: Webhooks): Fields {
  const voice = fields(capabilities.voice);
  const messages = fields(capabilities.messages);
  return {
    ...capabilities,
    voice: {
      ...voice,
      signed_callbacks: true,
      webhooks: {
        ...fields(voice.webhooks),
        ...hook(voice, 'answer_url', urls.answerUrl),
        ...hook(voice, 'fallback_answer_url', urls.fallbackUrl),
        ...hook(voice, 'event_url', urls.eventUrl),
      },
    },
    messages: {
      ...messages,
      webhooks: {
        ...fields(messages.webhooks),
        ...hook(messages, 'inbound_url', urls.inboundUrl),
        ...hook(messages, 'status_url', urls.statusUrl),
      },
    },
  };
}

function restored(capabilities: Fields, { voice, messages, signedCallbacks }: SavedWebhooks): Fields {
  const { webhooks: _ours, signed_callbacks: _signed, ...rest } = fields(capabilities.voice);
  const { messages: _messages, ...others } = capabilities;
  return {
    ...others,
    voice: {
      ...rest,
      ...(voice === null ? {} : { webhooks: voice }),
      ...(signedCallbacks === null ? {} : { signed_callbacks: signedCallbacks }),
    },
    ...(messages === null ? {} : { messages }),
  };
}

function hook(capability: Fields, name: string, url: string): Fields {
  const before = fields(fields(capability.webhooks)[name]);
  return { [name]: { ...before, address: url, http_method: 'POST' } };
}

function address(hook: unknown): string | null {
  return text(fields(hook).address) || null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}
