import { shown } from './figures.js';
import type { Table } from './section.js';

/** A table that people can read as it is, and that a page can take over. */
export function markdown({ columns, rows }: Table): string {
  const cells = rows.map((row) =>
    row.map((cell) => (cell === null ? '–' : typeof cell === 'number' ? shown(cell) : cell)),
  );
  const isNumeric = columns.map((_, i) => rows.every((row) => typeof row[i] !== 'string'));
  const widths = columns.map((column, i) =>
    Math.max(3, column.length, ...cells.map((row) => row[i]?.length ?? 0)),
  );
  const line = (row: readonly string[]) => {
    const padded = row.map((cell, i) =>
      isNumeric[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
    );
    return `| ${padded.join(' | ')} |`;
  };
  const rule = widths.map((width, i) => (isNumeric[i] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [line(columns), line(rule), ...cells.map(line)].join('\n');
}
