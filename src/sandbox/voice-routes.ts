import type { FastifyInstance } from 'fastify';
import { callingApplication } from './authorization.js';
import { isFields } from './field-rules.js';
import type { Order } from './leg-orders.js';
import { validateNcco } from './ncco-validation.js';
import { invalidRequest, notFound, PROBLEMS, sendProblem } from './problem.js';
import { jsonObject } from './request-body.js';
import type { World } from './world.js';

/** Voice API: what an application can do to the calls that are going on. */
export function voiceRoutes(app: FastifyInstance, { account, orders }: World): void {
  app.put<{ Params: { uuid: string } }>('/v1/calls/:uuid', async (request, reply) => {
    const application = callingApplication(account, request);
    if (application === undefined) return sendProblem(reply, 401, PROBLEMS.unauthorized);
    const body = jsonObject(request);
    if (body === undefined) return sendProblem(reply, 400, PROBLEMS.unreadable);
    const read = readOrder(body);
    if ('name' in read) return sendProblem(reply, 400, invalidRequest([read]));
    const { uuid } = request.params;
    if (!orders.isInProgress(uuid, application.id)) return sendProblem(reply, 404, notFound(uuid));
    orders.give(uuid, read.order);
    return reply.code(204).send();
  });
}

function readOrder({
  action,
  destination,
}: Record<string, unknown>): { order: Order } | { name: string; reason: string } {
  if (action === 'hangup') return { order: 'hangup' };
  if (action !== 'transfer') return { name: 'action', reason: 'must be one of: hangup, transfer' };
  if (!isFields(destination) || destination.type !== 'ncco') {
    return { name: 'destination.type', reason: 'must be ncco' };
  }
  const read = validateNcco(destination.ncco);
  return 'ncco' in read ? { order: read.ncco } : { name: 'destination.ncco', reason: read.invalid };
}
