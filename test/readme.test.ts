import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram } from '../src/cli/program.js';
import { type Sandbox, startSandbox } from '../src/sandbox/sandbox.js';
import { SETTING_NAMES } from '../src/setting-definitions.js';
import { Operator } from './support/voxproxy.js';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** Splits a typed line as a shell does, quotes included. */
function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
}

type Typed = { line: string; argv: string[]; expected: string[] };

/** Every command of the console blocks, with the output that stands below it. */
const TYPED = [...README.matchAll(/```console\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
  block
    .split(/^\$ /m)
    .filter((part) => part !== '')
    .map((part): Typed => {
      const [line = '', ...output] = part.trimEnd().split('\n');
      return { line, argv: words(line).slice(1), expected: output.filter((text) => text.trim() !== '') };
    }),
);

/** Session ids are random: all of them are one. */
function withOneId(text: string, ids: readonly string[]): string {
  return ids.reduce((changed, id) => changed.replaceAll(id, 'brave-otter'), text);
}

describe('the README', () => {
  let sandbox: Sandbox;
  let operator: Operator;

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0 });
    operator = new Operator(sandbox.env);
  });
  afterAll(async () => {
    await sandbox.close();
    operator.clean();
  });

  it('names the two commands for a fresh machine', () => {
    expect(README).toContain('npm ci && npm run demo');
    expect(README).toContain('npm ci && npm test');
  });

  it('shows sessions that were really run', { timeout: 20_000 }, async () => {
    expect(TYPED.length).toBeGreaterThan(3);
    for (const { line, argv, expected } of TYPED) {
      const said = argv[0] === 'serve' ? await served(argv) : await printed(argv);
      const { document } = await operator.json(['sessions', 'list']);
      const lines = withOneId(
        said,
        document.sessions.map(({ id }: { id: string }) => id),
      ).split('\n');
      for (const text of expected) expect(lines, `below "${line}"`).toContain(text);
    }
  });

  const printed = async (argv: string[]) => {
    const { stdout, stderr } = await operator.run(argv);
    return `${stdout}\n${stderr}`;
  };

  const served = async (argv: string[]) => {
    const ending = new AbortController();
    const { code, stdout } = await operator.run(argv, {
      signal: ending.signal,
      env: { PORT: '0' },
      onOutput: () => ending.abort(),
    });
    expect(code).toBe(0);
    return stdout.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:3000');
  };

  it('names only commands and flags that exist', () => {
    const program = buildProgram({ write: () => {}, width: 80 }, () => {});
    const flags = new Set(
      [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)].flatMap(
        (command) => command.options.map(({ long }) => long),
      ),
    );
    const names = program.commands.map((command) => command.name());
    for (const [, name = ''] of README.matchAll(/(?:`|\$ |^ *)voxproxy ([a-z]+)/gm))
      expect(names).toContain(name);
    for (const [flag] of README.matchAll(/(?<![\w-])--[a-z][a-z-]+/g))
      expect([...flags, '--version', '--help']).toContain(flag);
  });

  it('lists every setting', () => {
    for (const name of SETTING_NAMES.filter((one) => one !== 'restHost' && one !== 'apiHost'))
      expect(README).toContain(`\`${name}\``);
  });
});
