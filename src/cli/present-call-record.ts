import { type CallRecord, SURELY_OVER_AFTER } from '../domain/call-record.js';
import { formatDuration } from '../domain/duration.js';
import { type Instant, otherSide } from '../domain/session.js';
import type { TextRecord } from '../domain/text-record.js';
import { iso } from './plain-text.js';

const GAP = '  ';

/** A call as every JSON answer has it. */
export function callDocument({ startedAt, answeredAt, endedAt, price, ...call }: CallRecord) {
  return {
    ...call,
    startedAt: iso(startedAt),
    answeredAt: iso(answeredAt),
    endedAt: iso(endedAt),
    price: money(price),
  };
}

/** A text as every JSON answer has it. */
export function textDocument(text: TextRecord) {
  return { ...text, at: iso(text.at) };
}

export function money(price: string | null): { amount: string; currency: 'EUR' } | null {
  return price === null ? null : { amount: price, currency: 'EUR' };
}

/** Calls and texts in one list, newest first; where the screen is too narrow for columns, a line each. */
export function callList(
  calls: readonly CallRecord[],
  texts: readonly TextRecord[],
  now: Instant,
  width: number,
): string {
  const rows = [
    ...calls.map((call) => ({
      at: call.startedAt,
      row: rowOfCall(call, now),
      line: () => callLine(call, now),
    })),
    ...texts.map((text) => ({ at: text.at, row: rowOfText(text), line: () => textLine(text) })),
  ].sort((one, other) => other.at - one.at);
  const all = [HEAD, ...rows.map(({ row }) => row)];
  // Logs are too long for a table that weighs every cell.
  const widths = HEAD.map((_title, i) => all.reduce((most, row) => Math.max(most, row[i]?.length ?? 0), 0));
  const total = widths.reduce((sum, one) => sum + GAP.length + one, 0);
  if (total > width) return rows.map(({ line }) => line()).join('\n');
  return all
    .map((row) =>
      row
        .map((cell, i) => GAP + cell.padEnd(widths[i] ?? 0))
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

/** A call in one line: `2026-11-22 11:40:44  brave-otter  a called b · completed · 42 seconds · b hung up`. */
export function callLine(call: CallRecord, now: Instant): string {
  const { startedAt, endedAt, sessionId, from, endedBy } = call;
  const [, , , outcome, , duration, price] = rowOfCall(call, now);
  const isOver = outcome !== GOING_ON;
  const facts = [
    `${from} ${isOver ? 'called' : 'calls'} ${otherSide(from)}`,
    isOver ? outcome : '',
    duration,
    isOver && (endedBy === 'a' || endedBy === 'b') ? `${endedBy} hung up` : '',
    price,
  ].filter((fact) => fact !== '');
  return `${secondOf(isOver ? (endedAt ?? startedAt) : startedAt)}${GAP}${sessionId}${GAP}${facts.join(' · ')}`;
}

export function textLine({ at, sessionId, from, outcome }: TextRecord): string {
  return `${secondOf(at)}${GAP}${sessionId}${GAP}${from} texted ${otherSide(from)} · ${outcome}`;
}

export function cents(price: string | null): string {
  return price === null ? '' : Number(price).toFixed(4);
}

const HEAD = ['WHEN', 'SESSION', 'FROM', 'OUTCOME', 'ENDED BY', 'DURATION', 'PRICE'];
const GOING_ON = 'going on';

function rowOfCall(
  { startedAt, sessionId, from, outcome, endedBy, duration, price }: CallRecord,
  now: Instant,
): [string, string, string, string, string, string, string] {
  const unheard = now - startedAt < SURELY_OVER_AFTER ? GOING_ON : 'not told';
  return [
    secondOf(startedAt),
    sessionId,
    from,
    outcome ?? unheard,
    endedBy ?? '',
    duration === null ? '' : formatDuration(duration),
    price === null ? '' : `${cents(price)} EUR`,
  ];
}

function rowOfText({ at, sessionId, from, outcome }: TextRecord): string[] {
  return [secondOf(at), sessionId, from, `text ${outcome}`, '', '', ''];
}

function secondOf(at: Instant): string {
  return iso(at)?.slice(0, 19).replace('T', ' ') ?? '';
}
