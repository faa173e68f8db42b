import type { Command, Option } from 'commander';
import type { Context } from '../../context.js';
import { isGroup, optionsFor, pathOf, programOf, readLine, type TypedLine } from '../typed-line.js';
import { type Candidate, FILES, type Offer, plain } from './candidate.js';
import * as fixed from './fixed-values.js';
import * as kept from './kept-values.js';

/** Where a value comes from, given how it begins. */
type Source = (context: Context, typed: string, line: TypedLine) => Promise<Offer>;

/**
 * What the word that is being typed can become. Never a real number.
 * @param words the words before it
 * @param typed how it begins, maybe not at all
 * @param contextOf the context of a profile
 */
export async function offerFor(
  program: Command,
  words: readonly string[],
  typed: string,
  contextOf: (profile: string | null) => Promise<Context>,
): Promise<Offer> {
  const line = readLine(program, words);
  const context = await contextOf(profileOf(line));
  const values = (option: Option, text: string) =>
    (VALUES_OF_FLAG[option.long ?? ''] ?? nothing)(context, text, line);
  if (line.awaiting !== null) return beginningWith(typed, await values(line.awaiting, typed));
  if (!line.isLiteral && typed.startsWith('-')) {
    const option = optionsFor(line.command).find(
      ({ long, required }) => required && typed.startsWith(`${long}=`),
    );
    if (option === undefined) return beginningWith(typed, flagsOf(line));
    const offer = await values(option, typed.slice(`${option.long}=`.length));
    if (offer === FILES) return offer;
    const whole = offer.map(({ value, description }) => ({ value: `${option.long}=${value}`, description }));
    return beginningWith(typed, whole);
  }
  return beginningWith(typed, await operandsOf(context, typed, line));
}

async function operandsOf(context: Context, typed: string, line: TypedLine): Promise<Offer> {
  const { command, operands, isLiteral } = line;
  const commands = operands.length === 0 && command.commands.length > 0 ? commandsOf(line) : [];
  if (isGroup(command) || line.asksHelp) return commands;
  const { registeredArguments: all } = command;
  const argument = all[operands.length] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined);
  if (argument === undefined) return isLiteral ? [] : flagsOf(line);
  const path = pathOf(command);
  const source =
    VALUES_OF_ARGUMENT[`${path} ${argument.name()}`] ?? VALUES_OF_ARGUMENT[argument.name()] ?? nothing;
  const values = await source(context, typed, line);
  return values === FILES ? values : [...commands, ...values];
}

function commandsOf({ command, asksHelp }: TypedLine): Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((one) => !asksHelp || one.name() !== 'help')
    .map((one) => ({ value: one.name(), description: one.description() }));
}

/** The flags that can still be given; one that was given takes its opposite with it. */
function flagsOf({ command, given }: TypedLine): Candidate[] {
  const done = new Set([...given.keys()].map((option) => option.attributeName()));
  return [
    ...[...command.options, ...(command.parent === null ? [] : programOf(command).options)]
      .filter((option) => !option.hidden && (option.variadic || !done.has(option.attributeName())))
      .map(({ long, description }) => ({ value: long ?? '', description })),
    { value: '--help', description: 'print help' },
  ].filter(({ value }) => value !== '' && (value !== '--version' || command.parent === null));
}

function beginningWith(typed: string, offer: Offer): Offer {
  if (offer === FILES) return offer;
  const beginning = typed.toLowerCase();
  return offer.filter(({ value }) => value.toLowerCase().startsWith(beginning));
}

function profileOf({ given }: TypedLine): string | null {
  for (const [option, value] of given) if (option.long === '--profile') return value;
  return null;
}

const nothing: Source = async () => [];
const files: Source = async () => FILES;
const stores: Source = async () => plain(['json', 'postgres']);

const VALUES_OF_FLAG: Readonly<Record<string, Source>> = {
  '--by': async () => plain(['day', 'session', 'country']),
  '--country': fixed.countries,
  '--direction': fixed.directions,
  '--features': (_context, typed) => fixed.features(typed),
  '--file': files,
  '--from': stores,
  '--host': async () => plain(['127.0.0.1', '0.0.0.0']),
  '--language': fixed.languages,
  '--language-a': fixed.languages,
  '--language-b': fixed.languages,
  '--lookup': fixed.lookupWays,
  '--new-key-file': files,
  '--private-key': files,
  '--profile': kept.profiles,
  '--status': async () => plain(['open', 'expired', 'closed']),
  '--to': stores,
  '--type': fixed.numberTypes,
};

/** By the argument's name, or by that of its command and its own. What takes real numbers stands nowhere. */
const VALUES_OF_ARGUMENT: Readonly<Record<string, Source>> = {
  country: fixed.countries,
  session: (context, typed, { command }) => kept.sessions(context, typed, ENDING.has(command.name())),
  shell: async () => plain(['bash', 'zsh', 'fish']),
  to: (context) => kept.virtualNumbers(context, true),
  'numbers link number': (context) => kept.virtualNumbers(context, false),
  'numbers release number': (context) => kept.virtualNumbers(context, true),
  'config get name': () => fixed.settingNames(false),
  'config set name': () => fixed.settingNames(true),
  'config unset name': () => fixed.settingNames(true),
  'config set value': (_context, _typed, { operands }) => fixed.settingValues(operands[0] ?? ''),
};

/** Commands that mean nothing to a session that has ended. */
const ENDING: ReadonlySet<string> = new Set(['close', 'unpair', 'notify']);
