import { describe, expect, it } from 'vitest';
import {
  DEFAULT_VOICE,
  type Links,
  languageFor,
  nccoOf,
  nccoToAsk,
  nccoUntilHungUp,
  nccoWhenNotTaken,
  redactNcco,
  type Voice,
} from '../../src/domain/ncco.js';
import {
  DEFAULT_POLICY,
  type Hearer,
  type Policy,
  type Refusal,
  type Refused,
  type Route,
  refuse,
  route,
} from '../../src/domain/routing.js';
import type { Session } from '../../src/domain/session.js';
import { ANNA, BEN, CLEO, e164, HOUR, located, START, session, virtualNumber } from '../contract/fixtures.js';

const NOW = START + HOUR;
const LINKS: Links = {
  connectEvent: (language) => `https://example.com/events/${language}`,
  whisper: (language) => `https://example.com/whisper/${language}`,
};
const voice = (change: Partial<Voice>): Voice => ({ ...DEFAULT_VOICE, ...change });
const hearer = (country: string, language: string | null = null): Hearer => ({ language, country });
const german = hearer('DE');

const trip = (change: Partial<Session> = {}) =>
  session('trip', [ANNA, virtualNumber(1)], [BEN, virtualNumber(2)], change);
const connecting = (change: Partial<Session> = {}, policy: Partial<Policy> = {}): Route =>
  route(located(trip(change), ANNA), NOW, { ...DEFAULT_POLICY, ...policy });
const forwarding = (policy: Partial<Policy> = {}): Route =>
  route(located(undefined, CLEO, { dialled: virtualNumber(1) }), NOW, {
    ...DEFAULT_POLICY,
    operatorNumber: e164('+442071838750'),
    ...policy,
  });
const connectOf = (decided: Route) => nccoOf(decided, DEFAULT_VOICE, LINKS)[1];

describe('the instructions to connect', () => {
  it('ask for patience, then ring the other person under the number that leads back', () => {
    expect(nccoOf(connecting({ maxDuration: 600 }), DEFAULT_VOICE, LINKS)).toEqual([
      { action: 'talk', text: 'Please wait while we connect your call.', language: 'en-GB' },
      {
        action: 'connect',
        from: '442079460002',
        timeout: 30,
        limit: 600,
        eventType: 'synchronous',
        eventUrl: ['https://example.com/events/en-GB'],
        eventMethod: 'POST',
        endpoint: [{ type: 'phone', number: '447400100002' }],
      },
    ]);
  });

  it('have no limit when the session has none', () => {
    expect(connectOf(connecting())).not.toHaveProperty('limit');
  });

  it('have the callee asked first only where the call is screened', () => {
    const asked = { endpoint: [{ onAnswer: { url: 'https://example.com/whisper/en-GB' } }] };
    expect(connectOf(connecting({ screen: true }))).toMatchObject(asked);
    expect(connectOf(connecting({}, { screen: true }))).toMatchObject(asked);
    for (const decided of [connecting(), connecting({ screen: false }, { screen: true })])
      expect(JSON.stringify(connectOf(decided))).not.toMatch(/onAnswer|whisper/);
  });

  it('tell the whisper the language of the caller, who is told in it when nobody takes the call', () => {
    const decided = { ...connecting({ screen: true }), caller: german };
    expect(nccoOf(decided as Route, DEFAULT_VOICE, LINKS)).toMatchObject([
      { language: 'de-DE' },
      {
        eventUrl: ['https://example.com/events/de-DE'],
        endpoint: [{ onAnswer: { url: 'https://example.com/whisper/de-DE' } }],
      },
    ]);
  });

  it('hang up on machines only where these are told from people', () => {
    expect(connectOf(connecting({ detectMachines: true }))).toMatchObject({ machineDetection: 'hangup' });
    expect(connectOf(connecting({}, { detectMachines: true }))).toMatchObject({ machineDetection: 'hangup' });
    for (const decided of [connecting(), connecting({ detectMachines: false }, { detectMachines: true })])
      expect(connectOf(decided)).not.toHaveProperty('machineDetection');
  });

  it('are shown to people with the real number redacted, and are left as they were', () => {
    const ncco = nccoOf(connecting({ screen: true }), DEFAULT_VOICE, LINKS);
    expect(redactNcco(ncco)).toEqual([
      ncco[0],
      {
        ...ncco[1],
        endpoint: [
          {
            type: 'phone',
            number: '+44•••••0002',
            onAnswer: { url: 'https://example.com/whisper/en-GB' },
          },
        ],
      },
    ]);
    expect(ncco).toMatchObject([{}, { endpoint: [{ number: '447400100002' }] }]);
    for (const other of [
      nccoOf(refuse('unknown'), DEFAULT_VOICE, LINKS),
      nccoToAsk(null, 'Sam', DEFAULT_VOICE, 'https://example.com/answer'),
      nccoUntilHungUp(null, voice({ overrides: { goodbye: { stream: 'https://example.com/a.mp3' } } })),
    ])
      expect(redactNcco(other)).toEqual(other);
  });
});

describe('the instructions to put a stranger through', () => {
  it('ring the operator under the number that was dialled, and ask nobody', () => {
    expect(
      nccoOf(forwarding({ maxDuration: 600, screen: true, detectMachines: true }), DEFAULT_VOICE, LINKS),
    ).toEqual([
      { action: 'talk', text: 'Please wait while we connect your call.', language: 'en-GB' },
      {
        action: 'connect',
        from: '442079460001',
        timeout: 30,
        limit: 600,
        eventType: 'synchronous',
        eventUrl: ['https://example.com/events/en-GB'],
        eventMethod: 'POST',
        endpoint: [{ type: 'phone', number: '442071838750' }],
      },
    ]);
  });

  it("speak the settings' language, for nobody knows the country of a stranger", () => {
    expect(nccoOf(forwarding(), voice({ language: 'fr-FR' }), LINKS)).toMatchObject([
      { language: 'fr-FR' },
      { eventUrl: ['https://example.com/events/fr-FR'] },
    ]);
  });

  it("show the operator's number to people redacted", () => {
    expect(JSON.stringify(redactNcco(nccoOf(forwarding(), DEFAULT_VOICE, LINKS)))).not.toContain('71838750');
  });
});

describe('the language that somebody hears', () => {
  it.each<[string, Hearer | null, string | null, string]>([
    ['is the one given for them', hearer('DE', 'it-IT'), 'fr-FR', 'it-IT'],
    ['is else that of the settings', hearer('DE'), 'fr-FR', 'fr-FR'],
    ['is else that of their country', hearer('DE'), null, 'de-DE'],
    ['is else English, where their country speaks none of ours', hearer('GR'), null, 'en-GB'],
    ['is English for numbers of no country', hearer('001'), null, 'en-GB'],
    ['is that of the settings for a stranger', null, 'fr-FR', 'fr-FR'],
    ['is English for a stranger where the settings say nothing', null, null, 'en-GB'],
  ])('%s', (_rule, who, language, heard) => {
    expect(languageFor(who, voice({ language }))).toBe(heard);
  });

  it("is the caller's own, not the callee's", () => {
    const there = trip();
    Object.assign(there.b, { language: 'fr-FR' });
    for (const [caller, language] of [
      [ANNA, 'en-GB'],
      [BEN, 'fr-FR'],
    ] as const)
      expect(
        nccoOf(route(located(there, caller), NOW, DEFAULT_POLICY), DEFAULT_VOICE, LINKS)[0],
      ).toMatchObject({ language });
  });
});

describe('the instructions to refuse', () => {
  it.each<[Refusal, string]>([
    ['ended', 'This call can no longer be connected: the session has ended.'],
    ['unknown', 'This number is not available.'],
    ['withheld', 'Please call again with your number shown.'],
    ['not-in-pool', 'This number is not in service.'],
    ['unavailable', 'This service is temporarily unavailable.'],
    ['crossed', 'They are calling you right now. Please hang up and answer.'],
    ['blocked', 'This number is not available.'],
    ['direction', 'You cannot call this person. They will call you.'],
    ['repeated', 'Goodbye.'],
  ])('%s: "%s", and nothing more', (reason, text) => {
    expect(nccoOf(refuse(reason), DEFAULT_VOICE, LINKS)).toEqual([
      { action: 'talk', text, language: 'en-GB' },
    ]);
  });

  it("are in the caller's language", () => {
    const refused: Refused = { ...refuse('ended'), sessionId: 'trip', from: 'a', caller: german };
    expect(nccoOf(refused, DEFAULT_VOICE, LINKS)).toMatchObject([{ language: 'de-DE' }]);
  });

  it('say the same to somebody blocked as to a stranger, in whatever words', () => {
    const said = voice({ overrides: { unknown: 'Nobody here.' } });
    expect(nccoOf(refuse('blocked'), said, LINKS)).toEqual(nccoOf(refuse('unknown'), said, LINKS));
  });

  it('after a call that was not taken hide why', () => {
    const text = 'The person you called is not available right now. Please try again later.';
    expect(nccoWhenNotTaken('en-US', DEFAULT_VOICE)).toEqual([{ action: 'talk', text, language: 'en-US' }]);
  });
});

describe('the instructions for a callee', () => {
  const ANSWER = 'https://example.com/answer';

  it('ask who is told who calls for a key', () => {
    expect(nccoToAsk(german, 'Sam', DEFAULT_VOICE, ANSWER)).toEqual([
      {
        action: 'talk',
        text: 'Ein Anruf für Sie: Sam. Drücken Sie die 1, um ihn anzunehmen.',
        language: 'de-DE',
      },
      {
        action: 'input',
        type: ['dtmf'],
        dtmf: { maxDigits: 1, timeOut: 5 },
        eventUrl: [ANSWER],
        eventMethod: 'POST',
      },
    ]);
  });

  it('call a caller without a label a contact', () => {
    expect(nccoToAsk(null, null, DEFAULT_VOICE, ANSWER)).toMatchObject([
      { text: 'A call from your contact. Press 1 to take it.' },
      { action: 'input' },
    ]);
  });

  it('play a recording in place of the question, and still wait for a key', () => {
    const recorded = voice({ overrides: { whisper: { stream: 'https://example.com/a.mp3' } } });
    expect(nccoToAsk(german, 'Sam', recorded, ANSWER)).toMatchObject([
      { action: 'stream', streamUrl: ['https://example.com/a.mp3'] },
      { action: 'input' },
    ]);
  });

  it('who is not to be joined never come to an end: an end would join them', () => {
    expect(nccoUntilHungUp(german, DEFAULT_VOICE)).toEqual([
      { action: 'talk', text: 'Auf Wiederhören.', language: 'de-DE', loop: 0 },
    ]);
    const recorded = voice({ overrides: { goodbye: { stream: 'https://example.com/a.mp3' } } });
    expect(nccoUntilHungUp(null, recorded)).toEqual([
      { action: 'stream', streamUrl: ['https://example.com/a.mp3'], loop: 0 },
    ]);
  });
});

describe('the settings of a voice', () => {
  it('choose a style by language, for speech alone', () => {
    const styled = voice({
      styles: { 'de-DE': 3, 'en-GB': 0 },
      overrides: { ended: { stream: 'https://example.com/ended.mp3' } },
    });
    const said = (reason: Refusal, caller: Hearer) => nccoOf({ ...refuse(reason), caller }, styled, LINKS)[0];
    expect(said('unknown', german)).toMatchObject({ language: 'de-DE', style: 3 });
    expect(said('unknown', hearer('GB'))).toMatchObject({ language: 'en-GB', style: 0 });
    expect(said('unknown', hearer('FR'))).not.toHaveProperty('style');
    expect(said('ended', german)).toEqual({
      action: 'stream',
      streamUrl: ['https://example.com/ended.mp3'],
    });
  });

  it('replace sentences one by one, whatever the language', () => {
    const said = voice({ language: 'de-DE', overrides: { unknown: 'Nope.' } });
    expect(nccoOf(refuse('unknown'), said, LINKS)).toMatchObject([{ text: 'Nope.' }]);
    expect(nccoOf(refuse('withheld'), said, LINKS)).toMatchObject([
      { text: 'Bitte rufen Sie noch einmal mit sichtbarer Rufnummer an.' },
    ]);
  });
});
