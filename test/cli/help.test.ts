import type { Command } from 'commander';
import { afterAll, describe, expect, it, test } from 'vitest';
import { buildProgram } from '../../src/cli/program.js';
import { allCommands, isGroup, pathOf } from '../../src/cli/typed-line.js';
import { Voxproxy } from '../journeys/processes.js';
import { person } from '../support/privacy.js';
import { Operator } from '../support/voxproxy.js';

const operator = new Operator();
afterAll(() => operator.clean());

const silent = () =>
  buildProgram({ write: () => {}, width: 80 }, () => {
    chosen++;
  });
let chosen = 0;

const COMMANDS = allCommands(silent()).map(pathOf);
const LEAVES = allCommands(silent())
  .filter((command) => !isGroup(command))
  .map(pathOf);

async function helpOf(path: string, columns = 80): Promise<string> {
  const argv = path === '' ? ['--help'] : [...path.split(' '), '--help'];
  const { code, stdout, stderr } = await operator.run(argv, { terminal: { columns } });
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

/** The command lines below "Examples:", with continued lines put together, up to what the shell does with them. */
function examplesIn(help: string): string[] {
  const [, below = ''] = help.split('\nExamples:\n');
  return below
    .replace(/ \\\n +/g, ' ')
    .split('\n')
    .filter((line) => /^ {2}[^#\s]/.test(line))
    .flatMap((line) => /voxproxy (?:'[^']*'|"[^"]*"|[^'"<>|)])+/.exec(line)?.[0] ?? []);
}

function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
}

it.each([['--help'], ['-h'], ['help']])('is what the build wrote down: %s', async (word) => {
  const built = await new Voxproxy([word], {}, import.meta.dirname).ended;
  const made = await operator.run(['--json', '--help']);
  expect([built.code, built.stderr, built.stdout]).toEqual([0, '', made.stdout]);
  expect(made.stdout).toContain('Set-up:');
});

it.each([40, 80, 120])('fits a screen of %i columns', async (columns) => {
  const help = await helpOf('', columns);
  expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
});

it('shows the version once, wherever it is asked for', async () => {
  for (const argv of [['--version'], ['pair', '--version'], ['--json', 'pair', '--version']]) {
    const { code, stdout } = await operator.run(argv);
    expect([code, stdout]).toEqual([0, '0.1.0\n']);
  }
});

describe('the examples of help', () => {
  test.each(COMMANDS)('of voxproxy %s are command lines that it takes', async (path) => {
    for (const columns of [60, 100]) {
      const examples = examplesIn(await helpOf(path, columns));
      if (LEAVES.includes(path))
        expect(
          examples.filter((line) => line.startsWith(`voxproxy ${path}`)),
          'its own',
        ).not.toEqual([]);
      for (const example of examples) {
        const before = chosen;
        expect(() => silent().parse(words(example).slice(1), { from: 'user' }), example).not.toThrow();
        expect(chosen, example).toBe(before + 1);
      }
    }
  });
});

describe('the layout of help', () => {
  test.each([40, 60, 72, 80, 120, 200])('fits %d columns, and no more than 100', async (columns) => {
    for (const path of COMMANDS) {
      const lines = (await helpOf(path, columns)).split('\n');
      const [widest = ''] = lines.filter(isBreakable).sort((one, other) => other.length - one.length);
      expect(widest.length, widest).toBeLessThanOrEqual(Math.min(columns, 100));
    }
  });

  /** A line of one long word, or of a term alone, cannot be broken. */
  const isBreakable = (line: string) =>
    !/^ *('[^']*'|\S+)( <\S+>| '[^']*'| \\)*$/.test(line) && !line.startsWith('Usage:');

  it('groups the options of pair, and shows those of every command last', async () => {
    const help = await helpOf('pair');
    const order = [
      'Who:',
      'Terms:',
      'What people hear and read:',
      'Running:',
      'Global options:',
      'Examples:',
    ];
    const at = order.map((heading) => help.indexOf(`\n${heading}\n`));
    expect(at).not.toContain(-1);
    expect(at).toEqual(at.toSorted((one, other) => one - other));
  });

  it('speaks in one manner', () => {
    const described = allCommands(silent()).flatMap((command: Command) => [
      command.description(),
      ...command.options.map(({ description }) => description),
      ...command.registeredArguments.map(({ description }) => description),
    ]);
    for (const text of described) {
      expect(text).not.toMatch(/\.$/);
      expect(text).not.toMatch(/^[A-Z][a-z]+ (?!Vonage)[a-z]+ /);
    }
  });

  it('hides what only shells ask', async () => {
    for (const path of COMMANDS) expect(await helpOf(path)).not.toContain('__complete');
  });
});

describe('help is found', () => {
  test.each([
    ['help', ''],
    ['help pair', 'pair'],
    ['help numbers', 'numbers'],
    ['help numbers buy', 'numbers buy'],
    ['numbers help', 'numbers'],
    ['numbers help buy', 'numbers buy'],
    ['pair help', 'pair'],
    ['serve help', 'serve'],
    ['numbers release help', 'numbers release'],
    ['pair -h', 'pair'],
    ['pair --ttl 2h --help', 'pair'],
    ['--json help pair', 'pair'],
  ])('by voxproxy %s', async (line, path) => {
    const { code, stdout } = await operator.run(line.split(' '));
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toMatch(new RegExp(`^Usage: ${`voxproxy ${path}`.trim()} \\[options\\]`));
  });

  test.each([['help paire'], ['paire --help'], ['numbers help paire'], ['help numbers lst']])(
    'for no command that there is not: voxproxy %s',
    async (line) => {
      const { code, stdout, stderr } = await operator.run(line.split(' '));
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/There is no command '(paire|lst)'\.\n {2}Did you mean/);
    },
  );

  it('but a session may be called help', async () => {
    expect((await operator.run(['sessions', 'show', 'help'])).code).toBe(4);
  });
});

describe('a typing error', () => {
  const SUGGESTED: [line: string, meant: string][] = [
    ['paire', 'pair?'],
    ['number list', 'numbers?'],
    ['numbers lst', 'list?'],
    ['session', 'sessions?'],
    ['sessions exten x', 'extend?'],
    ['provision GB', 'voxproxy numbers provision?'],
    ['sessions pair', 'voxproxy pair?'],
    ['pair --tll 2h', '--ttl?'],
    ['pair --tll=2h', '--ttl?'],
    ['pair --mask', '--mask-numbers-in-text?'],
    ['--tll 2h pair', '--ttl'],
    ['serve --new-key-file x', 'voxproxy store rekey --new-key-file?'],
    ['sessions list --jsno', '--json?'],
    ['sessions list --hlep', '--help?'],
    ['sessions list --status opne', 'open?'],
    ['pair +447400123456 +447400654321 --lookup offlin', 'offline?'],
    ['pair +447400123456 +447400654321 --direction a-to', 'a-to-b?'],
    ['pair +447400123456 +447400654321 --language de-ED', 'de-DE?'],
    ['numbers search GB --type landlin', 'landline or landline-toll-free?'],
    ['numbers search GB --features VOCE', 'VOICE?'],
    ['numbers provision uk', 'GB?'],
    ['config set signatureSecrt x', 'signatureSecret?'],
    ['config get PUBLICURL', 'publicUrl?'],
    ['config unset maxduration', 'maxDuration?'],
    ['completion zhs', 'zsh?'],
  ];
  test.each(SUGGESTED)('voxproxy %s: did you mean %s', async (line, meant) => {
    const { code, stdout, stderr } = await operator.run(line.split(' '));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Did you mean ');
    expect(stderr).toContain(meant);
  });

  it('that is far from everything gets the way to help', async () => {
    expect((await operator.run(['sessions', 'list', '--opn'])).stderr).toContain(
      'See voxproxy sessions list',
    );
    expect((await operator.run(['-port', '1'])).stderr).toContain('See voxproxy --help.');
    expect((await operator.run(['serve', '--qqqq'])).stderr).toContain('See voxproxy serve --help.');
    expect((await operator.run(['numbers', 'qqqq'])).stderr).toContain('See voxproxy numbers --help.');
    expect((await operator.run(['explain'])).stderr).toContain('See voxproxy explain --help.');
  });

  // The operator checks every output for the numbers of `person`.
  test.each([
    [['numbers', person(1)]],
    [['help', person(1)]],
    [['numbers', 'help', person(1)]],
    [['pair', `--ttl${person(1)}`]],
    [['pair', `--${person(1)}=2h`]],
    [['config', 'get', person(1)]],
    [['completion', person(1)]],
    [['numbers', 'search', 'GB', '--type', person(1)]],
  ])('that may be a number is not repeated: %j', async (argv) => {
    const { code, stderr } = await operator.run(argv);
    expect(code).toBe(2);
    expect(stderr).not.toContain(person(1).slice(3, 8));
  });
});
