import type {
  Application,
  Capabilities,
  HttpMethod,
  MessagesCapability,
  VoiceCapability,
  VoiceWebhook,
  WebhookTarget,
} from './application.js';
import { VOICE_DEFAULTS } from './application.js';
import {
  boolean,
  type Fields,
  matching,
  object,
  oneOf,
  type Rule,
  rule,
  webAddress,
  whole,
} from './field-rules.js';
import { isPublicKey } from './keys.js';
import type { InvalidParameter } from './problem.js';

/** An application as somebody asked for it, defaults filled in. Without a key, Vonage makes a new pair. */
export type ApplicationPayload = Pick<Application, 'name' | 'capabilities' | 'privacy'> & {
  publicKey?: string;
};

/** Reads one field by its path; a wrong value is complained about and counts as absent. */
type Read = <T>(of: Fields, path: string, rule: Rule, fallback: T) => T;

type WebhookRules = { methods: HttpMethod[]; method: HttpMethod; socketTimeout: number };

const VOICE_WEBHOOKS: Record<VoiceWebhook, WebhookRules> = {
  answer_url: { methods: ['GET', 'POST'], method: 'GET', socketTimeout: 5000 },
  fallback_answer_url: { methods: ['GET', 'POST'], method: 'GET', socketTimeout: 5000 },
  event_url: { methods: ['GET', 'POST'], method: 'POST', socketTimeout: 10_000 },
};
const REGION = oneOf('na-east', 'na-west', 'eu-east', 'eu-west', 'apac-sng', 'apac-australia');
const PUBLIC_KEY = rule('be an RSA public key in PEM format', (v) => typeof v === 'string' && isPublicKey(v));

/** Reads the body of a create or replace; says everything that is wrong with it at once. */
export function parseApplication(
  body: Fields,
): { payload: ApplicationPayload } | { invalid: InvalidParameter[] } {
  const invalid: InvalidParameter[] = [];
  const read: Read = (of, path, { ok, must }, fallback) => {
    const value = of[path.slice(path.lastIndexOf('.') + 1)];
    if (value === undefined || value === null) return fallback;
    if (ok(value)) return value as typeof fallback;
    invalid.push({ name: path, reason: `must ${must}` });
    return fallback;
  };

  const name = read(body, 'name', matching(/\S/, 'be a string that is not empty'), '');
  if (body.name === undefined) invalid.push({ name: 'name', reason: 'is required' });
  const capabilities: Capabilities = { ...read<Fields>(body, 'capabilities', object, {}) };
  const voice = read<Fields | undefined>(capabilities, 'capabilities.voice', object, undefined);
  if (voice !== undefined) capabilities.voice = readVoice(read, voice);
  const messages = read<Fields | undefined>(capabilities, 'capabilities.messages', object, undefined);
  if (messages !== undefined) capabilities.messages = readMessages(read, messages);
  const privacy = read<Fields>(body, 'privacy', object, {});
  const improve_ai = read(privacy, 'privacy.improve_ai', boolean, true);
  const keys = read<Fields>(body, 'keys', object, {});
  const publicKey = read<string | undefined>(keys, 'keys.public_key', PUBLIC_KEY, undefined);

  if (invalid.length > 0) return { invalid };
  return {
    payload: {
      name,
      capabilities,
      privacy: { improve_ai },
      ...(publicKey === undefined ? {} : { publicKey }),
    },
  };
}

function readVoice(read: Read, voice: Fields): VoiceCapability {
  const path = 'capabilities.voice';
  const given = read<Fields>(voice, `${path}.webhooks`, object, {});
  const webhooks: VoiceCapability['webhooks'] = {};
  for (const [name, rules] of Object.entries(VOICE_WEBHOOKS) as [VoiceWebhook, WebhookRules][]) {
    const webhook = readWebhook(read, given, `${path}.webhooks.${name}`, rules);
    if (webhook !== undefined) webhooks[name] = webhook;
  }
  const { signed_callbacks, conversations_ttl, leg_persistence_time } = VOICE_DEFAULTS;
  const region = read<string | undefined>(voice, `${path}.region`, REGION, undefined);
  return {
    webhooks,
    signed_callbacks: read(voice, `${path}.signed_callbacks`, boolean, signed_callbacks),
    conversations_ttl: read(voice, `${path}.conversations_ttl`, whole(1, 9000), conversations_ttl),
    leg_persistence_time: read(voice, `${path}.leg_persistence_time`, whole(1, 31), leg_persistence_time),
    ...(region === undefined ? {} : { region }),
  };
}

function readMessages(read: Read, messages: Fields): MessagesCapability {
  const path = 'capabilities.messages';
  const given = read<Fields>(messages, `${path}.webhooks`, object, {});
  const webhooks: MessagesCapability['webhooks'] = {};
  for (const name of ['inbound_url', 'status_url'] as const) {
    const rules: WebhookRules = { methods: ['POST'], method: 'POST', socketTimeout: 10_000 };
    const webhook = readWebhook(read, given, `${path}.webhooks.${name}`, rules);
    if (webhook !== undefined)
      webhooks[name] = { address: webhook.address, http_method: webhook.http_method };
  }
  return { webhooks, version: read(messages, `${path}.version`, oneOf('v0.1', 'v1'), 'v1') };
}

/** An address that is empty means no webhook: that is how the dashboard saves it. */
function readWebhook(
  read: Read,
  webhooks: Fields,
  path: string,
  rules: WebhookRules,
): WebhookTarget | undefined {
  const given = read<Fields>(webhooks, path, object, {});
  if (given.address === undefined || given.address === '') return undefined;
  // The key was connection_timeout in 2021, and some SDKs still send that.
  const renamed = { connect_timeout: given.connection_timeout, ...given };
  return {
    address: read(given, `${path}.address`, webAddress, ''),
    http_method: read(given, `${path}.http_method`, oneOf(...rules.methods), rules.method),
    connect_timeout: read(renamed, `${path}.connect_timeout`, whole(300, 1000), 1000),
    socket_timeout: read(
      given,
      `${path}.socket_timeout`,
      whole(1000, rules.socketTimeout),
      rules.socketTimeout,
    ),
  };
}
