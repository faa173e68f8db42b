import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { queryOf } from '../vonage/query.js';
import { CALL_WINDOW, type WebhookVerifier } from '../vonage/signature.js';
import type { Fields } from '../vonage/webhooks.js';
import type { CallAnswers } from './call-answers.js';
import { PATHS } from './paths.js';
import { writeText } from './replies.js';
import { writeWhole } from './whole-response.js';

type Asked = Parameters<RequestListener>;

const ANSWER_WITH_QUERY = `${PATHS.answer}?`;

/**
 * Answers Vonage's calls before Fastify makes a request and a reply of them, which takes 6 % of an answer. What
 * came in one turn of the event loop takes each step together, because code that runs again at once is still in the
 * processor's caches: another 20 %. What is anything else, or to be refused, or fails, goes to Fastify's routes as
 * if nothing had been tried.
 */
export function directAnswers(
  verifier: WebhookVerifier,
  answers: CallAnswers,
  now: () => number,
  routes: RequestListener,
): RequestListener {
  let waiting: Asked[] = [];
  /** What each says; null for what the routes are to look at. */
  const signedFields = (asked: readonly Asked[]): (Fields | null)[] => {
    const at = now();
    const tokens = asked.map(([{ rawHeaders }]) => verifier.checkToken(rawHeaders, at, CALL_WINDOW));
    const queries = asked.map(([{ url }], i) => (tokens[i]?.ok ? queryOf(url ?? '') : null));
    return queries.map((query, i) => {
      const token = tokens[i];
      const isSigned = token?.ok && query !== null && verifier.checkQuery(token.value, query) === null;
      return isSigned ? query.fields : null;
    });
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
    let fields: (Fields | null)[] = [];
    try {
      fields = signedFields(asked);
    } catch {
      // A fault of ours: the routes look at each by itself.
    }
    for (const [i, [request, response]] of asked.entries()) {
      const signed = fields[i];
      if (signed) void answer(signed, request, response);
      else routes(request, response);
    }
  };
  return (request, response) => {
    if (request.method !== 'GET' || !request.url?.startsWith(ANSWER_WITH_QUERY))
      return routes(request, response);
    if (waiting.push([request, response]) === 1) setImmediate(answerWaiting);
  };
}
