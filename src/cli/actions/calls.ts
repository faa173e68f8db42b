import type { Context } from '../../context.js';
import { type CallRecord, callsOf, isOfCall } from '../../domain/call-record.js';
import { formatDuration } from '../../domain/duration.js';
import { isOfText, type TextRecord, textsOf } from '../../domain/text-record.js';
import { findSession } from '../../use-cases/find-session.js';
import type { CallsFlags } from '../commands/calls.js';
import { durationFlag } from '../flags.js';
import { iso } from '../present-session.js';
import { table } from '../table.js';

export async function listCalls(
  context: Context,
  text: string | undefined,
  { since }: CallsFlags,
): Promise<undefined> {
  const after = since === undefined ? 0 : context.now() - durationFlag('--since', since) * 1000;
  const only =
    text === undefined ? null : findSession(await (await context.store()).sessions(), text, context.now()).id;
  const isWanted = (at: number, sessionId: string) => at >= after && (only === null || sessionId === only);
  const entries = await (await context.callLog()).entries();
  const calls = callsOf(entries.filter(isOfCall))
    .filter(({ startedAt, sessionId }) => isWanted(startedAt, sessionId))
    .reverse();
  const texts = textsOf(entries.filter(isOfText))
    .filter(({ at, sessionId }) => isWanted(at, sessionId))
    .reverse();
  const rows = [
    ...calls.map((call) => ({ at: call.startedAt, row: rowOfCall(call) })),
    ...texts.map((text) => ({ at: text.at, row: rowOfText(text) })),
  ];
  const { out } = context;
  out.answer(
    { calls: calls.map(documentOf), messages: texts.map((text) => ({ ...text, at: iso(text.at) })) },
    () =>
      rows.length === 0
        ? 'No calls.'
        : table(
            ['when', 'session', 'from', 'outcome', 'duration', 'price'],
            rows.sort((one, other) => other.at - one.at).map(({ row }) => row),
            out.width,
          ),
  );
}

function documentOf({ startedAt, answeredAt, endedAt, price, ...call }: CallRecord) {
  return {
    ...call,
    startedAt: iso(startedAt),
    answeredAt: iso(answeredAt),
    endedAt: iso(endedAt),
    price: price === null ? null : { amount: price, currency: 'EUR' },
  };
}

function rowOfText({ at, sessionId, from, outcome }: TextRecord): string[] {
  return [minuteOf(at), sessionId, from, `text ${outcome}`, '', ''];
}

function minuteOf(at: number): string {
  return iso(at)?.slice(0, 19).replace('T', ' ') ?? '';
}

function rowOfCall({ startedAt, sessionId, from, outcome, duration, price }: CallRecord): string[] {
  return [
    minuteOf(startedAt),
    sessionId,
    from,
    outcome ?? 'going on',
    duration === null ? '' : formatDuration(duration),
    price === null ? '' : `${Number(price).toFixed(4)} EUR`,
  ];
}
