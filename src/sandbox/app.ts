import Fastify, { type FastifyInstance } from 'fastify';
import type { Account } from './account.js';
import { accountRoutes } from './account-routes.js';
import { applicationRoutes } from './application-routes.js';
import { Audience, type Told } from './audience.js';
import { controlRoutes } from './control-routes.js';
import { Desk } from './desk.js';
import { Diagram } from './diagram.js';
import { applyFaults, createFaults } from './faults.js';
import { insightRoutes } from './insight-routes.js';
import { createLegOrders } from './leg-orders.js';
import { refuseStrangers } from './loopback-only.js';
import { messageRoutes } from './message-routes.js';
import { numberRoutes } from './number-routes.js';
import type { Operator } from './operator.js';
import { pageRoutes } from './page-routes.js';
import { phoneRoutes } from './phone-routes.js';
import { Phones } from './phones.js';
import { PROBLEMS, sendProblem } from './problem.js';
import { voiceRoutes } from './voice-routes.js';
import { Waiting } from './waiting.js';
import { createWebhooks } from './webhooks.js';
import type { World } from './world.js';

/**
 * Vonage's services, the control routes and the page around them, on one account. Does not listen.
 * @param operator who works with voxproxy at the page's desk
 */
export function createApp(
  account: Account,
  log: (line: string) => void,
  operator?: Operator,
): FastifyInstance {
  // Hanging requests (a fault) must not keep the sandbox from closing.
  const app = Fastify({
    forceCloseConnections: true,
    // One value for each name, as text.
    routerOptions: { querystringParser: (query) => Object.fromEntries(new URLSearchParams(query)) },
  });
  const faults = createFaults();
  const webhooks = createWebhooks(account, faults, log);
  const waiting = new Waiting();
  const audience = new Audience();
  const phones = new Phones();
  const diagram = new Diagram(
    () => phones.realNumbers(),
    (step) => audience.tell({ about: 'step', step }),
  );
  const aboutPhones = (): Told[] => [
    ...phones.all.map((phone): Told => ({ about: 'phone', phone: phone.view() })),
    { about: 'shown', shown: phones.shown() },
  ];
  const aboutDesk = (): Told => ({ about: 'desk', desk: desk.view() });
  const world: World = {
    account,
    faults,
    webhooks,
    orders: createLegOrders(waiting),
    waiting,
    phones,
    watch: () => diagram.watch(),
    changed: () => {
      for (const told of [...aboutPhones(), aboutDesk()]) audience.tell(told);
    },
  };
  const desk = new Desk(world, operator, () => audience.tell(aboutDesk()));

  // Every route reads its own body: forms, JSON, or JSON that says it is something else (curl -d).
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, async (_request: unknown, body: string) => body);

  app.addHook('onResponse', async (request, reply) => {
    log(`${request.method} ${request.url.split('?')[0]} ${reply.statusCode}`);
  });
  app.addHook('onClose', () => webhooks.stop());
  app.addHook('onClose', async () => desk.close());
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
  phoneRoutes(app, world, operator);
  pageRoutes(app, {
    audience,
    desk,
    everything: () => [
      { about: 'cleared' },
      ...diagram.steps.map((step): Told => ({ about: 'step', step })),
      ...aboutPhones(),
      aboutDesk(),
    ],
    clear: () => {
      diagram.clear();
      audience.tell({ about: 'cleared' });
    },
  });
  return app;
}
