import Fastify, { type FastifyInstance } from 'fastify';
import type { CallEntry } from '../domain/call-record.js';
import type { Voice } from '../domain/ncco.js';
import type { Policy } from '../domain/routing.js';
import type { TextEntry } from '../domain/text-record.js';
import type { Log } from '../log.js';
import type { Store } from '../store/store.js';
import type { TokenMint } from '../vonage/minted-token.js';
import type { Vonage } from '../vonage/vonage.js';
import { CallAnswers } from './call-answers.js';
import { callRoutes } from './call-routes.js';
import { calmLog } from './calm-log.js';
import { directAnswers } from './direct-answers.js';
import { createListenerServer, endConnections, refuseUnparsed } from './http-server.js';
import { messageRoutes } from './message-routes.js';
import { MintedLinks } from './minted-links.js';
import { openRoutes } from './open-routes.js';
import { refuse } from './replies.js';
import { type Authenticity, refuseIndirect } from './webhook-authenticity.js';

export type ListenerDependencies = {
  store: Store;
  authenticity: Authenticity;
  mint: TokenMint;
  voice: Voice;
  policy: Policy;
  /** Whether phone numbers in texts are hidden where the session does not say. */
  maskNumbers: boolean;
  /** What a listener before this one noted of texts, as far back as Vonage brings one again. */
  textsBefore: readonly TextEntry[];
  /** Called when a text is to be sent or a call to be ended; fails when something to reach Vonage is missing. */
  vonage: () => Promise<Pick<Vonage, 'sendText' | 'transferLeg' | 'hangUpLeg'>>;
  now: () => number;
  /** Milliseconds; fails when the run is to end. */
  sleep: (milliseconds: number) => Promise<void>;
  log: Log;
  /** Takes entries for the log of calls and texts. */
  record: (entry: CallEntry | TextEntry) => void;
  /** The base of every URL that is handed out, known once the listener has its port. */
  baseUrl: () => string;
};

/** Far more than any webhook of Vonage's. */
const LARGEST_BODY = 2 * 1024 * 1024;
const LONGEST_MINTED_TOKEN = 2_048;
/** Builds the answer listener; it does not listen yet. */
export function buildListener(given: ListenerDependencies): FastifyInstance {
  const { authenticity, now, mint, baseUrl } = given;
  const log = calmLog(given.log, now);
  const deps = { ...given, log };
  const links = new MintedLinks(mint, baseUrl);
  const answers = new CallAnswers(deps, links);
  let closing = false;
  const app = Fastify({
    bodyLimit: LARGEST_BODY,
    serverFactory: (routes) => {
      if (authenticity.kind === 'insecure') return createListenerServer(routes);
      const direct = directAnswers(authenticity.verifier, answers, now, routes);
      // Fastify knows how to answer while it closes, and when to ask for a body.
      return createListenerServer(routes, (request, response) =>
        (closing ? routes : direct)(request, response),
      );
    },
    // A call that came over an open connection is still answered.
    return503OnClosing: false,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: LONGEST_MINTED_TOKEN, querystringParser: () => ({}) },
    clientErrorHandler: refuseUnparsed,
    frameworkErrors: (_error, _request, reply) => refuse(reply, 404),
  });
  app.addHook('preClose', async () => {
    closing = true;
    endConnections(app.server);
  });
  app.decorateRequest('webhook');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setNotFoundHandler(async (_request, reply) => refuse(reply, 404));
  app.setErrorHandler(async (error: { code?: string; name?: string }, _request, reply) => {
    log.warn('request refused', { cause: error.code ?? error.name ?? 'unknown' });
    return refuse(reply, 401);
  });
  if (authenticity.kind === 'insecure') app.addHook('onRequest', refuseIndirect(log));
  // Hooks that wait for nothing take a callback: a promise for each would take 5 % of an answer.
  app.addHook('onRequest', (request, reply, done) => {
    if (request.is404) {
      refuse(reply, 404);
      return;
    }
    // A body is read for what it is: Fastify would refuse a type that makes no sense.
    if (request.raw.headers['content-type'] !== undefined) delete request.raw.headers['content-type'];
    done();
  });
  app.addHook('preParsing', (request, reply, payload, done) => {
    if (request.headers.expect?.toLowerCase() === '100-continue') reply.raw.writeContinue();
    done(null, payload);
  });

  callRoutes(app, deps, answers, links);
  messageRoutes(app, deps);
  openRoutes(app, deps.store);
  return app;
}
