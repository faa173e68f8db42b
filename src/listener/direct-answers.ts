import type { RequestListener } from 'node:http';
import { CALL_WINDOW, type WebhookVerifier } from '../vonage/signature.js';
import { queryFields, queryOf } from '../vonage/webhooks.js';
import type { CallAnswers } from './call-answers.js';
import { PATHS } from './paths.js';
import { writeJson } from './replies.js';

/**
 * Answers Vonage's calls before Fastify makes a request and a reply of them, which takes 8 % of an answer.
 * What is anything else, or to be refused, or fails, goes to Fastify's routes as if nothing had been tried.
 */
export function directAnswers(
  verifier: WebhookVerifier,
  answers: CallAnswers,
  now: () => number,
  routes: RequestListener,
): RequestListener {
  return (request, response) => {
    const { method, url = '', rawHeaders } = request;
    if (method !== 'GET' || !url.startsWith(`${PATHS.answer}?`)) return routes(request, response);
    const checked = verifier.checkToken(rawHeaders, now(), CALL_WINDOW);
    if (!checked.ok) return routes(request, response);
    const query = queryOf(url);
    if (verifier.checkQuery(checked.value, query) !== null) return routes(request, response);
    answers
      .of(queryFields(query))
      .then(({ value, headers }) => writeJson(response, 200, value, headers))
      .catch(() => routes(request, response));
  };
}
