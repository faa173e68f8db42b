import type { Context } from '../context.js';
import { type Ncco, redactNcco } from '../domain/ncco.js';
import type { E164 } from '../domain/phone-number.js';
import type { RouteDocument } from '../domain/routing.js';
import { personal } from './format-number.js';
import { spaced } from './spaced-number.js';

export type PresentedCall = {
  caller: E164 | undefined;
  dialled: E164;
  dialledIsInPool: boolean;
  route: RouteDocument;
  ncco: Ncco;
  /** How it came to this, a line each. */
  reasons: readonly string[];
};

/** Answers with what becomes of a call and the instructions that Vonage gets. */
export function presentCall({ out, globals }: Context, call: PresentedCall): void {
  const { reveal } = globals;
  const ncco = reveal ? call.ncco : redactNcco(call.ncco);
  const from = call.caller === undefined ? null : personal(call.caller, reveal);
  const to = call.dialledIsInPool ? call.dialled : personal(call.dialled, reveal);
  out.answer({ from, to, route: call.route, ncco }, () =>
    [
      `${from ?? 'A withheld caller'} dials ${call.dialledIsInPool ? spaced(call.dialled) : to}`,
      '',
      `  ${out.style.bold(call.route.kind === 'refuse' ? `refused: ${call.route.reason}` : 'connected')}`,
      '',
      ...call.reasons.map((reason) => `  · ${reason}`),
      '',
      ...JSON.stringify(ncco, null, 2)
        .split('\n')
        .map((line) => `  ${line}`),
    ].join('\n'),
  );
}
