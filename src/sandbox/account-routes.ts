import type { FastifyInstance } from 'fastify';
import type { Account } from './account.js';
import { hasAccountCredentials } from './authorization.js';
import { sendNumberError } from './number-reply.js';

/** Account API: the balance, in EUR. */
export function accountRoutes(app: FastifyInstance, account: Account): void {
  app.get('/account/get-balance', async (request, reply) => {
    if (!hasAccountCredentials(account, request)) return sendNumberError(reply, 401);
    return { value: account.balance, autoReload: false };
  });
}
