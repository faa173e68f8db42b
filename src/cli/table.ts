import Table from 'cli-table3';

const NARROWEST_COLUMN = 5;
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

/** A plain table; its widest columns are cut until it fits. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], width: number): string {
  const natural = head.map(
    (title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)) + GAP,
  );
  const widths = [...natural];
  const excess = () => widths.reduce((sum, one) => sum + one, 0) + INDENT - width;
  while (excess() > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] as number) <= NARROWEST_COLUMN) break;
    widths[widest] = Math.max(NARROWEST_COLUMN, (widths[widest] as number) - excess());
  }
  const drawn = new Table({
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': GAP, head: [], border: [] },
    colWidths: widths,
  });
  drawn.push(
    head.map((title) => title.toUpperCase()),
    ...rows.map((row) => [...row]),
  );
  return drawn
    .toString()
    .split('\n')
    .map((line) => `${' '.repeat(INDENT)}${line}`.trimEnd())
    .join('\n');
}
