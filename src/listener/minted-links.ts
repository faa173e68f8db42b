import type { Links } from '../domain/ncco.js';
import type { Route } from '../domain/routing.js';
import { otherSide, type Side } from '../domain/session.js';
import type { ScreenedCall } from '../use-cases/screen-call.js';
import type { Minted, TokenMint } from '../vonage/minted-token.js';
import { hostOf, type InboundCall } from '../vonage/webhooks.js';
import { PATHS } from './paths.js';

/** A minted URL outlives the longest call: two hours, its ringing and some delay. */
const MINTED_FOR = 3 * 60 * 60;

const PATH_OF: Record<Minted['purpose'], string> = {
  connect: PATHS.connectEvent,
  whisper: PATHS.whisper,
  answer: PATHS.screenAnswer,
};

/** A call whose callee is rung. */
export type ConnectedCall = { call: string; language: string; conversation: string };

/** The URLs that stand inside NCCOs, and what they say when Vonage asks them. */
export class MintedLinks {
  readonly #mint: TokenMint;
  readonly #baseUrl: () => string;

  constructor(mint: TokenMint, baseUrl: () => string) {
    this.#mint = mint;
    this.#baseUrl = baseUrl;
  }

  /** For one call; the same at the same moment. */
  of({ uuid, conversation, regionHost }: InboundCall, route: Route, at: number): Links {
    return {
      connectEvent: (language) => this.#url('connect', uuid, [language, conversation], at),
      whisper: (callerLanguage) => {
        const { sessionId, from } = route;
        if (sessionId === null || from === null) throw new Error('only a participant is screened for');
        const callee = otherSide(from);
        return this.screening(
          'whisper',
          { call: uuid, sessionId, callee, callerLanguage, host: regionHost, asked: 1 },
          at,
        );
      },
    };
  }

  /** Where Vonage asks what a callee hears first, or tells what they pressed. */
  screening(purpose: 'whisper' | 'answer', screened: ScreenedCall, at: number): string {
    const { call, sessionId, callee, callerLanguage, host, asked } = screened;
    const details = [sessionId, callee, callerLanguage, wordOfHost(host), String(asked)];
    return this.#url(purpose, call, details, at);
  }

  /** Which call it is, and the caller's language; undefined when the token is not ours. */
  readConnect(token: string, now: number): ConnectedCall | undefined {
    const minted = this.#mint.read(token, 'connect', now);
    const [language = '', conversation = ''] = minted?.details ?? [];
    return minted && { call: minted.call, language, conversation };
  }

  readScreening(purpose: 'whisper' | 'answer', token: string, now: number): ScreenedCall | undefined {
    const minted = this.#mint.read(token, purpose, now);
    if (minted === undefined) return undefined;
    const [sessionId = '', callee, callerLanguage = '', host = '', asked = '1'] = minted.details;
    return {
      call: minted.call,
      sessionId,
      callee: callee as Side,
      callerLanguage,
      host: hostOfWord(host),
      asked: Number(asked),
    };
  }

  #url(purpose: Minted['purpose'], call: string, details: readonly string[], at: number): string {
    const expires = Math.floor(at / 1000) + MINTED_FOR;
    return `${this.#baseUrl()}${PATH_OF[purpose]}/${this.#mint.mint({ purpose, call, details, expires })}`;
  }
}

/** A word has no dots and no slashes; the name of a host has no underscores. */
function wordOfHost(host: string | null): string {
  return host?.slice(SCHEME.length).replaceAll('.', '_') ?? '';
}

function hostOfWord(word: string): string | null {
  return hostOf(SCHEME + word.replaceAll('_', '.'));
}

/** Of every host that controls calls. */
const SCHEME = 'https://';
