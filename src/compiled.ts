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

/** The form of a file of the program. */
export function compiledOf(filename: string): string {
  return join(COMPILED, basename(filename));
}

/**
 * From here on Node loads files whose names end in .cjs with what V8 made of them before: a third of the time of a short
 * command was V8 reading the program. What V8 refuses, for example because Node was started with other flags, is
 * compiled as ever.
 */
export function loadCompiled(): void {
  if (!existsSync(COMPILED)) return;
  createRequire(import.meta.url).extensions['.cjs'] = (module, filename) => {
    const cachedData = readIfAny(compiledOf(filename));
    const script = new Script(wrap(readFileSync(filename, 'utf8')), { filename, cachedData });
    const { exports } = module;
    script
      .runInThisContext()
      .call(exports, exports, createRequire(filename), module, filename, dirname(filename));
  };
}

function readIfAny(filename: string): Buffer | undefined {
  try {
    return readFileSync(filename);
  } catch {
    return undefined;
  }
}
