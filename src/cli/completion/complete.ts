import type { Command } from 'commander';
import type { Context } from '../../context.js';
import { FILES } from './candidate.js';
import { offerFor } from './offer.js';

/**
 * Answers a shell: a candidate a line, its description behind a tab, or `:files` where any file can stand.
 * Whatever fails, nobody who presses a key wants to read about it: then there are no candidates.
 * @param argv `--` and the words behind the program's name, the last of them being typed
 */
export async function complete(
  argv: readonly string[],
  program: Command,
  contextOf: (profile: string | null) => Promise<Context>,
): Promise<string> {
  const words = argv[0] === '--' ? argv.slice(1) : argv;
  try {
    const offer = await offerFor(program, words.slice(0, -1), words.at(-1) ?? '', contextOf);
    if (offer === FILES) return ':files\n';
    return offer.map(({ value, description }) => `${value}\t${oneLine(description)}\n`).join('');
  } catch {
    return '';
  }
}

const LONGEST_DESCRIPTION = 80;

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > LONGEST_DESCRIPTION ? `${line.slice(0, LONGEST_DESCRIPTION - 1)}…` : line;
}
