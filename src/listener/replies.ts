import type { FastifyReply } from 'fastify';

const JSON_TYPE = 'application/json; charset=utf-8';

export function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  return reply.type(JSON_TYPE).header('cache-control', 'no-store').send(JSON.stringify(value));
}

/** A refusal tells nothing but its status: from our routes 401, from anywhere else 404. */
export function refuse(reply: FastifyReply, status: 401 | 404): FastifyReply {
  return reply.code(status).type(JSON_TYPE).send('{}');
}
