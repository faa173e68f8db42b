import type { FastifyInstance } from 'fastify';
import { TextRelay } from '../use-cases/relay-text.js';
import { MESSAGE_WINDOW } from '../vonage/signature.js';
import { readInboundText, readTextStatus } from '../vonage/webhooks.js';
import type { ListenerDependencies } from './listener.js';
import { PATHS } from './paths.js';
import { fieldsOf } from './request-fields.js';
import { authenticityHooks } from './webhook-authenticity.js';

/** Texts that come in, and what became of those that went out. */
export function messageRoutes(app: FastifyInstance, deps: ListenerDependencies): void {
  const { store, authenticity, voice, now, log, record, vonage } = deps;
  const relay = new TextRelay({
    store,
    now,
    voice,
    log,
    record,
    maskNumbers: deps.maskNumbers,
    sendText: async (text) => (await vonage()).sendText(text),
  });
  relay.remember(deps.textsBefore);
  const hooks = authenticityHooks(authenticity, log, now, MESSAGE_WINDOW);

  app.route({
    method: 'POST',
    url: PATHS.inboundMessage,
    ...hooks,
    handler: async (request, reply) => {
      const text = readInboundText(fieldsOf(request) ?? {});
      if (text === undefined) {
        log.warn('inbound message is no text, and is not passed on', {});
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
      await relay.noteStatus(readTextStatus(fieldsOf(request) ?? {}));
      return reply.code(204).send();
    },
  });
}
