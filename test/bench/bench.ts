import { allocation } from './allocation.js';
import { answers } from './answers.js';
import { readCommandLine, USAGE, WrongUse } from './command-line.js';
import { commands } from './commands.js';
import { Databases } from './databases.js';
import { FULL, QUICK } from './effort.js';
import { freshness } from './freshness.js';
import { Homes } from './homes.js';
import { WrongAnswer } from './load.js';
import { postgresAnswers } from './postgres-answers.js';
import { postgresMemory } from './postgres-memory.js';
import { postgresPairs } from './postgres-pairs.js';
import { Progress } from './progress.js';
import { reload } from './reload.js';
import { type Finished, report } from './report.js';
import type { Section } from './section.js';
import { Stage } from './stage.js';
import { startUp } from './start-up.js';

const SECTIONS: Record<string, Section> = {
  'start-up': startUp,
  allocation,
  commands,
  freshness,
  answers,
  reload,
  'postgres-answers': postgresAnswers,
  'postgres-pairs': postgresPairs,
  'postgres-memory': postgresMemory,
};

async function main(): Promise<number> {
  const { quick, help, sections, out } = readCommandLine(process.argv.slice(2), Object.keys(SECTIONS));
  if (help) {
    process.stdout.write(`${USAGE}\nSections: ${Object.keys(SECTIONS).join(', ')}\n`);
    return 0;
  }
  const startedAt = new Date();
  const stage = new Stage();
  const progress = new Progress();
  const homes = await Homes.open(stage);
  const databases = new Databases();
  const finished: Finished[] = [];
  try {
    for (const name of sections) {
      const { title, run } = SECTIONS[name] as Section;
      const step = (what: string, detail?: string) => progress.step(`${name}: ${what}`, detail);
      const start = performance.now();
      const result = await run({ effort: quick ? QUICK : FULL, stage, homes, databases, step });
      finished.push({ name, title, seconds: (performance.now() - start) / 1000, result });
    }
  } finally {
    await databases.remove();
    progress.done();
    if (finished.length > 0) report({ startedAt, quick, finished, out });
  }
  const wrong = finished.flatMap(({ result }) => result.wrong ?? []);
  for (const what of wrong) process.stderr.write(`✖ ${what}\n`);
  return wrong.length === 0 ? 0 : 1;
}

main().then(
  // The sandbox would go on.
  (code) => process.exit(code),
  (error: Error) => {
    const told = error instanceof WrongUse || error instanceof WrongAnswer;
    process.stderr.write(`\n✖ ${told ? error.message : error.stack}\n`);
    process.exit(error instanceof WrongUse ? 2 : 1);
  },
);
