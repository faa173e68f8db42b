import Table from 'cli-table3';

const GAP = 2;
const INDENT = 2;
const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};

type Row = readonly string[];

/**
 * A plain table. Where it is too wide, its widest columns wrap between words, but for the first, which names
 * the row; where even that does not fit, each row becomes a list of its cells.
 */
export function table(head: Row, rows: readonly Row[], width: number): string {
  const titles = head.map((title) => title.toUpperCase());
  const widths = fitted([titles, ...rows], width);
  if (widths !== undefined) return draw([titles, ...rows], widths);
  const first = Math.max(...titles.map(({ length }) => length)) + GAP;
  return rows
    .map((row) =>
      draw(
        titles.map((title, i) => [title, row[i] ?? '']),
        [first, width - INDENT - first],
      ),
    )
    .join('\n\n');
}

/** The widths of the columns; undefined when no wrapping makes them fit. */
function fitted(rows: readonly Row[], width: number): number[] | undefined {
  const widest = (measure: (cell: string) => number) =>
    (rows[0] ?? []).map(
      (_title, i) => rows.reduce((most, row) => Math.max(most, measure(row[i] ?? '')), 0) + GAP,
    );
  const widths = widest(({ length }) => length);
  const least = widest((cell) => Math.max(...cell.split(' ').map(({ length }) => length)));
  least[0] = widths[0] ?? 0;
  for (let excess = sum(widths) + INDENT - width; excess > 0; excess--) {
    const spare = widths.map((one, i) => (one > (least[i] ?? 0) ? one : 0));
    const narrowed = spare.indexOf(Math.max(...spare));
    if (spare[narrowed] === 0) return undefined;
    widths[narrowed] = (spare[narrowed] ?? 0) - 1;
  }
  return widths;
}

/** One row at a time, because the time that the library takes grows with the square of the rows. */
function draw(rows: readonly Row[], colWidths: number[]): string {
  return rows
    .map((row) => (isSimple(row, colWidths) ? padded(row, colWidths) : drawn(row, colWidths)))
    .join('\n');
}

/** Whether a row is one line of letters of one column each. */
function isSimple(row: Row, colWidths: readonly number[]): boolean {
  return row.every((cell, i) => cell.length <= (colWidths[i] ?? 0) - GAP && /^[ -~•→·]*$/.test(cell));
}

function padded(row: Row, colWidths: readonly number[]): string {
  const cells = row.map((cell, i) => cell.padEnd(colWidths[i] ?? 0));
  return `${' '.repeat(INDENT)}${cells.join('')}`.trimEnd();
}

function drawn(row: Row, colWidths: number[]): string {
  const lines = new Table({
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': GAP, head: [], border: [] },
    colWidths,
    wordWrap: true,
  });
  lines.push([...row]);
  return lines
    .toString()
    .split('\n')
    .map((line) => `${' '.repeat(INDENT)}${line}`.trimEnd())
    .join('\n');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
