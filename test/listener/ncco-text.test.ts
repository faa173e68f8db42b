import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nccoOf, nccoWhenNotTaken, redactNcco, type Voice } from '../../src/domain/ncco.js';
import type { E164 } from '../../src/domain/phone-number.js';
import type { Route } from '../../src/domain/routing.js';
import { textOf } from '../../src/listener/ncco-text.js';

const anyText = fc.string({ unit: 'binary' });
const anyNumber = fc.stringMatching(/^\+[1-9]\d{6,14}$/) as fc.Arbitrary<E164>;
const seconds = fc.integer({ min: 1, max: 7_200 });
const hearer = fc.record({ language: fc.option(anyText), country: fc.constantFrom('GB', 'DE', '001') });
const limits = { timeout: seconds, limit: fc.option(seconds) };
const route: fc.Arbitrary<Route> = fc.oneof(
  fc.record({
    ...limits,
    kind: fc.constant('connect' as const),
    sessionId: anyText,
    from: fc.constantFrom('a' as const, 'b' as const),
    caller: hearer,
    callerId: anyNumber,
    callee: anyNumber,
    screen: fc.boolean(),
    detectMachines: fc.boolean(),
  }),
  fc.record({
    ...limits,
    kind: fc.constant('forward' as const),
    sessionId: fc.constant(null),
    from: fc.constant(null),
    callerId: anyNumber,
    callee: anyNumber,
  }),
  fc.record({
    kind: fc.constant('refuse' as const),
    reason: fc.constantFrom('ended' as const, 'unknown' as const),
    sessionId: fc.constant(null),
    from: fc.constant(null),
    caller: fc.option(hearer),
  }),
);
const said = fc.oneof(anyText, fc.record({ stream: anyText }));
const voice: fc.Arbitrary<Voice> = fc.record({
  language: fc.option(anyText),
  overrides: fc.record({ connecting: said, busy: said }, { requiredKeys: [] }),
  styles: fc.dictionary(fc.constantFrom('en-GB', 'de-DE'), fc.nat(9)),
});

test('instructions are written exactly as JSON.stringify writes them, whatever stands in them', () => {
  fc.assert(
    fc.property(route, voice, anyText, anyText, (decided, how, event, whisper) => {
      const ncco = nccoOf(decided, how, { connectEvent: () => event, whisper: () => whisper });
      for (const one of [ncco, redactNcco(ncco), nccoWhenNotTaken('en-GB', how)])
        expect(textOf(one)).toBe(JSON.stringify(one));
    }),
    { numRuns: 1_000 },
  );
});
