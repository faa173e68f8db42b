import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { Voxproxy } from './processes.js';

const home = mkdtempSync(join(tmpdir(), 'voxproxy-test-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

it('a sandbox whose terminal was closed goes on, and ends when it is told to', async () => {
  const sandbox = new Voxproxy(['sandbox', '--json', '--port', '0'], { VOXPROXY_HOME: home }, home);
  const { url } = await sandbox.firstLine();
  sandbox.closeOutput();
  // Each request is a line of its log, which nobody reads.
  for (let n = 0; n < 3; n++) expect((await fetch(`${url}/sandbox/state`)).status).toBe(200);
  await sleep(300);
  const { code, milliseconds } = await sandbox.end('SIGTERM');
  expect(code).toBe(0);
  expect(milliseconds).toBeLessThan(5_000);
});
