import { readFileSync } from 'node:fs';
import { VoxproxyError } from '../errors.js';
import type { TermFlags } from './commands/pair.js';

export type Row = { a: string; b: string; flags: TermFlags };

/** Terms that are a text and no switch. */
type TextTerm = {
  [Term in keyof TermFlags]-?: string extends TermFlags[Term] ? Term : never;
}[keyof TermFlags];

/** Columns that a header may name, and the flags they stand for. */
const COLUMNS: Record<string, TextTerm> = {
  name: 'name',
  ttl: 'ttl',
  'label-a': 'labelA',
  'label-b': 'labelB',
  language: 'language',
  'language-a': 'languageA',
  'language-b': 'languageB',
  direction: 'direction',
  'max-duration': 'maxDuration',
};

/**
 * Reads pairs from CSV: two numbers a line, or a header that names the columns `a`, `b` and others.
 *
 * @param path a file, or `-` for standard input
 * @returns each line that is not empty, with its number in the file; a line that cannot be read as its error
 * @throws VoxproxyError `usage` when there is no such file, or it is not CSV, or its header is wrong
 */
export async function readPairs(
  path: string,
  readStandardInput: () => Promise<string>,
): Promise<{ line: number; row: Row | VoxproxyError }[]> {
  const text = path === '-' ? await readStandardInput() : readFile(path);
  const records = await parseCsv(text);
  const header = records[0]?.cells.map((cell) => cell.toLowerCase()) ?? [];
  if (!header.includes('a') || !header.includes('b')) {
    return records.map(({ line, cells }) => ({ line, row: plainRow(cells) }));
  }
  const unknown = header.find((column) => column !== 'a' && column !== 'b' && !(column in COLUMNS));
  if (unknown !== undefined || new Set(header).size < header.length) {
    throw new VoxproxyError(
      'usage',
      'The header of the file has a column that is unknown or there twice.',
      `It may name a, b, ${Object.keys(COLUMNS).join(', ')}.`,
    );
  }
  return records.slice(1).map(({ line, cells }) => ({ line, row: namedRow(header, cells) }));
}

function plainRow(cells: readonly string[]): Row | VoxproxyError {
  const [a = '', b = ''] = cells;
  return cells.length === 2 ? { a, b, flags: {} } : wrongCount(2, cells.length);
}

function namedRow(header: readonly string[], cells: readonly string[]): Row | VoxproxyError {
  if (cells.length !== header.length) return wrongCount(header.length, cells.length);
  const row: Row = { a: '', b: '', flags: {} };
  for (const [i, column] of header.entries()) {
    const cell = cells[i] ?? '';
    const term = COLUMNS[column];
    if (column === 'a' || column === 'b') row[column] = cell;
    else if (term !== undefined && cell !== '') row.flags[term] = cell;
  }
  return row;
}

function wrongCount(wanted: number, found: number): VoxproxyError {
  return new VoxproxyError(
    'usage',
    `The line has ${found} ${found === 1 ? 'column' : 'columns'}, not ${wanted}.`,
    'Two numbers a line, with a comma between them; further columns need a header: a,b,name,ttl.',
  );
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new VoxproxyError(
      'usage',
      `The file of --file cannot be read (${(error as NodeJS.ErrnoException).code}).`,
      'Check its path.',
    );
  }
}

async function parseCsv(text: string): Promise<{ line: number; cells: string[] }[]> {
  // Most pairs come without a file.
  const { parse } = await import('csv-parse/sync');
  try {
    const records: unknown = parse(text, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      info: true,
    });
    return (records as { record: string[]; info: { lines: number } }[]).map(({ record, info }) => ({
      line: info.lines,
      cells: record,
    }));
  } catch (error) {
    const { lines } = error as { lines?: number };
    if (lines === undefined) throw error;
    throw new VoxproxyError(
      'usage',
      `Line ${lines} of the file is not CSV.`,
      'Put quotes around a whole cell, or around none.',
    );
  }
}
