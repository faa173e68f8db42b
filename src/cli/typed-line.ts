import type { Command, Option } from 'commander';

/** A command line as far as it can be understood, finished or not. */
export type TypedLine = {
  /** The innermost command that was named. */
  command: Command;
  /** What follows it and is no option. */
  operands: string[];
  /** The options so far, each with its last value. */
  given: Map<Option, string | null>;
  /** The option whose value comes next. */
  awaiting: Option | null;
  /** The option that the next word belongs to unless it begins with a dash. */
  mayTake: Option | null;
  /** Whether `--` stood there: nothing behind it is an option. */
  isLiteral: boolean;
  /** Whether help was asked for, by a flag or by the word. */
  asksHelp: boolean;
};

/** Reads words as the program's parser would, but goes on where that would refuse. */
export function readLine(program: Command, words: readonly string[]): TypedLine {
  const line: TypedLine = {
    command: program,
    operands: [],
    given: new Map(),
    awaiting: null,
    mayTake: null,
    isLiteral: false,
    asksHelp: false,
  };
  for (const word of words) take(line, word);
  const { command, operands } = line;
  // `pair help`; but a session may be called so.
  if (!isGroup(command) && operands.length === 1 && operands[0] === 'help' && !line.isLiteral)
    line.asksHelp ||= command.registeredArguments[0]?.name() !== 'session';
  return line;
}

function take(line: TypedLine, word: string): void {
  const taker = line.awaiting ?? (word.startsWith('-') ? null : line.mayTake);
  line.awaiting = null;
  line.mayTake = null;
  if (taker !== null) {
    line.given.set(taker, word);
  } else if (line.isLiteral || !/^-./.test(word)) {
    takeOperand(line, word);
  } else if (word === '--') {
    line.isLiteral = true;
  } else if (word === '--help' || word === '-h') {
    line.asksHelp = true;
  } else {
    const [flag = '', value] = cutAtEquals(word);
    const option = optionsFor(line.command).find(({ long, short }) => long === flag || short === flag);
    if (option === undefined) return;
    line.given.set(option, value ?? null);
    if (value !== undefined) return;
    if (option.required) line.awaiting = option;
    if (option.optional) line.mayTake = option;
  }
}

function takeOperand(line: TypedLine, word: string): void {
  const { command, operands } = line;
  const next = operands.length === 0 ? command.commands.find((one) => one.name() === word) : undefined;
  if (next !== undefined) line.command = next;
  else if (operands.length === 0 && isGroup(command) && word === 'help') line.asksHelp = true;
  else operands.push(word);
}

/** `--ttl=2h` → `--ttl` and `2h`. */
export function cutAtEquals(word: string): [flag: string, value?: string] {
  const at = word.indexOf('=');
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

/** Whether a command does nothing but hold others. */
export function isGroup({ commands, registeredArguments }: Command): boolean {
  return commands.length > 0 && registeredArguments.length === 0;
}

/** The command's own options and those of the commands that it belongs to. */
export function optionsFor(command: Command): Option[] {
  return [...command.options, ...(command.parent === null ? [] : optionsFor(command.parent))];
}

export function programOf(command: Command): Command {
  return command.parent === null ? command : programOf(command.parent);
}

/** The words that lead to a command: `numbers provision`; the program itself is ''. */
export function pathOf(command: Command): string {
  if (command.parent === null) return '';
  return `${pathOf(command.parent)} ${command.name()}`.trim();
}

/** The command and all below it. */
export function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}
