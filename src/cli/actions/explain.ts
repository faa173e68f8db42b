import type { Context } from '../../context.js';
import { parseDuration } from '../../domain/duration.js';
import { nccoOf } from '../../domain/ncco.js';
import { documentOf, policyFor, route } from '../../domain/routing.js';
import { VoxproxyError } from '../../errors.js';
import { PATHS } from '../../listener/paths.js';
import { callLeg } from '../call-leg.js';
import { policyOf, voiceOf } from '../call-settings.js';
import type { ExplainFlags } from '../commands/explain.js';
import { presentCall } from '../present-call.js';
import { reasoningOf } from '../reasoning.js';

/** Decides a call as the listener would, from the same data, and shows the decision. */
export async function explain(
  context: Context,
  from: string,
  to: string,
  { at }: ExplainFlags,
): Promise<undefined> {
  const now = momentOf(at, context.now());
  const { caller, dialled } = callLeg(from, to);
  const settings = await context.settings();
  const located = await (await context.store()).locate(caller, dialled);
  const decided = route(located, now, policyFor(caller, await policyOf(settings)));
  const base = (await settings.get('publicUrl')) ?? `http://127.0.0.1:${await settings.get('port')}`;
  const ncco = nccoOf(decided, await voiceOf(settings), {
    connectEvent: () => `${base}${PATHS.connectEvent}/{token}`,
    whisper: () => `${base}${PATHS.whisper}/{token}`,
  });
  presentCall(context, {
    caller,
    dialled,
    dialledIsInPool: located.dialledIsInPool,
    route: documentOf(decided),
    ncco,
    reasons: reasoningOf(located, decided, now, context.globals.reveal),
  });
  if (at === undefined) context.out.suggest('voxproxy call <from> <to>');
}

/** A moment, or how long from now: `2026-12-24T18:00:00Z`, `2h`. */
function momentOf(at: string | undefined, now: number): number {
  if (at === undefined) return now;
  const later = parseDuration(at.replace(/^in /, ''));
  const moment = later === undefined ? Date.parse(at) : now + later * 1000;
  if (Number.isNaN(moment))
    throw new VoxproxyError(
      'usage',
      '--at is not a time.',
      'For example: 2026-12-24T18:00:00Z, or 2h from now.',
    );
  return moment;
}
