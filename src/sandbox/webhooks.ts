import { createHash, randomUUID } from 'node:crypto';
import type { Account } from './account.js';
import type { HttpMethod, WebhookTarget } from './application.js';
import type { Quirk } from './fault.js';
import type { Faults } from './faults.js';
import { signToken } from './jwt.js';
import {
  sendWebhook,
  type WebhookAnswer,
  type WebhookFailure,
  type WebhookRequest,
} from './webhook-request.js';

/** The fields of a webhook: a JSON body (POST), or a query with nested values as JSON (GET). */
export type WebhookFields = Record<string, unknown>;

/** What the sandbox tells an application, and where. */
export type Webhook = {
  target: WebhookTarget;
  fields: WebhookFields;
  applicationId: string;
  /** The application's signed_callbacks. */
  signed: boolean;
  quirk?: Extract<Quirk, 'unsigned-events'>;
  /** How Vonage decides on a second attempt: some HTTP statuses, besides the broken connections. */
  retriedStatuses: number[];
};

/** One attempt at a webhook. `status` is HTTP's, or the reason why there was none. `url` is without query. */
export type Attempt = {
  url: string;
  method: HttpMethod;
  status: number | string;
  attempt: number;
  answer: WebhookAnswer | undefined;
  /** What the signature vouched for; null when there was none. */
  claims: Record<string, unknown> | null;
};

/** Sends webhooks signed the way Vonage signs them, twice at most, and says how each attempt went. */
export type Webhooks = {
  send(webhook: Webhook): Promise<[...Attempt[], Attempt]>;
  /** Ends what is still on its way. */
  stop(): Promise<void>;
};

type Prepared = { request: WebhookRequest; claims: Attempt['claims'] };

const RETRIED_FAILURES = ['Connection timeout.', 'Socket timeout.', 'Connection closed.'];

export function createWebhooks(account: Account, faults: Faults, log: (line: string) => void): Webhooks {
  const stopping = new AbortController();
  const pending = new Set<Promise<unknown>>();

  async function attempts(webhook: Webhook): Promise<[...Attempt[], Attempt]> {
    // Signed once: a second attempt is the same request again.
    const prepared = prepare(webhook);
    const first = await attemptOnce(prepared, 1);
    const { status } = first;
    const again =
      typeof status === 'number'
        ? webhook.retriedStatuses.includes(status)
        : RETRIED_FAILURES.includes(status);
    return again && !stopping.signal.aborted ? [first, await attemptOnce(prepared, 2)] : [first];
  }

  async function attemptOnce({ request, claims }: Prepared, attempt: number): Promise<Attempt> {
    const result: WebhookAnswer | WebhookFailure = await sendWebhook(request, stopping.signal);
    const status = 'failure' in result ? result.failure : result.status;
    const url = request.url.split('?')[0] ?? '';
    log(`webhook ${request.method} ${url} ${status}`);
    const answer = 'failure' in result ? undefined : result;
    return { url, method: request.method, status, attempt, answer, claims };
  }

  function prepare({ target, fields, applicationId, signed, quirk }: Webhook): Prepared {
    const url = new URL(target.address);
    const post = target.http_method === 'POST';
    if (!post) for (const [name, value] of queryOf(fields)) url.searchParams.append(name, value);
    // The hash covers what was sent: the body, or all query parameters as one compact JSON object.
    const content = post ? JSON.stringify(fields) : JSON.stringify(Object.fromEntries(url.searchParams));
    const unsigned =
      faults.takeQuirk('unsigned') || (quirk !== undefined && faults.takeQuirk(quirk)) || !signed;
    const claims = unsigned ? null : claimsOf(content, applicationId);
    const request: WebhookRequest = {
      url: url.href,
      method: target.http_method,
      headers: {
        accept: 'application/json',
        'user-agent': 'Vonage-Webhooks/1.0 (sandbox)',
        ...(post ? { 'content-type': 'application/json' } : {}),
        ...(claims === null ? {} : { authorization: `Bearer ${signToken(claims, account.signatureSecret)}` }),
      },
      body: post ? content : undefined,
      connectTimeout: target.connect_timeout,
      socketTimeout: target.socket_timeout,
    };
    return { request, claims };
  }

  function claimsOf(content: string, applicationId: string): Record<string, unknown> {
    return {
      iat: Math.floor(Date.now() / 1000),
      jti: randomUUID(),
      iss: 'Vonage',
      payload_hash: createHash('sha256').update(content).digest('hex'),
      api_key: account.apiKey,
      application_id: applicationId,
    };
  }

  return {
    send(webhook) {
      const sending = attempts(webhook);
      pending.add(sending);
      return sending.finally(() => pending.delete(sending));
    },
    async stop() {
      stopping.abort();
      await Promise.allSettled(pending);
    },
  };
}

function queryOf(fields: WebhookFields): [string, string][] {
  return Object.entries(fields)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]);
}
