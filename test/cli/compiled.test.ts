import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';

const root = mkdtempSync(join(tmpdir(), 'voxproxy-compiled-'));
const compiled = join(root, 'dist/compiled', `${process.versions.v8}-${process.arch}`);
const forms = () => readdirSync(compiled).map((name) => join(compiled, name));

/** Writes down of each file that is loaded through V8's own form whether V8 took it. */
const PROBE = `
const vm = require('node:vm');
const { writeFileSync } = require('node:fs');
const seen = [];
vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    seen.push([options.filename, options.cachedData && !this.cachedDataRejected]);
  }
};
process.on('exit', () => writeFileSync(process.env.SEEN, JSON.stringify(seen)));
`;

function run(argv: readonly string[], flags: readonly string[] = []) {
  const seen = join(root, 'seen.json');
  const env = { PATH: process.env.PATH, HOME: root, VOXPROXY_HOME: root, SEEN: seen };
  const probe = join(root, 'probe.cjs');
  const program = join(root, 'bin/voxproxy.js');
  const stdout = execFileSync(process.execPath, [...flags, '-r', probe, program, ...argv], {
    env,
    cwd: root,
    encoding: 'utf8',
  });
  const loaded = Object.fromEntries(
    (JSON.parse(readFileSync(seen, 'utf8')) as [string, boolean | undefined][]).map(([file, taken]) => [
      basename(file),
      taken ?? 'no form',
    ]),
  );
  return { stdout, loaded };
}

beforeEach(() => {
  for (const one of ['bin', 'dist']) cpSync(resolve(one), join(root, one), { recursive: true });
  writeFileSync(join(root, 'probe.cjs'), PROBE);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the program, compiled ahead', () => {
  it.each([[['sessions', 'list']], [['explain', '+447400123456', '+442079460000']], [['numbers', 'list']]])(
    'runs %j from what the build left',
    (argv) => {
      const { loaded } = run(argv);
      expect(Object.keys(loaded).length).toBeGreaterThan(3);
      expect(new Set(Object.values(loaded))).toEqual(new Set([true]));
    },
  );

  it('does the same without it, and with one that V8 refuses', () => {
    const argv = ['sessions', 'list', '--json'];
    const { stdout } = run(argv);
    expect(JSON.parse(stdout)).toMatchObject({ sessions: [] });

    const otherFlags = run(argv, ['--stack-size=900']);
    expect(otherFlags.stdout).toBe(stdout);
    expect(Object.values(otherFlags.loaded)).not.toContain(true);

    for (const form of forms()) truncateSync(form, 100);
    const damaged = run(argv);
    expect(damaged.stdout).toBe(stdout);
    expect(Object.values(damaged.loaded)).not.toContain(true);

    rmSync(join(root, 'dist/compiled'), { recursive: true });
    const without = run(argv);
    expect(without).toEqual({ stdout, loaded: {} });
  });
});
