import { readFile } from 'node:fs/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Audience, Told } from './audience.js';
import type { Desk } from './desk.js';
import { readOrder } from './desk-order.js';
import { jsonObject } from './request-body.js';

/** Beside this file in the source, and beside the bundle when built: `npm run build` puts them there. */
const PAGE = new URL('./page/', import.meta.url);

const FILES = {
  'index.html': 'text/html; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
} as const;

/** Nothing from elsewhere, nothing inline, in nobody's frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types lit-html',
].join('; ');

export type PageDependencies = {
  audience: Audience;
  desk: Desk;
  /** All that there is to show now. */
  everything: () => Told[];
  /** Empties the diagram. */
  clear: () => void;
};

/** The page on which a rehearsal is seen: its files, what it is told, and what its desk does. */
export function pageRoutes(
  app: FastifyInstance,
  { audience, desk, everything, clear }: PageDependencies,
): void {
  app.get('/', (_request, reply) => sendFile(reply, 'index.html'));
  app.get('/sandbox/page/page.css', (_request, reply) => sendFile(reply, 'page.css'));
  app.get('/sandbox/page/page.js', (_request, reply) => sendFile(reply, 'page.js'));
  app.get('/sandbox/page/events', (_request, reply) => audience.welcome(reply, everything()));

  app.post('/sandbox/desk', async (request, reply) => {
    const order = readOrder(jsonObject(request));
    if (order === undefined) return reply.code(400).send({ error: 'The desk cannot do that.' });
    const good = await desk.carryOut(order, `http://${request.headers.host}`);
    return { good };
  });
  app.delete('/sandbox/diagram', async (_request, reply) => {
    clear();
    return reply.code(204).send();
  });
}

async function sendFile(reply: FastifyReply, name: keyof typeof FILES): Promise<FastifyReply> {
  const content = await readFile(new URL(name, PAGE));
  return reply
    .headers({
      'content-type': FILES[name],
      'content-security-policy': POLICY,
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache',
    })
    .send(content);
}
