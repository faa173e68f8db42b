import type { FastifyReply } from 'fastify';

export const ADDRESS_NEEDED =
  'Numbers from this country can be requested from the Dashboard (https://dashboard.nexmo.com/buy-numbers) ' +
  'as they require a valid local address to be provided before being purchased.';

const LABELS: Record<number, string> = {
  200: 'success',
  401: 'authentication failed',
  420: 'method failed',
  429: 'Too Many Requests',
};

/** The Numbers API answers everything it does, and everything it refuses, in one shape. */
export function numberReply(status: number, label = LABELS[status] ?? 'internal error') {
  return { 'error-code': String(status), 'error-code-label': label };
}

export function sendNumberSuccess(reply: FastifyReply): FastifyReply {
  return reply.send(numberReply(200));
}

/** 420 says next to nothing: one label for many causes, but for the address. */
export function sendNumberError(reply: FastifyReply, status: 401 | 420, cause?: 'address'): FastifyReply {
  return reply
    .code(status)
    .type('application/json;charset=UTF-8')
    .send(JSON.stringify(numberReply(status, cause && ADDRESS_NEEDED)));
}
