import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';

export const JSON_TYPE = 'application/json; charset=utf-8';

export function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  return sendText(reply, JSON.stringify(value));
}

/**
 * Past Fastify's own way of sending, which looks for serialisers and hooks where there are none: a tenth of an answer.
 * @param text of JSON
 */
export function sendText(reply: FastifyReply, text: string, more?: Record<string, string>): FastifyReply {
  // First, because it may fail, and what is hijacked is answered by nobody else.
  writeText(reply.raw, reply.statusCode, text, more);
  reply.hijack();
  return reply;
}

/** Writes a whole response; when it fails, nothing is written. */
export function writeText(
  response: ServerResponse,
  status: number,
  text: string,
  more: Record<string, string> = {},
): void {
  response.writeHead(status, {
    'content-type': JSON_TYPE,
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(text),
    ...more,
  });
  response.end(text);
}

/** A refusal tells nothing but its status: from our routes 401, from anywhere else 404. */
export function refuse(reply: FastifyReply, status: 401 | 404): FastifyReply {
  return reply.code(status).type(JSON_TYPE).send('{}');
}
