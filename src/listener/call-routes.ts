import type { FastifyInstance, FastifyRequest } from 'fastify';
import { languageFor, nccoWhenNotTaken } from '../domain/ncco.js';
import { RateLimit } from '../domain/rate-limit.js';
import { CallScreening } from '../use-cases/screen-call.js';
import { CALL_WINDOW } from '../vonage/signature.js';
import { readCallEvent, readKeys } from '../vonage/webhooks.js';
import type { CallAnswers } from './call-answers.js';
import type { ListenerDependencies } from './listener.js';
import type { MintedLinks } from './minted-links.js';
import { PATHS } from './paths.js';
import { sendJson, sendText } from './replies.js';
import { fieldsOf } from './request-fields.js';
import { authenticityHooks, isSigned } from './webhook-authenticity.js';

/** What Vonage reports when the callee did not take the call, or a machine did. */
const NOT_TAKEN = new Set(['busy', 'rejected', 'unanswered', 'failed', 'timeout', 'machine']);

/** Of one call in an hour: a leg has about five. */
const UNSIGNED_EVENTS = 20;
const HOUR = 3_600_000;

/** Vonage asks what to do with a call, tells what happens in it, and what a callee presses. */
export function callRoutes(
  app: FastifyInstance,
  deps: ListenerDependencies,
  answers: CallAnswers,
  links: MintedLinks,
): void {
  const { store, authenticity, voice, now, log, record, vonage } = deps;
  const screening = new CallScreening({
    store,
    voice,
    vonage,
    sleep: deps.sleep,
    now,
    log,
    record,
    answerUrl: (screened) => links.screening('answer', screened, now()),
  });
  app.addHook('onClose', () => screening.settled());

  const unsigned = new RateLimit(UNSIGNED_EVENTS, HOUR);
  /** Such a route accepts Vonage's signature or the token in its path. */
  const minted = <T>(read: (token: string) => T | undefined) => {
    const of = (request: FastifyRequest) => read((request.params as { token: string }).token);
    return {
      of,
      hooks: authenticityHooks(authenticity, log, now, CALL_WINDOW, (request) => of(request) !== undefined),
    };
  };
  const signed = authenticityHooks(authenticity, log, now, CALL_WINDOW);
  const connect = minted((token) => links.readConnect(token, now()));
  const whisper = minted((token) => links.readScreening('whisper', token, now()));
  const answer = minted((token) => links.readScreening('answer', token, now()));

  app.route({
    method: ['GET', 'POST'],
    url: PATHS.answer,
    ...signed,
    handler: async (request, reply) => {
      const { text, headers } = await answers.of(fieldsOf(request));
      return sendText(reply, text, headers);
    },
  });
  app.route({
    method: ['GET', 'POST'],
    url: PATHS.event,
    ...signed,
    handler: async (request, reply) => {
      answers.note(readCallEvent(fieldsOf(request) ?? {}));
      return reply.code(204).send();
    },
  });
  app.route({
    method: 'POST',
    url: `${PATHS.connectEvent}/:token`,
    ...connect.hooks,
    handler: async (request, reply) => {
      const event = readCallEvent(fieldsOf(request) ?? {});
      const { call = '', language = null, conversation = '' } = connect.of(request) ?? {};
      // Whoever saw the URL can say anything: of this call alone, and not without end.
      const proven = isSigned(request);
      if (proven) answers.note(event);
      else if (event.conversation === conversation && unsigned.admit(call, now()))
        answers.note({ ...event, duration: null, price: null, moved: null });
      const left = proven && event.status === 'completed' && screening.left(call, event.conversation);
      if (!left && !NOT_TAKEN.has(event.status)) return reply.code(204).send();
      return sendJson(reply, nccoWhenNotTaken(language ?? languageFor(null, voice), voice));
    },
  });
  app.route({
    method: ['GET', 'POST'],
    url: `${PATHS.whisper}/:token`,
    ...whisper.hooks,
    handler: async (request, reply) => {
      return sendJson(reply, await screening.ask(whisper.of(request)));
    },
  });
  app.route({
    method: 'POST',
    url: `${PATHS.screenAnswer}/:token`,
    ...answer.hooks,
    handler: async (request, reply) => {
      const fields = fieldsOf(request) ?? {};
      const [screened, leg] = [answer.of(request), readCallEvent(fields)];
      const next = await screening.answer(screened, readKeys(fields), leg, isSigned(request));
      return next === null ? reply.code(204).send() : sendJson(reply, next);
    },
  });
}
