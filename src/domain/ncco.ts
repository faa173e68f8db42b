import { type E164, redact, toMsisdn } from './phone-number.js';
import type { Refusal, Route } from './routing.js';
import { DEFAULT_LANGUAGE, type SentenceKey, type SentenceOverrides, sentence } from './sentences.js';

export type Talk = { action: 'talk'; text: string; language: string };

export type Connect = {
  action: 'connect';
  from: string;
  timeout: number;
  limit?: number;
  eventType: 'synchronous';
  eventUrl: [string];
  eventMethod: 'POST';
  endpoint: [{ type: 'phone'; number: string }];
};

/** Call instructions for Vonage, executed in order. */
export type Ncco = readonly (Talk | Connect)[];

/** How callers are spoken to when a session does not say. */
export type Voice = { language: string; overrides: SentenceOverrides };

const SENTENCE_OF: Record<Refusal, SentenceKey> = {
  ended: 'ended',
  unknown: 'unknown',
  withheld: 'withheld',
  'not-in-pool': 'notInPool',
  unavailable: 'unavailable',
};

export const DEFAULT_VOICE: Voice = { language: DEFAULT_LANGUAGE, overrides: {} };

/** @param eventUrl where Vonage asks what to do when the callee does not take the call. */
export function nccoOf(route: Route, voice: Voice, eventUrl: (language: string) => string): Ncco {
  const language = route.language ?? voice.language;
  if (route.kind === 'refuse') return [talk(SENTENCE_OF[route.reason], language, voice)];
  const connect: Connect = {
    action: 'connect',
    from: toMsisdn(route.callerId),
    timeout: route.timeout,
    ...(route.limit === null ? {} : { limit: route.limit }),
    eventType: 'synchronous',
    eventUrl: [eventUrl(language)],
    eventMethod: 'POST',
    endpoint: [{ type: 'phone', number: toMsisdn(route.callee) }],
  };
  return [talk('connecting', language, voice), connect];
}

/** What the caller hears when the callee is busy, rejects, does not answer or cannot be reached. */
export function nccoWhenNotTaken(language: string, voice: Voice): Ncco {
  return [talk('busy', language, voice)];
}

/** The same instructions with every real number redacted, for people to read. */
export function redactNcco(ncco: Ncco): Ncco {
  return ncco.map((action) =>
    action.action === 'talk'
      ? action
      : { ...action, endpoint: [{ type: 'phone', number: redact(`+${action.endpoint[0].number}` as E164) }] },
  );
}

function talk(key: SentenceKey, language: string, voice: Voice): Talk {
  return { action: 'talk', text: sentence(key, language, voice.overrides), language };
}
