import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { type Account, applicationOf } from './account.js';
import type { Application } from './application.js';
import { callingApplication, hasAccountCredentials } from './authorization.js';
import { messageWebhook } from './message-webhook.js';
import { messageProblem, PROBLEMS, type Problem, sendProblem } from './problem.js';
import { jsonObject } from './request-body.js';
import type { World } from './world.js';

/** A text as the Messages API takes it. */
type Text = { to: string; from: string; text: string; client_ref?: string };

/** Messages API: texts out. What was sent is kept, and can be read at /sandbox/messages. */
export function messageRoutes(app: FastifyInstance, world: World): void {
  const { account } = world;
  app.post('/v1/messages', async (request, reply) => {
    const caller = callingApplication(account, request);
    if (caller === undefined && !hasAccountCredentials(account, request)) {
      return sendProblem(reply, 401, PROBLEMS.unauthorized);
    }
    const body = jsonObject(request);
    if (body === undefined) return sendProblem(reply, 400, PROBLEMS.unreadable);
    const problem = problemOf(account, body);
    if (problem !== undefined) return sendProblem(reply, 422, problem);

    const message = body as Text;
    const message_uuid = randomUUID();
    const { to, from, text } = message;
    account.texts.push({ message_uuid, from, to, text, at: new Date().toISOString() });
    const number = account.numbers.get(from);
    const application = caller ?? (number && applicationOf(account, number));
    // The answer comes first, and what becomes of the webhooks is nobody's concern.
    if (application)
      reply.raw.once('finish', () => void reportStatus(world, application, message_uuid, message));
    return reply.code(202).send({ message_uuid });
  });
}

async function reportStatus(
  { webhooks }: World,
  application: Application,
  message_uuid: string,
  message: Text,
) {
  for (const status of ['submitted', 'delivered']) {
    const webhook = messageWebhook(application, 'status_url', {
      message_uuid,
      to: message.to,
      from: message.from,
      timestamp: new Date().toISOString(),
      status,
      ...(message.client_ref === undefined ? {} : { client_ref: message.client_ref }),
      channel: 'sms',
      sms: { count_total: String(Math.ceil(message.text.length / 160)) },
    });
    if (webhook) await webhooks.send(webhook);
  }
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
