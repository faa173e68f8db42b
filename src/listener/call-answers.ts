import { redactNcco } from '../domain/ncco.js';
import { documentOf } from '../domain/routing.js';
import { CallAnswerer, isRehearsal } from '../use-cases/answer-call.js';
import { type CallEvent, type Fields, readInboundCall } from '../vonage/webhooks.js';
import type { ListenerDependencies } from './listener.js';
import type { MintedLinks } from './minted-links.js';
import { textOf } from './ncco-text.js';
import { ROUTE_HEADER } from './paths.js';

/** The text of an NCCO. */
export type CallAnswer = { text: string; headers?: Record<string, string> };

/** What is sent to whoever asks what to do with a call. */
export class CallAnswers {
  readonly #answerer: CallAnswerer;

  constructor(deps: ListenerDependencies, links: MintedLinks) {
    const { store, voice, policy, now, log, record } = deps;
    this.#answerer = new CallAnswerer({
      store,
      now,
      voice,
      policy,
      log,
      record,
      links: (call, route, at) => links.of(call, route, at),
    });
  }

  /** @param fields of the webhook; undefined when nobody could read them */
  async of(fields: Fields | undefined): Promise<CallAnswer> {
    const call = fields && readInboundCall(fields);
    const { ncco, route } = await this.#answerer.answer(call);
    if (call === undefined || !isRehearsal(call)) return { text: textOf(ncco) };
    // Whoever got hold of a signed rehearsal learns no number by repeating it.
    return { text: textOf(redactNcco(ncco)), headers: { [ROUTE_HEADER]: JSON.stringify(documentOf(route)) } };
  }

  /** Later answers know what happened to a leg. */
  note(event: CallEvent): void {
    this.#answerer.note(event);
  }
}
