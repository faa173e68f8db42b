import type { FastifyReply, FastifyRequest } from 'fastify';
import { isLoopbackHost } from '../domain/loopback.js';
import type { Log } from '../log.js';
import type { Cause, Claims, WebhookVerifier, Window } from '../vonage/signature.js';
import { queryOf } from '../vonage/webhooks.js';
import { refuse } from './replies.js';

/** How requests prove that they are Vonage's; `insecure` only on loopback, for rehearsals. */
export type Authenticity = { kind: 'signed'; verifier: WebhookVerifier } | { kind: 'insecure' };

type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>;

/** The two checks of a route: of the headers before the body is read, and of what was read. */
export type AuthenticityHooks = { onRequest: Hook; preHandler: Hook };

const claimsOf = new WeakMap<FastifyRequest, Claims>();
const proven = new WeakSet<FastifyRequest>();

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
    const pass: Hook = async (request) => {
      proven.add(request);
      return undefined;
    };
    return { onRequest: pass, preHandler: pass };
  }
  const { verifier } = authenticity;
  const refuseFor = (request: FastifyRequest, reply: FastifyReply, cause: Cause) => {
    log.warn('webhook refused', { cause, method: request.method, route: request.routeOptions.url ?? '' });
    return refuse(reply, 401);
  };
  return {
    onRequest: async (request, reply) => {
      const checked = verifier.checkToken(request.raw.rawHeaders, now(), window);
      if (checked.ok) claimsOf.set(request, checked.value);
      return checked.ok || alsoAccept(request) ? undefined : refuseFor(request, reply, checked.cause);
    },
    preHandler: async (request, reply) => {
      const claims = claimsOf.get(request);
      if (claims === undefined)
        return alsoAccept(request) ? undefined : refuseFor(request, reply, 'no token');
      const cause =
        request.method === 'GET'
          ? verifier.checkQuery(claims, queryOf(request.raw.url ?? ''))
          : verifier.checkBody(claims, bodyOf(request));
      if (cause === null) {
        proven.add(request);
        return undefined;
      }
      return alsoAccept(request) ? undefined : refuseFor(request, reply, cause);
    },
  };
}

/** Whether Vonage's signature covers what this request says; the second proof covers only its path. */
export function isSigned(request: FastifyRequest): boolean {
  return proven.has(request);
}

/** The raw bytes of the request, as they were signed. */
export function bodyOf(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

/** Refuses what did not come straight to this machine's own address: a proxy or a tunnel ends on loopback too. */
export function refuseIndirect(log: Log): Hook {
  return async ({ raw: { rawHeaders } }, reply) => {
    if (cameDirectly(rawHeaders)) return undefined;
    log.warn('request refused', { cause: 'not for a loopback name, or forwarded' });
    return refuse(reply, 401);
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
