import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'rolldown';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { legOf, SIDES } from '../../src/domain/session.js';
import { JsonStore } from '../../src/store/json-store.js';
import {
  ANNA,
  BEN,
  counter,
  poolNumber,
  poolOf,
  realNumber,
  request,
  START,
  virtualNumber,
} from '../contract/fixtures.js';

const WRITER = `
  const [built, path, at, requests] = JSON.parse(process.argv[1]);
  const { JsonStore } = await import(built);
  const store = new JsonStore(path, () => {});
  while (Date.now() < at);
  let made = 0;
  const kinds = [];
  for (const request of requests) {
    const [opened] = await store.open([request], ${START}, () => 'p' + process.pid + '-' + ++made);
    kinds.push(opened.kind);
    if (opened.kind === 'created') await store.markTold([{ sessionId: opened.session.id, side: 'a', at: ${START} }]);
  }
  process.stdout.write(JSON.stringify(kinds));
`;

describe('writers of one JSON store', () => {
  const built = mkdtempSync(join(tmpdir(), 'voxproxy-built-'));
  const module = join(built, 'json-store.mjs');
  let home: string;
  let path: string;

  beforeAll(async () => {
    const input = join(import.meta.dirname, '../../src/store/json-store.ts');
    await build({ input, platform: 'node', output: { file: module, codeSplitting: false } });
  });
  afterAll(() => rmSync(built, { recursive: true, force: true }));

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'voxproxy-writers-'));
    path = join(home, 'store.json');
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  /** A process of its own that opens these sessions one after the other, beginning at this moment. */
  function writer(at: number, requests: unknown[]) {
    const child = spawn(
      process.execPath,
      ['--input-type=module', '--eval', WRITER, JSON.stringify([module, path, at, requests])],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const text = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (text.stdout += chunk));
    child.stderr.on('data', (chunk) => (text.stderr += chunk));
    const ended = new Promise<string[]>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) =>
        code === 0
          ? resolve(JSON.parse(text.stdout))
          : reject(new Error(`${code ?? signal}: ${text.stderr}`)),
      );
    });
    return { child, ended };
  }

  it('ten processes that pair at once lose nothing and share no leg', async () => {
    const store = new JsonStore(path, () => {});
    for (const number of poolOf(20)) await store.putNumber(number, START);
    const [processes, each] = [10, 2];
    const at = Date.now() + 1500;
    const writers = Array.from({ length: processes }, (_, n) =>
      writer(
        at,
        Array.from({ length: each }, (_, m) => request(ANNA, realNumber(100 + n * each + m))),
      ),
    );
    const kinds = await Promise.all(writers.map(({ ended }) => ended));
    expect(kinds.flat()).toEqual(Array(processes * each).fill('created'));

    const sessions = await store.sessions();
    expect(sessions).toHaveLength(processes * each);
    expect(new Set(sessions.map(({ b }) => b.realNumber)).size).toBe(processes * each);
    expect(sessions.every(({ a }) => a.notifiedAt === START)).toBe(true);
    const legs = sessions.flatMap((session) => SIDES.map((side) => legOf(session, side)));
    expect(new Set(legs.map(({ caller, dialled }) => caller + dialled)).size).toBe(legs.length);
  }, 20_000);

  it('a writer that is killed leaves all of a session or none of it, and the next goes on', async () => {
    const store = new JsonStore(path, () => {});
    for (const number of poolOf(2)) await store.putNumber(number, START);
    const { child, ended } = writer(
      0,
      Array.from({ length: 300 }, (_, n) => request(realNumber(2 * n + 100), realNumber(2 * n + 101))),
    );
    while ((await store.sessions()).length < 5) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGKILL');
    await expect(ended).rejects.toThrow('SIGKILL');
    const left = await new JsonStore(path, () => {}).sessions();
    expect(left.length).toBeGreaterThanOrEqual(5);
    const [opened] = await store.open([request(ANNA, BEN)], START, counter());
    expect(opened?.kind).toBe('created');
    expect(await store.sessions()).toHaveLength(left.length + 1);
  }, 20_000);

  it('a lock without a sign of life is taken over after four seconds, and not before', async () => {
    const store = new JsonStore(path, () => {});
    mkdirSync(`${path}.lock`);
    const left = new Date(Date.now() - 2000);
    utimesSync(`${path}.lock`, left, left);
    await store.putNumber(poolNumber(virtualNumber(1)), START);
    const age = Date.now() - left.getTime();
    expect(age).toBeGreaterThanOrEqual(3900);
    expect(age).toBeLessThan(6500);
    expect(await store.numbers()).toHaveLength(1);
  }, 20_000);

  it('a lock that shows signs of life is waited for', async () => {
    const store = new JsonStore(path, () => {});
    mkdirSync(`${path}.lock`);
    let stored = false;
    const storing = store.putNumber(poolNumber(virtualNumber(1)), START).then(() => {
      stored = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(stored).toBe(false);
    rmSync(`${path}.lock`, { recursive: true });
    await storing;
    expect(stored).toBe(true);
  });
});
