import Fastify, { type FastifyInstance } from 'fastify';
import type { Account } from './account.js';
import { accountRoutes } from './account-routes.js';
import { applicationRoutes } from './application-routes.js';
import { controlRoutes } from './control-routes.js';
import { applyFaults, createFaults } from './faults.js';
import { insightRoutes } from './insight-routes.js';
import { createLegOrders } from './leg-orders.js';
import { refuseStrangers } from './loopback-only.js';
import { messageRoutes } from './message-routes.js';
import { numberRoutes } from './number-routes.js';
import { PROBLEMS, sendProblem } from './problem.js';
import { voiceRoutes } from './voice-routes.js';
import { Waiting } from './waiting.js';
import { createWebhooks } from './webhooks.js';

/** Vonage's services and the control routes around them, on one account. Does not listen. */
export function createApp(account: Account, log: (line: string) => void): FastifyInstance {
  // Hanging requests (a fault) must not keep the sandbox from closing.
  const app = Fastify({
    forceCloseConnections: true,
    // One value for each name, as text.
    routerOptions: { querystringParser: (query) => Object.fromEntries(new URLSearchParams(query)) },
  });
  const faults = createFaults();
  const webhooks = createWebhooks(account, faults, log);
  const waiting = new Waiting();
  const world = { account, faults, webhooks, orders: createLegOrders(waiting) };

  // Every route reads its own body: forms, JSON, or JSON that says it is something else (curl -d).
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, async (_request: unknown, body: string) => body);

  app.addHook('onResponse', async (request, reply) => {
    log(`${request.method} ${request.url.split('?')[0]} ${reply.statusCode}`);
  });
  app.addHook('onClose', () => webhooks.stop());
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 404, PROBLEMS.noSuchPath));
  refuseStrangers(app);
  applyFaults(app, faults);

  numberRoutes(app, account);
  accountRoutes(app, account);
  applicationRoutes(app, account);
  insightRoutes(app, account);
  voiceRoutes(app, world);
  messageRoutes(app, world);
  controlRoutes(app, world);
  return app;
}
