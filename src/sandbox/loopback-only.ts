import type { FastifyInstance } from 'fastify';

const LOOPBACK = /^(localhost|([a-z0-9-]+\.)+localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d+)?$/i;

/**
 * Nothing here asks who is calling, so nobody may call through a browser: a name that was made to resolve
 * to loopback shows in Host, and a page from elsewhere in Origin or Sec-Fetch-Site.
 */
export function refuseStrangers(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    const { host = '', origin, 'sec-fetch-site': site = 'none' } = request.headers;
    if (!LOOPBACK.test(host)) {
      return reply.code(403).send({ error: 'The sandbox answers on loopback names only.' });
    }
    const foreign = origin !== undefined && origin !== `http://${host}`;
    if (foreign || !['none', 'same-origin'].includes(String(site))) {
      return reply.code(403).send({ error: 'The sandbox answers no requests from other web pages.' });
    }
  });
}
