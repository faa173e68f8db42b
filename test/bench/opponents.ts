import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pair } from './homes.js';
import { cleanEnv, ServerProcess } from './processes.js';
import type { Stage } from './stage.js';

/** The build puts every program of the bench beside this one. */
export const programOf = (name: string) => join(import.meta.dirname, `${name}.mjs`);

/** Fastify that answers every call with this NCCO. */
export function startBareFastify(stage: Stage, ncco: string): Promise<ServerProcess> {
  return start(stage, 'bare-fastify', 'bare Fastify', ncco);
}

/** The tutorial's answerer with these conversations. */
export function startTutorial(stage: Stage, pairs: readonly Pair[]): Promise<ServerProcess> {
  return start(stage, 'tutorial', 'tutorial', JSON.stringify(pairs), `-${pairs.length}`);
}

function start(stage: Stage, program: string, name: string, given: string, suffix = '') {
  const file = join(stage.directory, `${program}${suffix}.json`);
  writeFileSync(file, given);
  const place = { env: cleanEnv(stage.directory), cwd: stage.directory };
  return ServerProcess.start(stage, name, [programOf(program), file], place);
}
