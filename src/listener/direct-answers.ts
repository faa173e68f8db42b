import type { IncomingMessage, RequestListener } from 'node:http';
import { queryOf } from '../vonage/query.js';
import { CALL_WINDOW, type WebhookVerifier } from '../vonage/signature.js';
import type { Fields } from '../vonage/webhooks.js';
import type { CallAnswers } from './call-answers.js';
import { PATHS } from './paths.js';
import { writeJson } from './replies.js';

/**
 * Answers Vonage's calls before Fastify makes a request and a reply of them, which takes 6 % of an answer.
 * What is anything else, or to be refused, or fails, goes to Fastify's routes as if nothing had been tried.
 */
export function directAnswers(
  verifier: WebhookVerifier,
  answers: CallAnswers,
  now: () => number,
  routes: RequestListener,
): RequestListener {
  /** Null for what the routes are to look at, a fault of ours included. */
  const signedFields = ({ method, url = '', rawHeaders }: IncomingMessage): Fields | null => {
    if (method !== 'GET' || !url.startsWith(`${PATHS.answer}?`)) return null;
    try {
      const checked = verifier.checkToken(rawHeaders, now(), CALL_WINDOW);
      if (!checked.ok) return null;
      const query = queryOf(url);
      return verifier.checkQuery(checked.value, query) === null ? query.fields : null;
    } catch {
      return null;
    }
  };
  return (request, response) => {
    const fields = signedFields(request);
    if (fields === null) return routes(request, response);
    answers
      .of(fields)
      .then(({ value, headers }) => writeJson(response, 200, value, headers))
      .catch(() => routes(request, response));
  };
}
