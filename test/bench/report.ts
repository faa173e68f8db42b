import { writeFileSync } from 'node:fs';
import { shown } from './figures.js';
import { machine } from './machine.js';
import { markdown } from './markdown.js';
import type { Result, Table } from './section.js';
import type { Target } from './target.js';

export type Finished = { name: string; title: string; seconds: number; result: Result };
export type Report = { startedAt: Date; quick: boolean; finished: readonly Finished[]; out: string };

const HOW_TO_READ = `
Figures are medians of the rounds, or of their turns, unless their column says otherwise. So are ratios, each
taken within one of them: they are not the quotients of the figures beside them. Below each table stands what is
to be reached (bound) and what would be better still (aim); not to reach it fails nothing, and a wrong answer
ends the run.
`;

/** Tables for people on standard output, and everything that was measured in a file. */
export function report({ startedAt, quick, finished, out }: Report): void {
  const seconds = Math.round((Date.now() - startedAt.getTime()) / 1000);
  const on = machine();
  const sections = finished.map(({ name, seconds, result }) => [name, { seconds, ...documentOf(result) }]);
  const { cores, ...others } = on;
  const header = [...Object.values(others), `${cores} cores`, `${quick ? 'quick, ' : ''}${seconds} s`];
  process.stdout.write(`${header.join(' · ')}\n${HOW_TO_READ}`);
  for (const { name, title, result } of finished) process.stdout.write(textOf(`${title} (${name})`, result));
  const document = { startedAt, seconds, quick, machine: on, sections: Object.fromEntries(sections) };
  writeFileSync(out, `${JSON.stringify(document, null, 2)}\n`);
  process.stdout.write(`\nEvery round: ${out}\n`);
}

function textOf(title: string, { table, targets }: Result): string {
  return `\n## ${title}\n\n${markdown(table)}\n\n${markdown(targetTable(targets))}\n`;
}

/** Each row of medians by its columns. */
function documentOf({ table, targets, rounds }: Result) {
  const medians = table.rows.map((row) =>
    Object.fromEntries(table.columns.map((column, i) => [column, row[i] ?? null])),
  );
  return { medians, targets, rounds };
}

function targetTable(targets: readonly Target[]): Table {
  return {
    columns: ['to reach', 'bound', 'aim', 'measured', ''],
    rows: targets.map(({ what, bound, value, aim, measured, reached }) => [
      what,
      `${bound} ${shown(value)}`,
      aim,
      measured,
      reached === null ? 'not measured' : reached ? 'reached' : 'not reached',
    ]),
  };
}
