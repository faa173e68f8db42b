import type { FastifyRequest } from 'fastify';
import { bodyFields, queryOf } from '../vonage/webhooks.js';
import { bodyOf } from './webhook-authenticity.js';

/** What a webhook says: its JSON body, or the query of a GET; undefined when its body is no JSON object. */
export function fieldsOf(request: FastifyRequest): Record<string, unknown> | undefined {
  if (request.method !== 'GET') return bodyFields(bodyOf(request));
  return Object.fromEntries(queryOf(request.raw.url ?? ''));
}
