import { type Command, Help, type HelpConfiguration, type Option } from 'commander';
import { programOf } from './typed-line.js';

/** Longer lines are hard to read. */
const WIDEST = 100;
/** Below this, descriptions go on lines of their own. */
const NARROWEST_COLUMN = 24;
const INDENT = 6;

/** The group of the options that every command takes. */
export const GLOBALS = 'Global options:';

/** Columns that help takes on a screen. */
export function helpWidth(columns: number): number {
  return Math.min(columns, WIDEST);
}

/** How help looks: options of all commands in a group of their own, and nothing wider than the screen. */
export const HELP_LAYOUT: HelpConfiguration = {
  minWidthToWrap: NARROWEST_COLUMN,
  subcommandTerm: (command) => Help.prototype.subcommandTerm(command).replace(' [options]', ''),
  visibleOptions(this: Help, command: Command): Option[] {
    const own = Help.prototype.visibleOptions.call(this, command);
    const isOwn = (option: Option) => command.options.includes(option);
    const inherited = command.parent === null ? [] : globalsOf(programOf(command));
    return [...own.filter(isOwn), ...inherited, ...own.filter((option) => !isOwn(option))];
  },
  formatHelp(this: Help, command: Command, helper: Help): string {
    // What a command is for stands before what all commands take.
    const sections = Help.prototype.formatHelp.call(this, command, helper).trimEnd().split('\n\n');
    const isGlobal = (section: string) => section.startsWith(GLOBALS);
    const ordered = [...sections.filter((one) => !isGlobal(one)), ...sections.filter(isGlobal)];
    return `${ordered.join('\n\n')}\n`;
  },
  formatItem(this: Help, term: string, termWidth: number, description: string, helper: Help): string {
    const width = this.helpWidth ?? 80;
    if (description === '' || width - termWidth - 4 >= NARROWEST_COLUMN)
      return Help.prototype.formatItem.call(this, term, termWidth, description, helper);
    const margin = ' '.repeat(INDENT);
    return `  ${term}\n${margin}${helper.boxWrap(description, width - INDENT).replaceAll('\n', `\n${margin}`)}`;
  },
};

function globalsOf(program: Command): Option[] {
  return program.options.filter(({ hidden, long }) => !hidden && long !== '--version');
}

/** Breaks the lines that are wider than the screen: commands so that they can still be copied, prose at words. */
export function fitted(text: string, width: number): string {
  return text
    .replace(/\n+$/, '\n')
    .split('\n')
    .map((line) => (line.length <= width ? line : filled(line, width)))
    .join('\n');
}

function filled(line: string, width: number): string {
  const margin = /^ *(?:# )?/.exec(line)?.[0] ?? '';
  const isCommand = margin === '  ' && line.includes('voxproxy ');
  const end = isCommand ? ' \\' : '';
  const lines: string[] = [];
  let current = '';
  for (const word of line.slice(margin.length).match(isCommand ? SHELL_WORDS : /\S+/g) ?? []) {
    const longer = current === '' ? margin + word : `${current} ${word}`;
    if (current === '' || longer.length + end.length <= width) {
      current = longer;
      continue;
    }
    lines.push(current + end);
    current = (isCommand ? ' '.repeat(INDENT) : margin) + word;
  }
  return [...lines, current].join('\n');
}

/** What stands in quotes stays whole. */
const SHELL_WORDS = /(?:'[^']*'|"[^"]*"|[^\s'"])+/g;
