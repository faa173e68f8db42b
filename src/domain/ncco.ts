import { DEFAULT_LANGUAGE, languageOfCountry } from './languages.js';
import { type E164, redact, toMsisdn } from './phone-number.js';
import type { Hearer, Refusal, Refused, Route } from './routing.js';
import { type SentenceKey, type SentenceOverrides, spokenSentence } from './sentences.js';

/** 0 goes on until the call ends. */
type Loop = { loop?: 0 };

export type Talk = Loop & { action: 'talk'; text: string; language: string; style?: number };

export type Stream = Loop & { action: 'stream'; streamUrl: [string] };

export type Input = {
  action: 'input';
  type: ['dtmf'];
  /** `timeOut` in seconds. */
  dtmf: { maxDigits: number; timeOut: number };
  eventUrl: [string];
  eventMethod: 'POST';
};

export type Connect = {
  action: 'connect';
  from: string;
  timeout: number;
  limit?: number;
  machineDetection?: 'hangup';
  eventType: 'synchronous';
  eventUrl: [string];
  eventMethod: 'POST';
  endpoint: [{ type: 'phone'; number: string; onAnswer?: { url: string } }];
};

/** Call instructions for Vonage, executed in order. */
export type Ncco = readonly (Talk | Stream | Input | Connect)[];

/** How people are spoken to. */
export type Voice = {
  /** For everybody whose language nobody gave; null to go by the country of each participant. */
  language: string | null;
  overrides: SentenceOverrides;
  /** Vonage's number of a voice, by language. */
  styles: Readonly<Record<string, number>>;
};

/** The URLs that Vonage asks while a call goes on. */
export type Links = {
  /** What to do when the callee does not take the call, in the caller's language. */
  connectEvent: (language: string) => string;
  /** What the callee hears before being joined. */
  whisper: (callerLanguage: string) => string;
};

const SENTENCE_OF: Record<Refusal, SentenceKey> = {
  ended: 'ended',
  unknown: 'unknown',
  withheld: 'withheld',
  'not-in-pool': 'notInPool',
  unavailable: 'unavailable',
  crossed: 'crossed',
  // Whoever is blocked is not told so.
  blocked: 'unknown',
  direction: 'direction',
  repeated: 'goodbye',
};

/** Long enough to find the keys of a phone that was at the ear. */
const SECONDS_TO_PRESS = 5;

export const DEFAULT_VOICE: Voice = { language: null, overrides: {}, styles: {} };

/** Given for the person, else for everybody, else what their country speaks; strangers are of no country. */
export function languageFor(hearer: Hearer | null, voice: Voice): string {
  const ofCountry = hearer === null ? undefined : languageOfCountry(hearer.country);
  return hearer?.language ?? voice.language ?? ofCountry ?? DEFAULT_LANGUAGE;
}

export function nccoOf(route: Route, voice: Voice, links: Links): Ncco {
  if (route.kind === 'refuse') return nccoOfRefusal(route, voice);
  const ofSession = route.kind === 'connect' ? route : null;
  const language = languageFor(ofSession?.caller ?? null, voice);
  const onAnswer = ofSession?.screen ? { onAnswer: { url: links.whisper(language) } } : {};
  const connect: Connect = {
    action: 'connect',
    from: toMsisdn(route.callerId),
    timeout: route.timeout,
    ...(route.limit === null ? {} : { limit: route.limit }),
    ...(ofSession?.detectMachines ? { machineDetection: 'hangup' } : {}),
    eventType: 'synchronous',
    eventUrl: [links.connectEvent(language)],
    eventMethod: 'POST',
    endpoint: [{ type: 'phone', number: toMsisdn(route.callee), ...onAnswer }],
  };
  return [say('connecting', language, voice), connect];
}

export function nccoOfRefusal({ reason, caller }: Refused, voice: Voice): Ncco {
  return [say(SENTENCE_OF[reason], languageFor(caller, voice), voice)];
}

/** What the caller hears when the callee is busy, rejects, does not answer or cannot be reached. */
export function nccoWhenNotTaken(language: string, voice: Voice): Ncco {
  return [say('busy', language, voice)];
}

/**
 * What the callee hears before being joined, and the question whether to take the call.
 * @param contact what the callee knows the caller as; null when nobody said
 */
export function nccoToAsk(
  callee: Hearer | null,
  contact: string | null,
  voice: Voice,
  eventUrl: string,
): Ncco {
  const question = say('whisper', languageFor(callee, voice), voice, contact);
  const input: Input = {
    action: 'input',
    type: ['dtmf'],
    dtmf: { maxDigits: 1, timeOut: SECONDS_TO_PRESS },
    eventUrl: [eventUrl],
    eventMethod: 'POST',
  };
  return [question, input];
}

/** What is said to a callee who is not to be joined: instructions that come to an end would join them. */
export function nccoUntilHungUp(callee: Hearer | null, voice: Voice): Ncco {
  return [{ ...say('goodbye', languageFor(callee, voice), voice), loop: 0 }];
}

/** The same instructions with every real number redacted, for people to read; what is redacted stays so. */
export function redactNcco(ncco: Ncco): Ncco {
  return ncco.map((action) => {
    if (action.action !== 'connect') return action;
    const [endpoint] = action.endpoint;
    const { number } = endpoint;
    const hidden = /^\d+$/.test(number) ? redact(`+${number}` as E164) : number;
    return { ...action, endpoint: [{ ...endpoint, number: hidden }] };
  });
}

function say(key: SentenceKey, language: string, voice: Voice, contact?: string | null): Talk | Stream {
  const said = spokenSentence(key, language, voice.overrides, contact);
  if ('stream' in said) return { action: 'stream', streamUrl: [said.stream] };
  const style = voice.styles[language];
  return { action: 'talk', text: said.text, language, ...(style === undefined ? {} : { style }) };
}
