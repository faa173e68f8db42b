import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../log.js';
import type { Cause, Claims, WebhookVerifier, Window } from '../vonage/signature.js';
import { queryOf } from '../vonage/webhooks.js';

/** How requests prove that they are Vonage's; `insecure` only on loopback, for rehearsals. */
export type Authenticity = { kind: 'signed'; verifier: WebhookVerifier } | { kind: 'insecure' };

type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>;

/** The two checks of a route: of the headers before the body is read, and of what was read. */
export type AuthenticityHooks = { onRequest: Hook; preHandler: Hook };

const claimsOf = new WeakMap<FastifyRequest, Claims>();

/** Refuses with 401 and an empty object, the same for every cause; the cause goes to the log. */
export function refuseRequest(reply: FastifyReply): FastifyReply {
  return reply.code(401).type('application/json; charset=utf-8').send('{}');
}

/** @param alsoAccept a second proof, which spares the token */
export function authenticityHooks(
  authenticity: Authenticity,
  log: Log,
  now: () => number,
  window: Window,
  alsoAccept: (request: FastifyRequest) => boolean = () => false,
): AuthenticityHooks {
  if (authenticity.kind === 'insecure') {
    const pass: Hook = async () => undefined;
    return { onRequest: pass, preHandler: pass };
  }
  const { verifier } = authenticity;
  const refuse = (request: FastifyRequest, reply: FastifyReply, cause: Cause) => {
    log.warn('webhook refused', { cause, method: request.method, route: request.routeOptions.url ?? '' });
    return refuseRequest(reply);
  };
  return {
    onRequest: async (request, reply) => {
      if (alsoAccept(request)) return undefined;
      const checked = verifier.checkToken(request.raw.rawHeaders, now(), window);
      if (!checked.ok) return refuse(request, reply, checked.cause);
      claimsOf.set(request, checked.value);
      return undefined;
    },
    preHandler: async (request, reply) => {
      const claims = claimsOf.get(request);
      if (claims === undefined) return undefined;
      const cause =
        request.method === 'GET'
          ? verifier.checkQuery(claims, queryOf(request.raw.url ?? ''))
          : verifier.checkBody(claims, bodyOf(request));
      return cause === null ? undefined : refuse(request, reply, cause);
    },
  };
}

/** The raw bytes of the request, as they were signed. */
export function bodyOf(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/** Whether a request came to this machine's own address and not through a proxy or a tunnel. */
export function cameDirectly(request: FastifyRequest): boolean {
  const { headers } = request;
  const forwarded = Object.keys(headers).some(
    (name) => name === 'forwarded' || name.startsWith('x-forwarded-'),
  );
  return !forwarded && LOOPBACK_HOST.test(headers.host ?? '');
}
