import type { Command, CommanderError } from 'commander';
import { VoxproxyError } from '../errors.js';
import { didYouMean, nearest } from './nearest.js';
import {
  allCommands,
  cutAtEquals,
  isGroup,
  optionsFor,
  pathOf,
  programOf,
  type TypedLine,
} from './typed-line.js';

const TYPED = /'([^']*)'/su;
/** What could be a command or an option; anything else may be nearly a real number, or a secret. */
const HARMLESS_WORD = /^(--)?[a-z]+(-[a-z]+)*$/;

/** commander repeats what was typed; here that is repeated only where it is harmless. */
export function wrongUse({ code, message }: CommanderError, line: TypedLine): VoxproxyError {
  if (code === 'commander.unknownCommand') return unknownCommand(line);
  if (code === 'commander.unknownOption') return unknownOption(TYPED.exec(message)?.[1] ?? '', line);
  return wrong(message.replace(/^error: /, ''), line, null);
}

export function unknownCommand(line: TypedLine): VoxproxyError {
  const word = line.operands[0] ?? '';
  const below = nearest(
    word,
    visible(line.command).map((command) => command.name()),
  );
  return wrong(notKnown('command', word), line, below.length > 0 ? below : elsewhere(word, line.command));
}

/** A noun whose verb is missing. */
export function incomplete(noun: Command): VoxproxyError {
  const verbs = visible(noun).map((verb) => verb.name());
  return new VoxproxyError(
    'usage',
    `voxproxy ${noun.name()} needs one of: ${verbs.join(', ')}.`,
    `See voxproxy ${noun.name()} --help.`,
  );
}

function unknownOption(typed: string, line: TypedLine): VoxproxyError {
  const [flag] = cutAtEquals(typed);
  const near = flag.startsWith('--') ? nearest(flag, [...flagsOf(optionsFor(line.command)), '--help']) : [];
  return wrong(notKnown('option', flag), line, near.length > 0 ? near : takers(flag, line.command));
}

const MOST_TAKERS = 3;

/**
 * The commands that take an option of this name, when this one does not. Where no command was typed, those of a name
 * like it too: of a command that was, what is only like another's was not meant.
 */
function takers(flag: string, command: Command): string[] {
  if (!flag.startsWith('--')) return [];
  const leaves = leavesBeside(command);
  const names =
    command === programOf(command)
      ? nearest(
          flag,
          leaves.flatMap((leaf) => flagsOf(leaf.options)),
        )
      : [flag];
  const taking = leaves.flatMap((leaf) =>
    flagsOf(leaf.options)
      .filter((one) => names.includes(one))
      .map((one) => `voxproxy ${pathOf(leaf)} ${one}`),
  );
  return taking.length > MOST_TAKERS ? [] : taking;
}

/** `voxproxy provision` meant `numbers provision`, and `sessions pair` meant `pair`. */
function elsewhere(word: string, command: Command): string[] {
  const leaves = leavesBeside(command);
  const names = nearest(
    word,
    leaves.map((leaf) => leaf.name()),
  );
  const meant = leaves.filter((leaf) => names.includes(leaf.name()));
  return meant.length > MOST_TAKERS ? [] : meant.map((leaf) => `voxproxy ${pathOf(leaf)}`);
}

function leavesBeside(command: Command): Command[] {
  return allCommands(programOf(command)).filter((one) => one !== command && !isGroup(one));
}

function visible(command: Command): readonly Command[] {
  return command.createHelp().visibleCommands(command);
}

function flagsOf(options: readonly { long?: string | undefined; hidden: boolean }[]): string[] {
  return options.flatMap(({ long, hidden }) => (long === undefined || hidden ? [] : [long]));
}

function notKnown(what: string, word: string): string {
  return HARMLESS_WORD.test(word) ? `there is no ${what} '${word}'` : `what was typed is no ${what}`;
}

function wrong(what: string, { command }: TypedLine, near: readonly string[] | null): VoxproxyError {
  const sentence = what.charAt(0).toUpperCase() + what.slice(1);
  const help = `See ${`voxproxy ${pathOf(command)}`.trim()} --help.`;
  return new VoxproxyError('usage', sentence.replace(/\.?$/, '.'), didYouMean(near ?? []) ?? help);
}
