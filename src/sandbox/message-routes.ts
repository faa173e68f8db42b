import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { type Account, applicationOf, type SentText } from './account.js';
import { callingApplication, hasAccountCredentials } from './authorization.js';
import { messageProblem, PROBLEMS, type Problem, sendProblem } from './problem.js';
import { jsonObject } from './request-body.js';
import { createTextDelivery } from './text-delivery.js';
import type { World } from './world.js';

/** Messages API: texts out. What was sent is kept, and can be read at /sandbox/messages. */
export function messageRoutes(app: FastifyInstance, world: World): void {
  const { account } = world;
  const deliver = createTextDelivery(world);

  app.post('/v1/messages', async (request, reply) => {
    const caller = callingApplication(account, request);
    if (caller === undefined && !hasAccountCredentials(account, request)) {
      return sendProblem(reply, 401, PROBLEMS.unauthorized);
    }
    const body = jsonObject(request);
    if (body === undefined) return sendProblem(reply, 400, PROBLEMS.unreadable);
    const problem = problemOf(account, body);
    if (problem !== undefined) return sendProblem(reply, 422, problem);

    const message_uuid = randomUUID();
    const { to, from, text, client_ref } = body as Pick<SentText, 'to' | 'from' | 'text' | 'client_ref'>;
    const reference = client_ref === undefined ? {} : { client_ref };
    const at = new Date().toISOString();
    const sent: SentText = { message_uuid, from, to, text, ...reference, at, status: 'submitted' };
    account.texts.push(sent);
    const number = account.numbers.get(from);
    const application = caller ?? (number && applicationOf(account, number));
    // The answer comes first, even when it is lost, and what becomes of the webhooks is nobody's concern.
    reply.raw.once('close', () => void deliver(sent, application));
    return reply.code(202).send({ message_uuid });
  });
}

function problemOf(account: Account, body: Record<string, unknown>): Problem | undefined {
  const invalid_parameters = [
    ...(body.channel === 'sms' ? [] : [{ name: 'channel', reason: 'Must be `sms`.' }]),
    ...(body.message_type === 'text' ? [] : [{ name: 'message_type', reason: 'Must be `text`.' }]),
    ...(typeof body.text === 'string' && body.text.length >= 1 && body.text.length <= 1000
      ? []
      : [{ name: 'text', reason: 'Must be between 1 and 1000 characters.' }]),
    ...(body.client_ref === undefined ||
    (typeof body.client_ref === 'string' && body.client_ref.length <= 100)
      ? []
      : [{ name: 'client_ref', reason: 'Must be at most 100 characters.' }]),
  ];
  if (invalid_parameters.length > 0) {
    const problem = messageProblem(
      1110,
      'Invalid channel parameters',
      'The value of one or more parameters is invalid.',
    );
    return { ...problem, invalid_parameters };
  }
  if (!/^\d{7,15}$/.test(String(body.to))) {
    return messageProblem(1170, 'Invalid recipient', 'The `to` parameter is invalid for the given channel.');
  }
  if (!account.numbers.get(String(body.from))?.features.includes('SMS')) {
    return messageProblem(1120, 'Invalid sender', 'The `from` parameter is invalid for the given channel.');
  }
  return undefined;
}
