import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
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
  /** Whether it was answered. */
  const answer = async ({ url = '', rawHeaders }: IncomingMessage, response: ServerResponse) => {
    const checked = verifier.checkToken(rawHeaders, now(), CALL_WINDOW);
    if (!checked.ok) return false;
    const query = queryOf(url);
    if (verifier.checkQuery(checked.value, query) !== null) return false;
    const { value, headers } = await answers.of(queryFields(query));
    writeJson(response, 200, value, headers);
    return true;
  };
  return (request, response) => {
    const isCall = request.method === 'GET' && request.url?.startsWith(`${PATHS.answer}?`);
    if (!isCall) return routes(request, response);
    answer(request, response)
      .catch(() => false)
      .then((isAnswered) => isAnswered || routes(request, response));
  };
}
