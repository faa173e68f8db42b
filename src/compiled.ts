import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire, wrap } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { arch, versions } from 'node:process';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

/**
 * Where V8's own form of the program's files lies, which the build made by running some commands. Another V8 or another
 * processor would not understand it, and finds another directory, or none.
 */
export const COMPILED = fileURLToPath(new URL(`./compiled/${versions.v8}-${arch}`, import.meta.url));

/** Bytes before each form. */
const DIGEST = 32;
/** What Node puts before a file: the columns that errors name begin behind it. */
const PREFIX = wrap('\0').indexOf('\0');

/** The form of a file of the program. */
export function compiledOf(filename: string): string {
  return join(COMPILED, basename(filename));
}

/** The form as it is kept: V8 runs whatever it is given, so it is to be just this one, of just this file, where it lies. */
export function sealed(form: Buffer, source: string, filename: string): Buffer {
  return Buffer.concat([digestOf(form, source, filename), form]);
}

/**
 * From here on Node loads files whose names end in .cjs with what V8 made of them before: a third of the time of a short
 * command was V8 reading the program. A form that is damaged, or that V8 refuses because Node was started with other
 * flags, counts for nothing.
 */
export function loadCompiled(): void {
  if (!existsSync(COMPILED)) return;
  createRequire(import.meta.url).extensions['.cjs'] = (module, filename) => {
    const source = wrap(readFileSync(filename, 'utf8'));
    const cachedData = formOf(filename, source);
    const script = new Script(source, { filename, cachedData, columnOffset: -PREFIX });
    const { exports } = module;
    script
      .runInThisContext()
      .call(exports, exports, createRequire(filename), module, filename, dirname(filename));
  };
}

function formOf(filename: string, source: string): Buffer | undefined {
  try {
    const kept = readFileSync(compiledOf(filename));
    const form = kept.subarray(DIGEST);
    return digestOf(form, source, filename).equals(kept.subarray(0, DIGEST)) ? form : undefined;
  } catch {
    return undefined;
  }
}

function digestOf(form: Buffer, source: string, filename: string): Buffer {
  return createHash('sha256').update(filename).update(source).update(form).digest();
}
