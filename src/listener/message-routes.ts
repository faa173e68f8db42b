import type { FastifyInstance } from 'fastify';
import { isUndelivered } from '../domain/text-record.js';
import { TextTraffic } from '../domain/text-traffic.js';
import { TextRelay } from '../use-cases/relay-text.js';
import { TextNotices } from '../use-cases/text-notices.js';
import { TextStatuses } from '../use-cases/text-statuses.js';
import { MESSAGE_WINDOW } from '../vonage/signature.js';
import { readInboundText, readTextStatus } from '../vonage/text-webhooks.js';
import type { Vonage } from '../vonage/vonage.js';
import type { ListenerDependencies } from './listener.js';
import { PATHS } from './paths.js';
import { fieldsOf } from './request-fields.js';
import { authenticityHooks } from './webhook-authenticity.js';

/** Texts that come in, and what became of those that went out. */
export function messageRoutes(app: FastifyInstance, deps: ListenerDependencies): void {
  const { store, authenticity, voice, now, log, record, vonage } = deps;
  const sendText: Vonage['sendText'] = async (text) => (await vonage()).sendText(text);
  const traffic = new TextTraffic();
  const notices = new TextNotices({ store, sendText, traffic, now, voice, log });
  const statuses = new TextStatuses({ store, notices, now, log, record });
  const relay = new TextRelay({
    store,
    sendText,
    notices,
    traffic,
    now,
    maskNumbers: deps.maskNumbers,
    log,
    record,
  });
  for (const entry of deps.textsBefore) {
    if (entry.kind === 'text') relay.remember(entry.text);
    else if (isUndelivered(entry.status)) notices.remember(entry.text);
  }
  const hooks = authenticityHooks(authenticity, log, now, MESSAGE_WINDOW);

  app.route({
    method: 'POST',
    url: PATHS.inboundMessage,
    ...hooks,
    handler: async (request, reply) => {
      const text = readInboundText(fieldsOf(request) ?? {});
      if (text === undefined) {
        log.warn('inbound message could not be read, and is not passed on', {});
        return reply.code(204).send();
      }
      // Vonage brings a text again, for a day, when it is told that it cannot be dealt with now.
      return reply.code((await relay.relay(text)) ? 204 : 503).send();
    },
  });
  app.route({
    method: 'POST',
    url: PATHS.messageStatus,
    ...hooks,
    handler: async (request, reply) => {
      const noted = await statuses.note(readTextStatus(fieldsOf(request) ?? {}));
      return reply.code(noted ? 204 : 503).send();
    },
  });
}
