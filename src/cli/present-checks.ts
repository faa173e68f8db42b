import { type Check, counted } from '../use-cases/checks/check.js';
import { printable } from './plain-text.js';
import type { Style } from './style.js';

const MARKS = { ok: '✔', warning: '⚠', failed: '✖', skipped: '–' } as const;
const COLORS = { ok: 'green', warning: 'yellow', failed: 'red', skipped: 'dim' } as const;
const GAP = 2;
/** Columns that facts need beside the names; on narrower screens they stand below. */
const NARROWEST_FACTS = 40;

/** What was found, a line or a few for each check, and what it comes to. */
export function presentChecks(checks: readonly Check[], style: Style, width: number): string {
  const longest = Math.max(...checks.map(({ name }) => name.length));
  const beside = GAP + longest + GAP;
  const indent = width - beside >= NARROWEST_FACTS ? beside : 2 * GAP;
  const paragraphs = checks.map(({ name, status, fact, nextStep }) => {
    const lines = [
      ...wrapped(printable(fact), width - indent),
      ...(nextStep === null
        ? []
        : wrapped(printable(nextStep), width - indent - GAP).map(
            (line, i) => `${i === 0 ? '→' : ' '} ${line}`,
          )),
    ];
    const below = lines.map((line) => `${' '.repeat(indent)}${line}`);
    const title = `${style[COLORS[status]](MARKS[status])} ${name}`;
    if (indent < beside) return [title, ...below].join('\n');
    return [`${title}${' '.repeat(longest - name.length + GAP)}${lines[0]}`, ...below.slice(1)].join('\n');
  });
  return `${paragraphs.join('\n')}\n\n${summaryOf(checks)}`;
}

function summaryOf(checks: readonly Check[]): string {
  const count = (wanted: Check['status']) => checks.filter(({ status }) => status === wanted).length;
  const [failures, warnings, left] = [count('failed'), count('warning'), count('skipped')];
  const told = [
    ...(failures === 0 ? [] : [`${counted(failures, 'check')} failed`]),
    ...(warnings === 0 ? [] : [counted(warnings, 'warning')]),
    ...(left === 0 ? [] : [`${left} could not be made`]),
  ];
  return told.length === 0 ? 'Everything is in order.' : `${told.join(', ')}.`;
}

/** Lines of at most this many characters, broken between words. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
