import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Account } from './account.js';
import type { Application } from './application.js';
import { type ApplicationPayload, parseApplication } from './application-payload.js';
import { hasAccountCredentials } from './authorization.js';
import { generateKeys } from './keys.js';
import { invalidApplication, notFound, PROBLEMS, sendProblem } from './problem.js';
import { jsonObject } from './request-body.js';

type ById = { Params: { id: string } };

/** Applications API v2. */
export function applicationRoutes(app: FastifyInstance, account: Account): void {
  app.register(
    async (routes) => {
      routes.addHook('preHandler', async (request, reply) => {
        if (!hasAccountCredentials(account, request)) return sendProblem(reply, 401, PROBLEMS.unauthorized);
      });
      routes.get('/', (request, reply) => list(account, request, reply));
      routes.post('/', async (request, reply) => {
        const payload = readPayload(request, reply);
        return payload && reply.code(201).send(await save(account, randomUUID(), payload));
      });
      routes.get<ById>('/:id', async (request, reply) => {
        const application = find(account, request, reply);
        return application && withLinks(application);
      });
      routes.put<ById>('/:id', async (request, reply) => {
        const application = find(account, request, reply);
        const payload = application && readPayload(request, reply);
        return payload && save(account, application.id, payload);
      });
      routes.delete<ById>('/:id', async (request, reply) => {
        const application = find(account, request, reply);
        if (application === undefined) return;
        account.applications.delete(application.id);
        for (const number of account.numbers.values()) {
          if (number.app_id === application.id) delete number.app_id;
        }
        return reply.code(204).send();
      });
    },
    { prefix: '/v2/applications' },
  );
}

/** Vonage keeps the public key alone: the private one is told once, when the pair is made. */
async function save(account: Account, id: string, { publicKey, ...rest }: ApplicationPayload) {
  const made = publicKey === undefined ? await generateKeys() : undefined;
  const public_key = publicKey ?? made?.publicKey ?? '';
  const application: Application = { id, ...rest, keys: { public_key } };
  account.applications.set(id, application);
  return withLinks(
    made ? { ...application, keys: { public_key, private_key: made.privateKey } } : application,
  );
}

function find(account: Account, request: FastifyRequest<ById>, reply: FastifyReply): Application | undefined {
  const application = account.applications.get(request.params.id);
  if (application === undefined) sendProblem(reply, 404, notFound(request.params.id));
  return application;
}

function readPayload(request: { body: unknown }, reply: FastifyReply): ApplicationPayload | undefined {
  const body = jsonObject(request);
  if (body === undefined) {
    sendProblem(reply, 400, PROBLEMS.unreadable);
    return undefined;
  }
  const parsed = parseApplication(body);
  if ('payload' in parsed) return parsed.payload;
  sendProblem(reply, 400, invalidApplication(parsed.invalid));
  return undefined;
}

function list(account: Account, request: FastifyRequest, reply: FastifyReply) {
  const query = request.query as Record<string, string | undefined>;
  const [size, page] = [Number(query.page_size ?? 10), Number(query.page ?? 1)];
  const invalid = [
    ...(isBetween(size, 1, 100) ? [] : [{ name: 'page_size', reason: 'must be between 1 and 100' }]),
    ...(isBetween(page, 1, Number.MAX_SAFE_INTEGER) ? [] : [{ name: 'page', reason: 'must be at least 1' }]),
  ];
  if (invalid.length > 0) return sendProblem(reply, 400, invalidApplication(invalid));
  const all = [...account.applications.values()];
  const pages = Math.ceil(all.length / size);
  const link = (n: number) => ({ href: `/v2/applications?page_size=${size}&page=${n}` });
  return reply.send({
    page_size: size,
    page,
    total_items: all.length,
    total_pages: pages,
    _embedded: { applications: all.slice((page - 1) * size, page * size) },
    _links: {
      self: link(page),
      first: link(1),
      last: link(pages),
      ...(page > 1 ? { prev: link(page - 1) } : {}),
      ...(page < pages ? { next: link(page + 1) } : {}),
    },
  });
}

function withLinks<T extends Application>(application: T) {
  return { ...application, _links: { self: { href: `/v2/applications/${application.id}` } } };
}

function isBetween(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}
