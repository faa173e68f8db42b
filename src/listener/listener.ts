import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { CallEntry } from '../domain/call-record.js';
import { nccoWhenNotTaken, type Voice } from '../domain/ncco.js';
import { Recent } from '../domain/recent.js';
import type { Log } from '../log.js';
import type { Store } from '../store/store.js';
import { CallAnswerer } from '../use-cases/answer-call.js';
import type { TokenMint } from '../vonage/minted-token.js';
import { CALL_WINDOW, MESSAGE_WINDOW } from '../vonage/signature.js';
import { bodyFields, idOf, queryOf, readCallEvent, readInboundCall, wordOf } from '../vonage/webhooks.js';
import { calmLog } from './calm-log.js';
import { createListenerServer, endConnections, refuseUnparsed } from './http-server.js';
import { PATHS } from './paths.js';
import { refuse, sendJson } from './replies.js';
import { type Authenticity, authenticityHooks, bodyOf, refuseIndirect } from './webhook-authenticity.js';

export type ListenerDependencies = {
  store: Store;
  authenticity: Authenticity;
  mint: TokenMint;
  voice: Voice;
  maxDuration: number | null;
  now: () => number;
  log: Log;
  /** Takes entries for the call log. */
  record: (entry: CallEntry) => void;
  /** The base of every URL that is handed out, known once the listener has its port. */
  baseUrl: () => string;
};

/** Far more than any webhook of Vonage's. */
const LARGEST_BODY = 2 * 1024 * 1024;
const LONGEST_MINTED_TOKEN = 2_048;
/** A minted URL outlives the longest call: two hours, its ringing and some delay. */
const MINTED_FOR = 3 * 60 * 60;
const MESSAGES_REMEMBERED = 10_000;

/** What Vonage reports when the callee did not take the call. */
const NOT_TAKEN = new Set(['busy', 'rejected', 'unanswered', 'failed', 'timeout']);
const UNDELIVERED = new Set(['rejected', 'undeliverable']);

/** Builds the answer listener; it does not listen yet. */
export function buildListener(deps: ListenerDependencies): FastifyInstance {
  const { store, authenticity, mint, voice, maxDuration, now } = deps;
  const log = calmLog(deps.log, now);
  const app = Fastify({
    bodyLimit: LARGEST_BODY,
    serverFactory: createListenerServer,
    // A call that came over an open connection is still answered.
    return503OnClosing: false,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: LONGEST_MINTED_TOKEN, querystringParser: () => ({}) },
    clientErrorHandler: refuseUnparsed,
    frameworkErrors: (_error, _request, reply) => refuse(reply, 404),
  });
  app.addHook('preClose', async () => endConnections(app.server));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setNotFoundHandler(async (_request, reply) => refuse(reply, 404));
  app.setErrorHandler(async (error: { code?: string; name?: string }, _request, reply) => {
    log.warn('request refused', { cause: error.code ?? error.name ?? 'unknown' });
    return refuse(reply, 401);
  });
  if (authenticity.kind === 'insecure') app.addHook('onRequest', refuseIndirect(log));
  app.addHook('onRequest', async (request, reply) => {
    if (request.is404) return refuse(reply, 404);
    // A body is read for what it is: Fastify would refuse a type that makes no sense.
    delete request.raw.headers['content-type'];
    return undefined;
  });
  app.addHook('preParsing', async (request, reply) => {
    if (request.headers.expect?.toLowerCase() === '100-continue') reply.raw.writeContinue();
  });

  const answerer = new CallAnswerer({
    store,
    now,
    voice,
    maxDuration,
    log,
    record: deps.record,
    eventUrl: (call, language, at) => {
      const expires = Math.floor(at / 1000) + MINTED_FOR;
      return `${deps.baseUrl()}${PATHS.connectEvent}/${mint.mint({ purpose: 'connect', call, language, expires })}`;
    },
  });
  const calls = authenticityHooks(authenticity, log, now, CALL_WINDOW);
  const messages = authenticityHooks(authenticity, log, now, MESSAGE_WINDOW);
  const minted = (request: FastifyRequest) =>
    mint.read((request.params as { token: string }).token, 'connect', now());
  const connects = authenticityHooks(
    authenticity,
    log,
    now,
    CALL_WINDOW,
    (request) => minted(request) !== undefined,
  );

  const noteEvent = (request: FastifyRequest) => {
    const event = readCallEvent(fieldsOf(request) ?? {});
    answerer.note(event);
    return event.status;
  };

  app.route({
    method: ['GET', 'POST'],
    url: PATHS.answer,
    ...calls,
    handler: async (request, reply) => {
      const fields = fieldsOf(request);
      const { ncco } = await answerer.answer(fields && readInboundCall(fields));
      return sendJson(reply, ncco);
    },
  });
  app.route({
    method: ['GET', 'POST'],
    url: PATHS.event,
    ...calls,
    handler: async (request, reply) => {
      noteEvent(request);
      return reply.code(204).send();
    },
  });
  app.route({
    method: 'POST',
    url: `${PATHS.connectEvent}/:token`,
    ...connects,
    handler: async (request, reply) => {
      if (!NOT_TAKEN.has(noteEvent(request))) return reply.code(204).send();
      return sendJson(reply, nccoWhenNotTaken(minted(request)?.language ?? voice.language, voice));
    },
  });

  const seen = new Recent<true>(MESSAGES_REMEMBERED);
  const message = (url: string, note: (message: string, status: string) => void) =>
    app.route({
      method: 'POST',
      url,
      ...messages,
      handler: async (request, reply) => {
        const { message_uuid, status } = fieldsOf(request) ?? {};
        const [message, word] = [idOf(message_uuid), wordOf(status)];
        const once = `${url} ${message} ${word}`;
        if (message === '' || seen.get(once) === undefined) note(message, word);
        seen.set(once, true);
        return reply.code(204).send();
      },
    });
  message(PATHS.inboundMessage, (id) => {
    log.warn('a text message came in and is not passed on', { message: id });
  });
  message(PATHS.messageStatus, (id, status) => {
    log[UNDELIVERED.has(status) ? 'warn' : 'info']('text message', { message: id, status });
  });

  app.get('/', async (_request, reply) =>
    reply.type('text/plain; charset=utf-8').send('voxproxy is running\n'),
  );
  app.get('/healthz', async (_request, reply) => sendJson(reply, { status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    try {
      await store.numbers();
      return sendJson(reply, { status: 'ok' });
    } catch {
      return sendJson(reply.code(503), { status: 'unavailable' });
    }
  });
  return app;
}

function fieldsOf(request: FastifyRequest): Record<string, unknown> | undefined {
  if (request.method !== 'GET') return bodyFields(bodyOf(request));
  return Object.fromEntries(queryOf(request.raw.url ?? ''));
}
