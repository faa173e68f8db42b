import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { london, Rehearsal } from '../support/rehearsal.js';
import type { Operator } from '../support/voxproxy.js';
import { Voxproxy } from './processes.js';

let rehearsal: Rehearsal;
let operator: Operator;

beforeAll(async () => {
  rehearsal = await Rehearsal.start();
  const [number] = london(880) as [string];
  await rehearsal.rent('GB', number);
  operator = await rehearsal.pooled(number);
  // Reading it loads a library that ends the process at the first signal unless somebody else listens.
  writeFileSync(join(operator.home, 'config.json'), '{}', { mode: 0o600 });
});
afterAll(() => rehearsal?.close());

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'serve ends well on %s, settings or not',
  async (signal) => {
    const before = (await operator.json(['app', 'show'])).document.application;
    const listener = new Voxproxy(['serve', '--json', '--port', '0'], operator.env, operator.home);
    await listener.firstLine();
    expect((await operator.json(['app', 'show'])).document.application.answerUrl).not.toBe(before.answerUrl);
    const { code, stderr } = await listener.end(signal);
    expect([code, stderr]).toEqual([0, expect.stringContaining('as they were before')]);
    expect((await operator.json(['app', 'show'])).document.application).toEqual(before);
  },
);
