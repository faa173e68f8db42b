import type { Context } from '../../context.js';
import { type CallRecord, callsOf } from '../../domain/call-record.js';
import { formatDuration } from '../../domain/duration.js';
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
  const calls = callsOf(await (await context.callLog()).entries())
    .filter(({ startedAt, sessionId }) => startedAt >= after && (only === null || sessionId === only))
    .reverse();
  const { out } = context;
  out.answer({ calls: calls.map(documentOf) }, () =>
    calls.length === 0
      ? 'No calls.'
      : table(['when', 'session', 'from', 'outcome', 'duration', 'price'], calls.map(rowOf), out.width),
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

function rowOf({ startedAt, sessionId, from, outcome, duration, price }: CallRecord): string[] {
  return [
    iso(startedAt)?.slice(0, 19).replace('T', ' ') ?? '',
    sessionId,
    from,
    outcome ?? 'going on',
    duration === null ? '' : formatDuration(duration),
    price === null ? '' : `${Number(price).toFixed(4)} EUR`,
  ];
}
