import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knownLanguages } from '../../src/domain/languages.js';
import {
  type Links,
  type Ncco,
  nccoOf,
  nccoToAsk,
  nccoUntilHungUp,
  nccoWhenNotTaken,
  redactNcco,
  type Voice,
} from '../../src/domain/ncco.js';
import { type E164, toMsisdn } from '../../src/domain/phone-number.js';
import { hearerOf, type Policy, type Route, refuse, refuseInstead, route } from '../../src/domain/routing.js';
import { LONGEST_SENTENCE, SENTENCE_KEYS, type SentenceKey } from '../../src/domain/sentences.js';
import { DIRECTIONS, otherSide, type Session, SIDES, type Side } from '../../src/domain/session.js';
import { validateNcco } from '../../src/sandbox/ncco-validation.js';
import { readSentences, readVoices } from '../../src/sentence-settings.js';
import { e164, HOUR, located, START, session } from '../contract/fixtures.js';
import { expectFitForWire } from './wire.js';

const NOW = START + HOUR;
const BASE = 'https://calls.example.com';
const LINKS: Links = {
  connectEvent: (language) => `${BASE}/connect-event/${language}`,
  whisper: (language) => `${BASE}/whisper/${language}`,
};
/** Nobody is looked for by fewer digits: others may have the same. */
const TAIL = 7;
const tailOf = (number: E164) => number.slice(-TAIL);

const number = fc
  .tuple(fc.constantFrom('1', '44', '49', '352', '880'), fc.integer({ min: 10_000_000, max: 999_999_999 }))
  .map(([code, rest]) => e164(`+${code}${rest}`));
/** Anna, Ben, their virtual numbers, a stranger and the operator. */
const numbers = fc
  .uniqueArray(number, { minLength: 6, maxLength: 6, selector: tailOf })
  .filter((six) => six.every((one) => six.filter((other) => other.includes(tailOf(one))).length === 1));

const language = fc.option(fc.constantFrom(...knownLanguages()));
const country = fc.constantFrom('GB', 'US', 'DE', 'FR', 'JP', 'BR', 'GR', '001', 'ZZ');
/** What `pair` takes as a label, whatever it looks like. */
const label = fc.option(
  fc
    .array(
      fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 12 }),
        fc.string({ unit: 'binary', maxLength: 4 }),
        fc.constantFrom('<', '>', '&', '"', "'", '</speak>', '<speak>', '{contact}', '$&', '42', '\u0378'),
        fc.constantFrom('<'.repeat(64), '"'.repeat(64), '&'.repeat(60)),
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((pieces) =>
      pieces
        .join('')
        .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '')
        .trim()
        .slice(0, 64),
    )
    .filter((text) => text.trim() !== '' && text.trim() === text),
);

const words = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.constantFrom('{contact}', 'A call from {contact}.', '{contact}{contact}', '<speak>{contact}</speak>'),
  fc.constantFrom(
    '<speak xml:lang="de">Ein <break time="1s"/> Anruf von <emphasis>{contact}</emphasis>.</speak>',
    '<speak><sub alias="{contact}">Hi</sub></speak>',
    '<speak>Tom &amp; Jerry</speak>',
    'x'.repeat(LONGEST_SENTENCE),
    `{contact}${'x'.repeat(LONGEST_SENTENCE - 64)}`,
    `<speak>{contact}${'x'.repeat(LONGEST_SENTENCE - 64)}</speak>`,
    `<speak>{contact}${'x'.repeat(LONGEST_SENTENCE - 6 * 64)}</speak>`,
  ),
);
const said = fc.oneof(
  words,
  fc.webUrl({ validSchemes: ['http', 'https'] }).map((stream) => ({ stream })),
);
const override = fc.oneof(
  said,
  fc.dictionary(fc.constantFrom('en', 'de', 'fr-FR', 'ja-JP', 'pt-BR'), said, { minKeys: 1 }),
);
/** What the settings may say, and only what they accept. */
const overrides = fc
  .dictionary(fc.constantFrom(...SENTENCE_KEYS), override)
  .map((raw) =>
    Object.fromEntries(
      Object.entries(raw).filter(
        ([key, value]) => readSentences({ [key as SentenceKey]: value }) !== undefined,
      ),
    ),
  )
  .map((raw) => readSentences(raw) ?? {});
const styles = fc
  .dictionary(fc.constantFrom('en', 'de-DE', 'fr', 'ja'), fc.integer({ min: 0, max: 100 }))
  .map((raw) => readVoices(raw) ?? {});
const voice: fc.Arbitrary<Voice> = fc.record({ language, overrides, styles });

const terms = fc.record({
  expiresAt: fc.option(fc.integer({ min: NOW - 10_000_000, max: NOW + 10_000_000 })),
  closedAt: fc.option(fc.integer({ min: NOW - 10_000_000, max: NOW }), { freq: 2 }),
  maxDuration: fc.option(fc.integer({ min: 1, max: 7200 })),
  hardExpiry: fc.boolean(),
  quarantine: fc.constantFrom(0, 5000),
  direction: fc.constantFrom(...DIRECTIONS, 'both' as const),
  screen: fc.option(fc.boolean()),
  detectMachines: fc.option(fc.boolean()),
});
const side = fc.record({ country, language, label });
const policy = fc.record({
  maxDuration: fc.option(fc.integer({ min: 1, max: 7200 })),
  screen: fc.boolean(),
  detectMachines: fc.boolean(),
  hasOperator: fc.boolean(),
});
const leg = fc.record({
  caller: fc.constantFrom('a', 'b', 'a', 'b', 'stranger', 'withheld'),
  callerIsBlocked: fc.constantFrom(false, false, false, true),
  callerIsInPool: fc.constantFrom(false, false, true),
  dialledIsInPool: fc.constantFrom(true, true, true, false),
});

const world = fc
  .record({ numbers, terms, a: side, b: side, voice, policy, leg })
  .filter(({ numbers: [anna, ben, , , , operator], a, b }) =>
    [anna, ben, operator].every((real) =>
      [a, b].every(
        (one) =>
          !(one.label ?? '')
            .normalize('NFKC')
            .replace(/\D/g, '')
            .includes(tailOf(real as E164)),
      ),
    ),
  );

type World = typeof world extends fc.Arbitrary<infer W> ? W : never;

function sessionOf({ numbers: [anna, ben, annas, bens], terms: change, a, b }: World): Session {
  const made = session('trip', [anna as E164, bens as E164], [ben as E164, annas as E164], change);
  return { ...made, a: { ...made.a, ...a }, b: { ...made.b, ...b } };
}

/** The number that a caller of this kind calls from, and every route that their call can take. */
function routesOf(one: World): { from: E164 | undefined; routes: Route[] } {
  const { leg: chosen, policy: set, numbers: list } = one;
  const [anna, ben, annas, , stranger, operator] = list as [E164, E164, E164, E164, E164, E164];
  const { caller, ...flags } = chosen;
  const { hasOperator, ...rest } = set;
  const decides: Policy = { ...rest, operatorNumber: hasOperator ? operator : null };
  const from = { a: anna, b: ben, stranger, withheld: undefined }[caller];
  const isParticipant = caller === 'a' || caller === 'b';
  const decided = route(
    located(isParticipant ? sessionOf(one) : undefined, from ?? stranger, {
      ...flags,
      ...(isParticipant ? {} : { dialled: annas }),
      ...(from === undefined ? { caller: undefined } : {}),
    }),
    NOW,
    decides,
  );
  const instead = decided.kind === 'connect' ? 'crossed' : 'repeated';
  return { from, routes: [decided, refuseInstead(decided, instead), refuse('unavailable')] };
}

/** Everything that either side may be told while such a call goes on. */
function whispersOf(one: World): Ncco[] {
  const made = sessionOf(one);
  const contactOf = (callee: Side) => made[otherSide(callee)].label;
  return [
    ...SIDES.flatMap((callee) => [
      nccoToAsk(hearerOf(made[callee]), contactOf(callee), one.voice, `${BASE}/screen-answer/x`),
      nccoUntilHungUp(hearerOf(made[callee]), one.voice),
      nccoWhenNotTaken(made[callee].language ?? 'en-GB', one.voice),
    ]),
    nccoToAsk(null, null, one.voice, `${BASE}/screen-answer/x`),
    nccoUntilHungUp(null, one.voice),
  ];
}

function expectAccepted(ncco: Ncco): void {
  expect(validateNcco(ncco)).toEqual({ ncco });
  expectFitForWire(ncco);
}

/** All that stands in an NCCO, and the numbers that it rings taken out of that. */
function apart(ncco: Ncco): { rung: string[]; rest: string } {
  const rung: string[] = [];
  const rest = ncco.map((action) => {
    if (action.action !== 'connect') return action;
    const [{ number: ringing, ...endpoint }] = action.endpoint;
    rung.push(ringing);
    return { ...action, endpoint: [endpoint] };
  });
  return { rung, rest: JSON.stringify(rest) };
}

describe('whatever happens in a call', () => {
  it('Vonage is told nothing that it would not take', () => {
    fc.assert(
      fc.property(world, (one) => {
        for (const decided of routesOf(one).routes) expectAccepted(nccoOf(decided, one.voice, LINKS));
        for (const ncco of whispersOf(one)) expectAccepted(ncco);
      }),
      { numRuns: 200 },
    );
  });

  it('a real number is rung and stands nowhere else, and nobody rings themselves', () => {
    fc.assert(
      fc.property(world, (one) => {
        const [anna, ben, , , stranger, operator] = one.numbers as [E164, E164, E164, E164, E164, E164];
        const { from, routes } = routesOf(one);
        for (const decided of routes) {
          const ncco = nccoOf(decided, one.voice, LINKS);
          const { rung, rest } = apart(ncco);
          const callee =
            decided.kind === 'connect'
              ? from === anna
                ? ben
                : anna
              : decided.kind === 'forward'
                ? operator
                : null;
          expect(rung).toEqual(callee === null ? [] : [toMsisdn(callee)]);
          expect(rung).not.toContain(from && toMsisdn(from));
          for (const real of [anna, ben, stranger, operator]) {
            expect(rest).not.toContain(tailOf(real));
            expect(JSON.stringify(redactNcco(ncco))).not.toContain(tailOf(real));
          }
        }
        const whispers = JSON.stringify(whispersOf(one));
        for (const real of [anna, ben, stranger, operator]) expect(whispers).not.toContain(tailOf(real));
      }),
      { numRuns: 200 },
    );
  });

  it('and the calls that were tried are of every kind', () => {
    const kinds = fc
      .sample(world, { numRuns: 1_000, seed: 7 })
      .flatMap((one) => routesOf(one).routes)
      .map((decided) => (decided.kind === 'refuse' ? decided.reason : decided.kind));
    expect([...new Set(kinds)].sort()).toEqual(
      [
        ...['blocked', 'connect', 'crossed', 'direction', 'ended', 'forward', 'not-in-pool', 'repeated'],
        ...['unavailable', 'unknown', 'withheld'],
      ].sort(),
    );
  });
});
