import type { FastifyInstance } from 'fastify';
import type { Store } from '../store/store.js';
import { sendJson } from './replies.js';

/** The only routes that anybody may ask. */
export function openRoutes(app: FastifyInstance, store: Store): void {
  app.get('/', async (_request, reply) =>
    reply.type('text/plain; charset=utf-8').send('voxproxy is running\n'),
  );
  app.get('/healthz', async (_request, reply) => sendJson(reply, { status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    try {
      await store.numbers();
      return sendJson(reply, { status: 'ok' });
    } catch {
      return sendJson(reply.code(503), { status: 'unavailable' });
    }
  });
}
