import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { NetworkFault, Quirk, RequestFault } from './fault.js';
import { numberReply } from './number-reply.js';
import { PROBLEMS } from './problem.js';

/** The faults still to come, in the order in which they were asked for. */
export type Faults = {
  add(fault: RequestFault | NetworkFault): void;
  active(): (RequestFault | NetworkFault)[];
  clear(): void;
  /** Uses up one turn of a fault on this path, if there is one. */
  takeRequest(method: string, path: string): RequestFault | undefined;
  /** Uses up one turn of a quirk, if there is one. */
  takeQuirk(quirk: Quirk): boolean;
};

export function createFaults(): Faults {
  let faults: (RequestFault | NetworkFault)[] = [];

  function use<T extends RequestFault | NetworkFault>(fault: T | undefined): T | undefined {
    if (fault !== undefined) {
      fault.times -= 1;
      faults = faults.filter(({ times }) => times > 0);
    }
    return fault;
  }

  return {
    add: (fault) => {
      faults.push({ ...fault });
    },
    active: () => faults,
    clear: () => {
      faults = [];
    },
    takeRequest: (method, path) =>
      use(
        faults.find(
          (fault): fault is RequestFault =>
            !('quirk' in fault) && covers(fault.path, path) && (fault.method ?? method) === method,
        ),
      ),
    takeQuirk: (quirk) =>
      use(faults.find((fault): fault is NetworkFault => 'quirk' in fault && fault.quirk === quirk)) !==
      undefined,
  };
}

function covers(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}

/** Puts the faults in front of every route, and those that lose an answer behind it. */
export function applyFaults(app: FastifyInstance, faults: Faults): void {
  const losing = new WeakMap<FastifyRequest, RequestFault>();

  app.addHook('onRequest', async (request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const fault = faults.takeRequest(request.method, path);
    if (fault === undefined) return;
    if (fault.delayMs !== undefined) await sleep(fault.delayMs);
    if (fault.after) losing.set(request, fault);
    else if (fault.drop || fault.timeout) {
      reply.hijack();
      if (fault.drop) request.raw.socket.destroy();
    } else if (fault.status !== undefined || fault.html || 'body' in fault) {
      return sendFault(reply, path, fault);
    }
  });
  app.addHook('onSend', async (request, _reply, payload) => {
    const fault = losing.get(request);
    if (fault?.drop) request.raw.socket.destroy();
    const { socket } = request.raw;
    if (fault?.timeout && !socket.destroyed) await once(socket, 'close');
    return payload;
  });
}

function sendFault(reply: FastifyReply, path: string, fault: RequestFault): FastifyReply {
  const status = fault.status ?? 200;
  const { body = defaultBody(path, status) } = fault.html ? { body: PAGE, ...fault } : fault;
  const contentType = fault.contentType ?? (fault.html ? 'text/html' : 'application/json');
  if (status === 429) reply.header('retry-after', '1');
  return reply
    .code(status)
    .headers(fault.headers ?? {})
    .type(contentType)
    .send(typeof body === 'string' ? body : JSON.stringify(body));
}

const PAGE = '<!doctype html><title>Maintenance</title><p>We will be back soon.</p>\n';

/** Vonage's own words for a status on that path. */
function defaultBody(path: string, status: number): unknown {
  if (/^\/(number|account|ni)\//.test(path)) return numberReply(status);
  if (status < 300) return {};
  if (status === 401) return PROBLEMS.unauthorized;
  if (status === 429) return PROBLEMS.throttled;
  return { ...PROBLEMS.serverError, title: `HTTP ${status}` };
}
