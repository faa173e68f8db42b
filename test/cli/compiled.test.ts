import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

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

const made = join(root, 'made');

beforeAll(() => {
  const place = (one: string) => join(root, one);
  for (const one of ['bin', 'dist']) cpSync(resolve(one), place(one), { recursive: true });
  const { status, stderr } = spawnSync(process.execPath, [place('bin/compile.js')], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  cpSync(place('dist'), made, { recursive: true });
  writeFileSync(place('probe.cjs'), PROBE);
}, 60_000);
beforeEach(() => {
  rmSync(join(root, 'dist'), { recursive: true });
  cpSync(made, join(root, 'dist'), { recursive: true });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const half = (file: string) => truncateSync(file, statSync(file).size / 2);
/** What is left when a machine loses its power: V8 itself looks at the beginning and the length alone. */
function zeroed(file: string): void {
  const size = statSync(file).size;
  half(file);
  truncateSync(file, size);
}
const cut = (file: string) => truncateSync(file, 10);

describe('the program, compiled ahead', () => {
  it.each([[['sessions', 'list']], [['explain', '+447400123456', '+442079460000']], [['numbers', 'list']]])(
    'runs %j from what the build left',
    (argv) => {
      const { loaded } = run(argv);
      expect(Object.keys(loaded).length).toBeGreaterThan(3);
      expect(new Set(Object.values(loaded))).toEqual(new Set([true]));
    },
  );

  it('is compiled anew where somebody changed a file, be it by nothing but letters', () => {
    for (const name of readdirSync(join(root, 'dist')).filter((file) => file.endsWith('.cjs'))) {
      const file = join(root, 'dist', name);
      writeFileSync(file, readFileSync(file, 'utf8').replace('No sessions', 'NO SESSIONS'));
    }
    expect(run(['sessions', 'list']).stdout).toContain('NO SESSIONS');
  });

  it('names the same places in errors', () => {
    const frames = () => {
      const { stderr, status } = spawnSync(
        process.execPath,
        ['-r', join(root, 'fault.cjs'), join(root, 'bin/voxproxy.js'), 'sessions', 'list', '--verbose'],
        { env: { PATH: process.env.PATH, VOXPROXY_HOME: root }, cwd: root, encoding: 'utf8' },
      );
      expect(status).toBe(1);
      return stderr.match(/at .*sessions.*\.cjs:\d+:\d+/g);
    };
    writeFileSync(
      join(root, 'fault.cjs'),
      'const { filter } = Array.prototype; Array.prototype.filter = function (...by) { if (/list-sessions/.test(new Error().stack)) throw new Error("a fault"); return filter.apply(this, by); };',
    );
    const compiledFrames = frames();
    expect(compiledFrames).not.toBeNull();
    rmSync(join(root, 'dist/compiled'), { recursive: true });
    expect(frames()).toEqual(compiledFrames);
  });

  it('does the same without it, and with one that V8 refuses', () => {
    const argv = ['sessions', 'list', '--json'];
    const { stdout } = run(argv);
    expect(JSON.parse(stdout)).toMatchObject({ sessions: [] });

    const otherFlags = run(argv, ['--stack-size=900']);
    expect(otherFlags.stdout).toBe(stdout);
    expect(Object.values(otherFlags.loaded)).not.toContain(true);

    for (const damage of [half, zeroed, cut]) {
      for (const form of forms()) damage(form);
      const damaged = run(argv);
      expect(damaged.stdout).toBe(stdout);
      expect(Object.values(damaged.loaded)).not.toContain(true);
    }

    rmSync(join(root, 'dist/compiled'), { recursive: true });
    const without = run(argv);
    expect(without).toEqual({ stdout, loaded: {} });
  });
});
