import type { Tally } from '../domain/call-summary.js';
import { compactDuration } from '../domain/duration.js';
import { bars } from './bar-chart.js';
import { cents, money } from './present-call-record.js';
import { table } from './table.js';

/** How one of the tables begins its rows, and what it counts. */
export type Row = { label: string; tally: Tally };

export const HEADINGS = { day: 'day (UTC)', session: 'session', country: 'country' };
export type By = keyof typeof HEADINGS;

const COLUMNS = ['calls', 'answered', 'refused', 'minutes', 'average', 'eur', 'texts'];
const LEFT_OUT_FIRST = ['average', 'refused', 'texts', 'minutes', 'eur'];
const GAP = 2;
/** Shorter bars show little, longer ones no more. */
const SHORTEST_BAR = 8;
const LONGEST_BAR = 30;

/** What is counted, as every JSON answer has it. */
export function tallyDocument({ price, ...tally }: Tally) {
  return { ...tally, price: money(price) };
}

/** A table with a bar for the calls of each row; where there is no room beside it, the bars stand above. */
export function summaryTable(by: By, rows: readonly Row[], width: number): string {
  const all = [[HEADINGS[by], ...COLUMNS], ...rows.map(({ label, tally }) => [label, ...cellsOf(tally)])];
  const kept = columnsThatFit(all, width);
  const [head = [], ...cells] = all.map((row) => row.filter((_cell, i) => kept.has(i)));
  if (width === Number.POSITIVE_INFINITY) return table(head, cells, width);
  const calls = rows.map(({ tally }) => tally.calls);
  const room = width - widthOf([head, ...cells]) - GAP;
  if (room >= SHORTEST_BAR) {
    const drawn = bars(calls, Math.min(room, LONGEST_BAR));
    return table(
      [...head, ''],
      cells.map((row, i) => [...row, drawn[i] ?? '']),
      width,
    );
  }
  return `${chart(rows, width)}\n\n${table(head, cells, width)}`;
}

/** The places of the columns that a screen has room for; the others are left out, the least telling first. */
function columnsThatFit(rows: readonly string[][], width: number): Set<number> {
  const kept = new Set((rows[0] ?? []).keys());
  for (const title of LEFT_OUT_FIRST) {
    if (widthOf(rows.map((row) => row.filter((_cell, i) => kept.has(i)))) <= width) break;
    kept.delete(COLUMNS.indexOf(title) + 1);
  }
  return kept;
}

function widthOf(rows: readonly string[][]): number {
  const widths = (rows[0] ?? []).map((_title, i) => widest(rows.map((row) => row[i] ?? '')) + GAP);
  return widths.reduce((sum, one) => sum + one, GAP);
}

/** `12 calls, 9 answered, 1 refused · 31.5 minutes · 0.4725 EUR · 3 texts`. */
export function totalLine(tally: Tally): string {
  const { calls, answered, refused, duration, price, texts } = tally;
  return [
    `${counted(calls, 'call')}, ${answered} answered, ${refused} refused`,
    `${minutes(duration)} minutes`,
    ...(price === null ? [] : [`${cents(price)} EUR`]),
    counted(texts, 'text'),
  ].join(' · ');
}

function chart(rows: readonly Row[], width: number): string {
  const labels = Math.min(widest(rows.map(({ label }) => label)), Math.floor(width / 2));
  const counts = widest(rows.map(({ tally }) => String(tally.calls)));
  const room = Math.max(1, Math.min(LONGEST_BAR, width - labels - counts - 3 * GAP));
  const drawn = bars(
    rows.map(({ tally }) => tally.calls),
    room,
  );
  const gap = ' '.repeat(GAP);
  return rows
    .map(({ label, tally }, i) =>
      `${gap}${label.slice(0, labels).padEnd(labels)}${gap}${String(tally.calls).padStart(counts)}${gap}${drawn[i]}`.trimEnd(),
    )
    .join('\n');
}

function cellsOf({ calls, answered, refused, duration, averageDuration, price, texts }: Tally): string[] {
  return [
    String(calls),
    String(answered),
    String(refused),
    minutes(duration),
    averageDuration === null ? '' : compactDuration(averageDuration),
    cents(price),
    String(texts),
  ];
}

function minutes(seconds: number): string {
  return (seconds / 60).toFixed(1);
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function widest(texts: readonly string[]): number {
  return texts.reduce((most, { length }) => Math.max(most, length), 0);
}
