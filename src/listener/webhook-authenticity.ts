import type { FastifyReply, FastifyRequest, onRequestHookHandler, preHandlerHookHandler } from 'fastify';
import { isLoopbackHost } from '../domain/loopback.js';
import type { Log } from '../log.js';
import { type Query, queryOf } from '../vonage/query.js';
import type { Cause, Claims, WebhookVerifier, Window } from '../vonage/signature.js';
import { refuse } from './replies.js';

/** How requests prove that they are Vonage's; `insecure` only on loopback, for rehearsals. */
export type Authenticity = { kind: 'signed'; verifier: WebhookVerifier } | { kind: 'insecure' };

/** What is known so far of the webhook that a request is. */
type Webhook = { claims: Claims | null; query: Query | null; isProven: boolean };

declare module 'fastify' {
  interface FastifyRequest {
    webhook: Webhook;
  }
}

/** The two checks of a route: of the headers before the body is read, and of what was read. */
export type AuthenticityHooks = { onRequest: onRequestHookHandler; preHandler: preHandlerHookHandler };

/**
 * Refuses with 401, the same for every cause; the cause goes to the log.
 * @param alsoAccept a second proof, where the token is absent or wrong
 */
export function authenticityHooks(
  authenticity: Authenticity,
  log: Log,
  now: () => number,
  window: Window,
  alsoAccept: (request: FastifyRequest) => boolean = () => false,
): AuthenticityHooks {
  if (authenticity.kind === 'insecure') {
    return {
      onRequest: (request, _reply, done) => {
        request.webhook = { claims: null, query: null, isProven: true };
        done();
      },
      preHandler: (_request, _reply, done) => done(),
    };
  }
  const { verifier } = authenticity;
  const refuseFor = (request: FastifyRequest, reply: FastifyReply, cause: Cause) => {
    log.warn('webhook refused', { cause, method: request.method, route: request.routeOptions.url ?? '' });
    refuse(reply, 401);
  };
  return {
    onRequest: (request, reply, done) => {
      const checked = verifier.checkToken(request.raw.rawHeaders, now(), window);
      request.webhook = { claims: checked.ok ? checked.value : null, query: null, isProven: false };
      if (checked.ok || alsoAccept(request)) done();
      else refuseFor(request, reply, checked.cause);
    },
    preHandler: (request, reply, done) => {
      const { claims } = request.webhook;
      const cause = claims === null ? 'no token' : causeAgainst(request, claims, verifier);
      request.webhook.isProven = cause === null;
      if (cause === null || alsoAccept(request)) done();
      else refuseFor(request, reply, cause);
    },
  };
}

function causeAgainst(request: FastifyRequest, claims: Claims, verifier: WebhookVerifier): Cause | null {
  return request.method === 'GET'
    ? verifier.checkQuery(claims, queryFor(request))
    : verifier.checkBody(claims, bodyOf(request));
}

/** Whether Vonage's signature covers what this request says; the second proof covers only its path. */
export function isSigned(request: FastifyRequest): boolean {
  return request.webhook.isProven;
}

export function queryFor({ webhook, raw }: FastifyRequest): Query {
  webhook.query ??= queryOf(raw.url ?? '');
  return webhook.query;
}

/** The raw bytes of the request, as they were signed. */
export function bodyOf(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

/** Refuses what did not come straight to this machine's own address: a proxy or a tunnel ends on loopback too. */
export function refuseIndirect(log: Log): onRequestHookHandler {
  return ({ raw: { rawHeaders } }, reply, done) => {
    if (cameDirectly(rawHeaders)) return done();
    log.warn('request refused', { cause: 'not for a loopback name, or forwarded' });
    refuse(reply, 401);
  };
}

/** What proxies, tunnels and browsers add; Vonage sends none of them. */
const INDIRECT = new Set([
  'forwarded',
  'via',
  'x-real-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'cf-ray',
  'x-client-ip',
  'x-original-host',
  'origin',
  'referer',
  'sec-fetch-site',
]);

/** @param rawHeaders as Node gives them, because it drops a second Host */
function cameDirectly(rawHeaders: readonly string[]): boolean {
  let named = false;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]?.toLowerCase() ?? '';
    if (name.startsWith('x-forwarded-') || INDIRECT.has(name)) return false;
    if (name !== 'host') continue;
    if (!isLoopbackHost((rawHeaders[i + 1] ?? '').replace(/:\d+$/, ''))) return false;
    named = true;
  }
  return named;
}
