import type { Context } from '../../context.js';
import { nccoOf, redactNcco } from '../../domain/ncco.js';
import { asE164, type E164, fromNetwork } from '../../domain/phone-number.js';
import { type Refusal, type Route, route } from '../../domain/routing.js';
import { otherSide } from '../../domain/session.js';
import { VoxproxyError } from '../../errors.js';
import { PATHS } from '../../listener/paths.js';
import { policyOf, voiceOf } from '../call-settings.js';
import type { ExplainFlags } from '../commands/explain.js';
import { personal, spaced } from '../format-number.js';
import { virtualNumber } from '../virtual-numbers.js';

const WHY: Record<Refusal, string> = {
  ended: 'the session of this caller and this number has ended, and its quarantine has not',
  unknown: 'no session lets this caller reach anybody under this number',
  withheld: 'the caller shows no number, and such a caller never matches anybody',
  'not-in-pool': 'the dialled number is not in the pool',
  unavailable: 'the store cannot be read',
  crossed: 'the other person is calling this one at the same moment',
  blocked: 'the caller is blocked',
  direction: 'the session lets only the other person call',
  repeated: 'this stranger has called too often',
};

/** Decides a call as the listener would, from the same data, and shows the decision. */
export async function explain(
  context: Context,
  fromText: string,
  toText: string,
  { at }: ExplainFlags,
): Promise<undefined> {
  const now = at === undefined ? context.now() : Date.parse(at);
  if (Number.isNaN(now))
    throw new VoxproxyError('usage', '--at is not a time.', 'For example: 2026-12-24T18:00:00Z');
  const dialled = virtualNumber(toText);
  if (dialled === undefined) {
    throw new VoxproxyError(
      'invalid-number',
      'The dialled number is not an international number.',
      'For example: +442079460000',
    );
  }
  const settings = await context.settings();
  const store = await context.store();
  const caller = callerOf(fromText);
  const located = await store.locate(caller, dialled);
  const decided = route(located, now, await policyOf(settings));
  const base = (await settings.get('publicUrl')) ?? `http://127.0.0.1:${await settings.get('port')}`;
  const ncco = nccoOf(decided, await voiceOf(settings), {
    connectEvent: () => `${base}${PATHS.connectEvent}/{token}`,
    whisper: () => `${base}${PATHS.whisper}/{token}`,
  });

  const { out, globals } = context;
  const shown = globals.reveal ? ncco : redactNcco(ncco);
  const from = caller === undefined ? null : personal(caller, globals.reveal);
  const to = located.dialledIsInPool ? dialled : personal(dialled, globals.reveal);
  out.answer({ from, to, route: routeDocument(decided), ncco: shown }, () =>
    [
      `${from ?? 'A withheld caller'} dials ${located.dialledIsInPool ? spaced(dialled) : to}`,
      '',
      `  ${out.style.bold(decided.kind === 'refuse' ? 'refused' : 'connected')}: ${reasoning(decided, globals.reveal)}`,
      '',
      ...JSON.stringify(shown, null, 2)
        .split('\n')
        .map((line) => `  ${line}`),
    ].join('\n'),
  );
}

/** @throws VoxproxyError `invalid-number` for what is neither an international number nor the lack of one */
function callerOf(text: string): E164 | undefined {
  const caller = fromNetwork(text);
  const mixed = caller === undefined && /\d/.test(text) && /\p{L}/u.test(text);
  if (mixed || (caller !== undefined && asE164(caller) === undefined)) {
    throw new VoxproxyError(
      'invalid-number',
      "The caller's number is not an international number.",
      'For example: +447400123456, or anonymous for a caller who shows none.',
    );
  }
  return caller;
}

function routeDocument(decided: Route) {
  const { sessionId } = decided;
  const session = sessionId === null ? {} : { sessionId };
  switch (decided.kind) {
    case 'connect':
      return { kind: 'connect', ...session };
    case 'forward':
      return { kind: 'connect', operator: true };
    case 'refuse':
      return { kind: 'refuse', reason: decided.reason, ...session };
  }
}

function reasoning(decided: Route, reveal: boolean): string {
  if (decided.kind === 'refuse') return WHY[decided.reason];
  if (decided.kind === 'forward') {
    return `no session lets this caller reach anybody under this number; strangers are put through to ${personal(decided.callee, reveal)}`;
  }
  const { sessionId, from, callee, callerId } = decided;
  return (
    `session ${sessionId} is open and ${from} calls; ${otherSide(from)}, ${personal(callee, reveal)}, ` +
    `sees ${spaced(callerId)}${decided.screen ? ', and is asked before the two are joined' : ''}`
  );
}
