import { closeSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const USAGE = `Usage: npm run bench -- [--quick] [--only <section,…>] [--out <file>]

  --quick        within a minute, and rougher
  --only <list>  these sections alone, separated by commas
  --out <file>   where the figures go, as JSON
  --help         this text
`;

export type CommandLine = { quick: boolean; help: boolean; sections: string[]; out: string };

export class WrongUse extends Error {}

/** @throws WrongUse */
export function readCommandLine(argv: readonly string[], sections: readonly string[]): CommandLine {
  const { quick = false, help = false, only, out } = parsed(argv);
  const chosen = only?.split(',').map((name) => name.trim()) ?? sections;
  const unknown = chosen.find((name) => !sections.includes(name));
  if (unknown !== undefined)
    throw new WrongUse(
      `There is no section ${JSON.stringify(unknown)}. The sections: ${sections.join(', ')}`,
    );
  return {
    quick,
    help,
    // In one order whatever was typed: those that measure starts go first, while this process is small.
    sections: sections.filter((name) => chosen.includes(name)),
    out: writable(resolve(out ?? join(tmpdir(), 'bench-results.json'))),
  };
}

/** Better known now than after minutes. */
function writable(file: string): string {
  try {
    closeSync(openSync(file, 'a'));
    return file;
  } catch (error) {
    throw new WrongUse(`${file} cannot be written (${(error as NodeJS.ErrnoException).code}).`);
  }
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        quick: { type: 'boolean' },
        only: { type: 'string' },
        out: { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new WrongUse((error as Error).message);
  }
}
