import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Check, failed, listed, ok, warning } from './check.js';

const OTHERS = 0o077;

/** @param running and @param wanted like `20.19.0` */
export function nodeCheck(running: string, wanted: string): Check {
  const [major = 0, minor = 0] = running.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map(Number);
  const isNew = major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
  return isNew
    ? ok('Node', running)
    : failed('Node', `${running} is too old.`, `Install Node ${wanted} or newer.`, 'setting');
}

/** Whether the owner alone can read what lies in the home, and voxproxy can write there. */
export function fileChecks(home: string): Check[] {
  let names: string[];
  try {
    names = readdirSync(home).filter((name) => !name.endsWith('.lock'));
    accessSync(home, constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [ok('files', `Nothing lies in ${home} yet.`)];
    return [
      failed(
        'files',
        `The directory ${home} cannot be read and written (${code}).`,
        `Correct its owner and permissions: ls -ld '${home}'`,
        'service',
      ),
    ];
  }
  const open = [home, ...names.map((name) => join(home, name))].filter(isOpen);
  return [
    open.length === 0
      ? ok('files', `${home} can be read by you alone.`)
      : failed(
          'files',
          `Others than you may read ${listed(open)}.`,
          `chmod go= ${open.map((path) => `'${path}'`).join(' ')}`,
          'setting',
        ),
  ];
}

function isOpen(path: string): boolean {
  try {
    return (statSync(path).mode & OTHERS) !== 0;
  } catch {
    // Another command took it away meanwhile, as writers do.
    return false;
  }
}

/**
 * What a killed listener left: the webhooks that were to be put back.
 * @param runs whether a listener runs now, to whom it may belong
 */
export function journalChecks(home: string, runs: boolean): Check[] {
  const name = 'leftover webhooks';
  const path = join(home, 'webhooks.json');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return [];
  }
  try {
    JSON.parse(text);
  } catch {
    return [
      failed(
        name,
        `The journal ${path} is damaged, and no listener starts.`,
        'Check the webhooks with voxproxy app show, then remove it.',
        'setting',
      ),
    ];
  }
  return runs
    ? []
    : [
        warning(
          name,
          'A listener was killed before it put the webhooks of the application back.',
          'The next start does it: voxproxy serve',
        ),
      ];
}
