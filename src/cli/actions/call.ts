import type { Context } from '../../context.js';
import type { Ncco } from '../../domain/ncco.js';
import { redact, toMsisdn } from '../../domain/phone-number.js';
import type { RouteDocument } from '../../domain/routing.js';
import { SIDES } from '../../domain/session.js';
import { VoxproxyError } from '../../errors.js';
import { webhooksAt } from '../../listener/paths.js';
import type { Rehearsed } from '../../use-cases/rehearse-call.js';
import { callLeg } from '../call-leg.js';
import type { CallFlags } from '../commands/call.js';
import { localListener, publicBase } from '../listener-address.js';
import { presentCall } from '../present-call.js';
import { WHY_REFUSED } from '../reasoning.js';
import { rehearse } from '../rehearse.js';

/** Asks the running listener about a call that nobody makes. */
export async function call(context: Context, from: string, to: string, flags: CallFlags): Promise<undefined> {
  const leg = callLeg(from, to);
  const base = flags.public ? await publicBase(context) : await localListener(context);
  const { answerUrl } = webhooksAt(base);
  const rehearsed = await rehearse(context, answerUrl, leg);
  if (rehearsed.kind !== 'answered') throw unanswered(rehearsed, answerUrl);
  const { route, milliseconds } = rehearsed;
  const ncco = context.globals.reveal ? await revealed(context, route, rehearsed.ncco) : rehearsed.ncco;
  presentCall(context, {
    ...leg,
    dialledIsInPool: route.reason !== 'not-in-pool',
    route,
    ncco,
    reasons: [
      `Answered by ${answerUrl} in ${milliseconds} ms.`,
      ...(route.reason === undefined ? [] : [`Refused, because ${WHY_REFUSED[route.reason]}.`]),
    ],
  });
}

/** The listener gives no number away in a rehearsal; the store of whoever may see it has it. */
async function revealed(context: Context, { sessionId }: RouteDocument, ncco: Ncco): Promise<Ncco> {
  const session = sessionId === undefined ? undefined : await (await context.store()).session(sessionId);
  const numbers = session === undefined ? [] : SIDES.flatMap((side) => session[side].realNumber ?? []);
  return ncco.map((action) => {
    if (action.action !== 'connect') return action;
    const [endpoint] = action.endpoint;
    const number = numbers.find((one) => redact(one) === endpoint.number);
    return number === undefined
      ? action
      : { ...action, endpoint: [{ ...endpoint, number: toMsisdn(number) }] };
  });
}

function unanswered(rehearsed: Exclude<Rehearsed, { kind: 'answered' }>, answerUrl: string): VoxproxyError {
  if (rehearsed.kind === 'unreachable') {
    return new VoxproxyError(
      'vonage',
      `The listener cannot be reached at ${answerUrl}: ${rehearsed.why}.`,
      'Start it with: voxproxy serve',
    );
  }
  return rehearsed.isOurs
    ? new VoxproxyError(
        'credentials',
        'The listener refused the signature.',
        'It runs with another signature secret, apiKey or application than this command, or its clock is off by minutes. Its log says which.',
      )
    : new VoxproxyError(
        'vonage',
        rehearsed.ngrokError === null
          ? `At ${answerUrl} answers something that is no listener of voxproxy (status ${rehearsed.status}).`
          : `At ${answerUrl} answers an error page of ngrok (${rehearsed.ngrokError}).`,
        'Check the URL, and what runs behind it: voxproxy doctor',
      );
}
