import type { FastifyRequest } from 'fastify';
import { bodyFields, type Fields } from '../vonage/webhooks.js';
import { bodyOf, queryFor } from './webhook-authenticity.js';

/** What a webhook says: its JSON body, or the query of a GET; undefined when its body is no JSON object. */
export function fieldsOf(request: FastifyRequest): Fields | undefined {
  if (request.method !== 'GET') return bodyFields(bodyOf(request));
  return queryFor(request).fields;
}
