import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { queryOf } from '../vonage/query.js';
import { CALL_WINDOW, type WebhookVerifier } from '../vonage/signature.js';
import type { Fields } from '../vonage/webhooks.js';
import type { CallAnswers } from './call-answers.js';
import { PATHS } from './paths.js';
import { writeText } from './replies.js';
import { writeWhole } from './whole-response.js';

const ANSWER_WITH_QUERY = `${PATHS.answer}?`;

/**
 * Answers Vonage's calls before Fastify makes a request and a reply of them, which takes 6 % of an answer. What
 * came in one turn of the event loop is checked one behind the other, and then answered so, because code that runs
 * again at once is still in the processor's caches: another 15 %. What is anything else, or to be refused, or fails,
 * goes to Fastify's routes as if nothing had been tried.
 */
export function directAnswers(
  verifier: WebhookVerifier,
  answers: CallAnswers,
  now: () => number,
  routes: RequestListener,
): RequestListener {
  let waiting: Parameters<RequestListener>[] = [];
  /** Null for what the routes are to look at, a fault of ours included. */
  const signedFields = ({ url = '', rawHeaders }: IncomingMessage): Fields | null => {
    try {
      const checked = verifier.checkToken(rawHeaders, now(), CALL_WINDOW);
      if (!checked.ok) return null;
      const query = queryOf(url);
      return verifier.checkQuery(checked.value, query) === null ? query.fields : null;
    } catch {
      return null;
    }
  };
  const answer = async (fields: Fields, request: IncomingMessage, response: ServerResponse) => {
    try {
      const { text, headers } = await answers.of(fields);
      if (headers === undefined) writeWhole(response, text);
      else writeText(response, 200, text, headers);
    } catch {
      routes(request, response);
    }
  };
  const answerWaiting = () => {
    const asked = waiting;
    waiting = [];
    const checked = asked.map(([request, response]) => ({
      request,
      response,
      fields: signedFields(request),
    }));
    for (const { request, response, fields } of checked) {
      if (fields === null) routes(request, response);
      else void answer(fields, request, response);
    }
  };
  return (request, response) => {
    if (request.method !== 'GET' || !request.url?.startsWith(ANSWER_WITH_QUERY))
      return routes(request, response);
    if (waiting.push([request, response]) === 1) setImmediate(answerWaiting);
  };
}
