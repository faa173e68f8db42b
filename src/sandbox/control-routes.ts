import type { FastifyInstance } from 'fastify';
import { parseCall } from './call-request.js';
import { parseFault } from './fault.js';
import { bringText, parseInboundText } from './inbound-text.js';
import { countriesForSale } from './number-catalogue.js';
import { placeCall } from './place-call.js';
import { jsonObject } from './request-body.js';
import type { World } from './world.js';

/** What only a rehearsal can do: make calls, read texts, let things go wrong. */
export function controlRoutes(app: FastifyInstance, world: World): void {
  const { account, faults } = world;

  app.post('/sandbox/calls', async (request, reply) => {
    const call = parseCall(jsonObject(request));
    return 'error' in call ? reply.code(400).send(call) : placeCall(world, call);
  });

  app.get('/sandbox/messages', async () => ({
    messages: account.texts.map(({ from, to, ...text }) => ({ ...text, from: `+${from}`, to: `+${to}` })),
  }));
  app.post('/sandbox/messages', async (request, reply) => {
    const text = parseInboundText(jsonObject(request));
    return 'error' in text ? reply.code(400).send(text) : bringText(world, text);
  });

  app.post('/sandbox/faults', async (request, reply) => {
    const fault = parseFault(jsonObject(request));
    if ('error' in fault) return reply.code(400).send(fault);
    faults.add(fault);
    return { faults: faults.active() };
  });
  app.delete('/sandbox/faults', async () => {
    faults.clear();
    return { faults: [] };
  });

  // As when the regulator or a carrier takes a number back: nobody is told.
  app.delete<{ Params: { msisdn: string } }>('/sandbox/numbers/:msisdn', async (request, reply) => {
    if (!account.numbers.delete(request.params.msisdn))
      return reply.code(404).send({ error: 'the account does not rent this number' });
    return reply.code(204).send();
  });

  app.get('/sandbox/state', async () => ({
    balance: account.balance,
    countries: countriesForSale(),
    numbers: [...account.numbers.values()],
    applications: [...account.applications.values()],
  }));
  app.post('/sandbox/balance', async (request, reply) => {
    const { value } = jsonObject(request) ?? {};
    if (typeof value !== 'number') return reply.code(400).send({ error: '"value" must be a number' });
    account.balance = value;
    return { balance: account.balance };
  });
}
