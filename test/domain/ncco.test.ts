import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_VOICE, nccoOf, nccoWhenNotTaken, redactNcco } from '../../src/domain/ncco.js';
import { type E164, toMsisdn } from '../../src/domain/phone-number.js';
import { type Refusal, type Route, refuse, route } from '../../src/domain/routing.js';
import {
  knownLanguage,
  knownLanguages,
  LONGEST_SENTENCE,
  SENTENCE_KEYS,
  type SentenceKey,
  sentence,
} from '../../src/domain/sentences.js';
import { isLive, type Session } from '../../src/domain/session.js';
import { ANNA, BEN, e164, HOUR, personId, START, session, virtualNumber } from '../contract/fixtures.js';

const NOW = START + HOUR;
const eventUrl = (language: string) => `https://example.com/events/${language}`;

const connecting = (change: Partial<Session> = {}): Route =>
  route(
    {
      caller: personId(ANNA),
      dialledIsInPool: true,
      owner: session('trip', [ANNA, virtualNumber(1)], [BEN, virtualNumber(2)], change),
    },
    NOW,
    null,
  );

describe('the instructions to connect', () => {
  it('ask for patience, then ring the other person under the number that leads back', () => {
    expect(nccoOf(connecting({ maxDuration: 600 }), DEFAULT_VOICE, eventUrl)).toEqual([
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
    const [, connect] = nccoOf(connecting(), DEFAULT_VOICE, eventUrl);
    expect(connect).not.toHaveProperty('limit');
  });

  it('speak the language of the session, then that of the settings', () => {
    const german = { language: 'de-DE', overrides: {} };
    expect(nccoOf(connecting({ language: 'fr-FR' }), german, eventUrl)).toMatchObject([
      { language: 'fr-FR', text: 'Veuillez patienter pendant que nous vous mettons en relation.' },
      { eventUrl: ['https://example.com/events/fr-FR'] },
    ]);
    expect(nccoOf(connecting(), german, eventUrl)).toMatchObject([
      { language: 'de-DE', text: 'Bitte warten Sie, während wir Sie verbinden.' },
      { eventUrl: ['https://example.com/events/de-DE'] },
    ]);
  });

  it('are shown to people with the real number redacted, and are left as they were', () => {
    const ncco = nccoOf(connecting(), DEFAULT_VOICE, eventUrl);
    expect(redactNcco(ncco)).toMatchObject([
      { action: 'talk' },
      { from: '442079460002', endpoint: [{ type: 'phone', number: '+44•••••0002' }] },
    ]);
    expect(ncco).toMatchObject([{}, { endpoint: [{ number: '447400100002' }] }]);
    expect(redactNcco(nccoOf(refuse('unknown'), DEFAULT_VOICE, eventUrl))).toEqual(
      nccoOf(refuse('unknown'), DEFAULT_VOICE, eventUrl),
    );
  });

  it('say a real number nowhere but in the endpoint, and redacted not even there', () => {
    const digits = fc
      .tuple(
        fc.constantFrom('1', '44', '49', '352', '880'),
        fc.integer({ min: 10_000_000, max: 999_999_999 }),
      )
      .map(([code, rest]) => e164(`+${code}${rest}`));
    const numbers = fc.uniqueArray(digits, { minLength: 4, maxLength: 4 });
    const times = fc.record({
      expiresAt: fc.option(fc.integer({ min: NOW - 10_000_000, max: NOW + 10_000_000 })),
      closedAt: fc.option(fc.integer({ min: NOW - 10_000_000, max: NOW })),
      maxDuration: fc.option(fc.integer({ min: 1, max: 7200 })),
      hardExpiry: fc.boolean(),
    });
    fc.assert(
      fc.property(numbers, times, fc.boolean(), (four, change, bCalls) => {
        const [a, b, one, two] = four as [E164, E164, E164, E164];
        const owner = session('trip', [a, one], [b, two], { ...change, quarantine: 5000 });
        const caller = personId(bCalls ? b : a);
        const ncco = nccoOf(
          route({ caller, dialledIsInPool: true, owner }, NOW, null),
          DEFAULT_VOICE,
          eventUrl,
        );
        const [realA, realB] = [toMsisdn(a), toMsisdn(b)];
        const callee = bCalls ? realA : realB;
        const elsewhere = ncco.map((action) =>
          action.action === 'talk'
            ? action
            : { ...action, endpoint: action.endpoint.map(({ type }) => type) },
        );
        for (const real of [realA, realB]) {
          expect(JSON.stringify(elsewhere)).not.toContain(real);
          expect(JSON.stringify(redactNcco(ncco))).not.toContain(real);
        }
        const numbersRung = ncco.flatMap((action) =>
          action.action === 'connect' ? action.endpoint.map(({ number }) => number) : [],
        );
        expect(numbersRung).toEqual(isLive(owner, NOW) ? [callee] : []);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the instructions to refuse', () => {
  it.each<[Refusal, string]>([
    ['ended', 'This call can no longer be connected: the session has ended.'],
    ['unknown', 'This number is not available.'],
    ['withheld', 'Please call again with your number shown.'],
    ['not-in-pool', 'This number is not in service.'],
    ['unavailable', 'This service is temporarily unavailable.'],
  ])('%s: "%s", and nothing more', (reason, text) => {
    expect(nccoOf(refuse(reason), DEFAULT_VOICE, eventUrl)).toEqual([
      { action: 'talk', text, language: 'en-GB' },
    ]);
  });

  it('after a call that was not taken hide why', () => {
    const text = 'The person you called is not available right now. Please try again later.';
    expect(nccoWhenNotTaken('en-US', DEFAULT_VOICE)).toEqual([{ action: 'talk', text, language: 'en-US' }]);
  });
});

describe('the sentences', () => {
  it.each(knownLanguages())(
    'are all there in %s, in words of that language, and short enough',
    (language) => {
      const isEnglish = language.startsWith('en');
      const spoken = SENTENCE_KEYS.map((key) => sentence(key, language, {}));
      for (const [i, text] of spoken.entries()) {
        expect(text.trim()).not.toBe('');
        expect(text.length).toBeLessThanOrEqual(LONGEST_SENTENCE);
        expect(text === sentence(SENTENCE_KEYS[i] as SentenceKey, 'en-GB', {})).toBe(isEnglish);
      }
      expect(new Set(spoken).size).toBe(SENTENCE_KEYS.length);
    },
  );

  it('can be replaced one by one, whatever the language', () => {
    const voice = { language: 'de-DE', overrides: { unknown: 'Nope.' } };
    expect(nccoOf(refuse('unknown'), voice, eventUrl)).toMatchObject([{ text: 'Nope.' }]);
    expect(nccoOf(refuse('withheld'), voice, eventUrl)).toMatchObject([
      { text: 'Bitte rufen Sie noch einmal mit sichtbarer Rufnummer an.' },
    ]);
  });

  it.each([
    ['de', 'de-DE'],
    ['DE-de', 'de-DE'],
    ['en', 'en-GB'],
    ['en-us', 'en-US'],
    ['pt', 'pt-PT'],
    ['pt-BR', 'pt-BR'],
    ['de-AT', undefined],
    ['tlh', undefined],
    ['e', undefined],
    ['', undefined],
  ])('asked for in %s are spoken in %s', (tag, language) => {
    expect(knownLanguage(tag)).toBe(language);
  });
});
