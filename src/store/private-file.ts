import { randomBytes } from 'node:crypto';
import {
  type BigIntStats,
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What changes whenever a file is replaced: inode, modification time and size. */
export type FileIdentity = string;

// A limit on the size of files (ulimit -f) ends the process amid a write, unless somebody listens; then the
// write fails as on a full disk.
process.on('SIGXFSZ', () => {});

const OWNER_ONLY = 0o600;
const OWNER_ONLY_DIRECTORY = 0o700;

/** The identity of the file at this moment, or null when there is none. */
export function identityOf(path: string): FileIdentity | null {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? null : identityIn(stat);
}

export function identityIn({ ino, mtimeNs, size }: BigIntStats): FileIdentity {
  return `${ino}:${mtimeNs}:${size}`;
}

/**
 * Puts new contents in the file's place, on disk before it is visible, readable by its owner alone.
 * Right before the rename it asks whether the file is still the one that was read.
 *
 * @returns false, and changes nothing, when somebody else replaced the file meanwhile
 */
export function replaceFile(
  path: string,
  contents: string | readonly Buffer[],
  expected: FileIdentity | null,
): boolean {
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    const descriptor = openSync(temporary, 'wx', OWNER_ONLY);
    try {
      for (const bytes of typeof contents === 'string' ? [Buffer.from(contents)] : contents)
        for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    // Whoever took over a lock from this process while it slept has removed its temporary file.
    if (identityOf(path) !== expected || !existsSync(temporary)) return false;
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
  syncDirectory(dirname(path));
  return true;
}

/**
 * Makes the directory for private files. A directory that was there and is open to others is closed
 * to them only while nothing but our own files lies in it: it might be somebody's home.
 *
 * @returns false when it stays open to others
 */
export function makePrivateDirectory(path: string): boolean {
  makeDirectories(path);
  if ((statSync(path).mode & 0o077) === 0) return true;
  const ours = /^(config\.json|store\.json|webhooks\.json|listener\.json|calls$|profiles|private-.*\.key)/;
  if (!readdirSync(path).every((name) => ours.test(name))) return false;
  chmodSync(path, OWNER_ONLY_DIRECTORY);
  return true;
}

/** By hand, because Node's own recursive mkdir never returns where a file system takes no directories, as /proc. */
function makeDirectories(path: string): void {
  if (existsSync(path)) return;
  makeDirectories(dirname(path));
  try {
    mkdirSync(path, { mode: OWNER_ONLY_DIRECTORY });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** A writer that was killed leaves its temporary file, which holds real numbers. */
export function removeAbandoned(path: string): void {
  const directory = dirname(path);
  if (!existsSync(directory)) return;
  for (const name of readdirSync(directory)) {
    if (name.startsWith(`${basename(path)}.`) && name.endsWith('.tmp'))
      rmSync(join(directory, name), { force: true });
  }
}

function syncDirectory(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
