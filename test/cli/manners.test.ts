import { stripVTControlCharacters } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { person } from '../support/privacy.js';
import { Operator } from '../support/voxproxy.js';

const operator = new Operator();
afterAll(() => operator.clean());

const run = (...argv: string[]) => operator.run(argv);
const terminal = (...argv: string[]) => operator.run(argv, { terminal: {} });

describe('help and version', () => {
  const NOUNS = [
    '',
    'numbers',
    'pair',
    'serve',
    'sessions',
    'unpair',
    'explain',
    'app',
    'config',
    'sandbox',
    'demo',
  ];
  test.each(NOUNS)('voxproxy %s --help', async (noun) => {
    const argv = noun === '' ? [] : [noun];
    for (const flag of ['--help', '-h']) {
      const { code, stdout, stderr } = await run(...argv, flag);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain(`Usage: voxproxy${noun && ` ${noun}`}`);
    }
  });

  test('without anything, help', async () => {
    const { code, stdout } = await run();
    expect(code).toBe(0);
    expect(stdout).toContain('Usage: voxproxy');
    expect(await operator.json([])).toMatchObject({ code: 2, document: { error: { code: 'usage' } } });
  });

  test('help fits the terminal', async () => {
    const { stdout } = await operator.run(['pair', '--help'], { terminal: { columns: 72 } });
    const options = stdout.slice(0, stdout.indexOf('Examples'));
    expect(Math.max(...options.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(72);
  });

  test('version', async () => {
    const { code, stdout } = await run('--version');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('wrong use', () => {
  test.each(['numbers', 'sessions', 'app', 'config'])('%s alone needs a verb', async (noun) => {
    const { code, stdout, stderr } = await run(noun);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(new RegExp(`voxproxy ${noun} needs one of: \\w+`));
  });

  test.each([
    ['pairr', "no command 'pairr'", 'Did you mean pair?'],
    ['session list', "no command 'session'", 'Did you mean sessions?'],
    ['sessions lst', "no command 'lst'", 'Did you mean list?'],
    ['numbers provison GB', "no command 'provison'", 'Did you mean provision?'],
    ['sessions list --stats open', "no option '--stats'", 'Did you mean --status?'],
    ['pair --labl-a Sam', "no option '--labl-a'", 'Did you mean --label-a'],
    ['numbers search GB --jsn', "no option '--jsn'", 'Did you mean --json?'],
    ['frobnicate', "no command 'frobnicate'", 'See voxproxy --help.'],
  ])('%s: suggests the nearest', async (line, what, nearest) => {
    const { code, stderr } = await run(...line.split(' '));
    expect(code).toBe(2);
    expect(stderr).toContain(what);
    expect(stderr).toContain(nearest);
  });

  test.each([
    ['pair --ttl', '--ttl'],
    ['explain', 'from'],
    ['sessions show', 'session'],
    ['sessions show a b', 'got 2'],
    ['numbers provision', 'country'],
    ['--profile', '--profile'],
  ])('%s: says what is missing', async (line, named) => {
    const { code, stderr } = await run(...line.split(' '));
    expect(code).toBe(2);
    expect(stderr).toContain(named);
  });

  const typed = person(1);
  const spaced = `${typed.slice(0, 3)} ${typed.slice(3, 7)} ${typed.slice(7)}`;
  const national = `0${typed.slice(3)}`;
  test.each([
    [[typed]],
    [[spaced]],
    [[national]],
    [[national.slice(0, 5), national.slice(5)]],
    [[typed, '--json']],
    [['pair', typed, person(2), person(3)]],
    [['pair', `--${typed}`]],
    [['pair', `--ttl=${typed}`, typed, person(2)]],
    [['pair', `-${national}`, person(2)]],
    [['pair', typed, person(2), '--country', typed]],
    [['pair', typed, person(2), '--lookup', typed]],
    [['pair', typed, person(2), '--max-duration', typed]],
    [['pair', typed, person(2), '--language', national]],
    [['pair', typed, person(2), '--file', typed]],
    [['pair', '--file', typed]],
    [['pair', typed.slice(0, -5), person(2)]],
    [['pair', `${typed}${typed.slice(-4)}`, person(2)]],
    [['sessions', typed]],
    [['sessions', 'show', typed]],
    [['sessions', 'list', typed]],
    [['sessions', 'list', '--status', typed]],
    [['sessions', 'list', `--status${typed}`]],
    [['numbers', 'search', typed]],
    [['numbers', 'release', national, '--yes']],
    [['numbers', 'buy', typed]],
    [['unpair', typed]],
    [['explain', typed]],
    [['explain', typed, national]],
    [['config', 'get', typed]],
    [['config', 'set', 'lookup', typed]],
    [['--profile', typed, 'sessions', 'list']],
    [['serve', '--port', typed]],
    [['serve', '--host', typed, '--insecure-unsigned']],
    [['app', 'create', '--public-url', typed]],
  ])('a phone number typed by mistake is not repeated: %j', async (argv) => {
    // The operator checks every output for the numbers of `person`.
    const { code, stdout, stderr } = await operator.run(argv);
    expect(code).toBeGreaterThanOrEqual(2);
    expect(code).toBeLessThanOrEqual(4);
    expect(stdout + stderr).not.toContain(typed.slice(3, 8));
  });

  test('a secret typed where an option is read is not repeated', async () => {
    const { stderr } = await run('config', 'set', 'privateKey', '-----BEGIN PRIVATE KEY-----\nMIIabc');
    expect(stderr).toContain('What was typed is no option.');
    expect(stderr).not.toContain('MIIabc');
  });
});

describe('global flags', () => {
  test.each([
    [['--json', 'sessions', 'list']],
    [['sessions', '--json', 'list']],
    [['sessions', 'list', '--json']],
  ])('%j', async (argv) => {
    const { code, stdout } = await operator.run(argv);
    expect([code, stdout]).toEqual([0, '{"sessions":[]}\n']);
  });

  test('--json answers every failure with one document', async () => {
    for (const line of [
      'pairr',
      'sessions',
      'sessions show nobody',
      'config get nothing',
      'pair 1',
      'app show',
    ]) {
      const { code, document } = await operator.json(line.split(' '));
      expect(code).toBeGreaterThan(1);
      expect(Object.keys(document)).toEqual(['error']);
      expect(Object.keys(document.error)).toEqual(['code', 'message', 'hint']);
    }
  });

  test('--profile keeps settings and store apart', async () => {
    await run('config', 'set', 'quarantine', '3d', '--profile', 'staging');
    expect((await run('config', 'get', 'quarantine')).stdout).toBe('7d\n');
    expect((await run('--profile', 'staging', 'config', 'get', 'quarantine')).stdout).toBe('3d\n');
    const env = { VOXPROXY_PROFILE: 'staging' };
    expect((await operator.run(['config', 'get', 'quarantine'], { env })).stdout).toBe('3d\n');
    expect((await run('config', 'path', '--profile', 'staging')).stdout.trim()).toBe(
      `${operator.home}/profiles/staging/config.json`,
    );
    expect((await run('config', 'list', '--profile', '../elsewhere')).code).toBe(2);
  });
});

describe('colours', () => {
  const CODES = new RegExp(`${String.fromCharCode(27)}\\[`);
  const set = ['config', 'set', 'quarantine', '7d'];

  test('on a terminal alone', async () => {
    expect((await terminal(...set)).stdout).toMatch(CODES);
    expect((await run(...set)).stdout).not.toMatch(CODES);
    expect((await terminal(...set, '--json')).stdout).not.toMatch(CODES);
  });

  test.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }, { CI: 'true' }])('not with %j', async (env) => {
    expect((await operator.run(set, { terminal: {}, env })).stdout).not.toMatch(CODES);
  });

  test('not with --no-color', async () => {
    expect((await terminal('--no-color', ...set)).stdout).not.toMatch(CODES);
  });

  test('failures too', async () => {
    const failed = await terminal('sessions', 'show', 'nobody');
    expect(failed.stderr).toMatch(CODES);
    expect(stripVTControlCharacters(failed.stderr)).toBe(
      '✖ There is no such session.\n  List them with: voxproxy sessions list\n',
    );
    expect((await terminal('sessions', 'show', 'nobody', '--no-color')).stderr).not.toMatch(CODES);
  });
});

test('the next command is suggested on a terminal alone', async () => {
  expect((await terminal('sessions', 'list')).stderr).toContain('Next:');
  expect((await terminal('sessions', 'list', '--json')).stderr).toBe('');
  expect((await run('sessions', 'list')).stderr).toBe('');
});
