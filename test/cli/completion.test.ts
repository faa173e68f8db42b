import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { person } from '../support/privacy.js';
import { london, Rehearsal } from '../support/rehearsal.js';
import type { Operator } from '../support/voxproxy.js';

let rehearsal: Rehearsal;
let operator: Operator;
/** Ids: an open session with a name, one with a space in its name, and a closed one. */
let trip: string;
let spaced: string;
let closed: string;

const [FIRST, SECOND, THIRD] = london(840, 3) as [string, string, string];

beforeAll(async () => {
  rehearsal = await Rehearsal.start();
  await rehearsal.rent('GB', FIRST, SECOND, THIRD);
  operator = await rehearsal.pooled(FIRST, SECOND);
  const paired = async (one: number, other: number, ...flags: string[]) => {
    const { document } = await operator.json(['pair', person(one), person(other), '--no-sms', ...flags]);
    return document.session.id as string;
  };
  closed = await paired(1101, 1102, '--name', 'before');
  await operator.run(['sessions', 'close', closed]);
  trip = await paired(1103, 1104, '--name', 'trip:1');
  spaced = await paired(1105, 1106, '--name', 'my trip');
  await paired(1107, 1108, '--name', '$(touch hacked)');
  await paired(1109, 1110, '--name', 'call 7654321 now');
});
afterAll(() => rehearsal?.close());

type Run = { env?: Record<string, string> };

/** What a shell gets for these words, the last of them being typed. */
async function offered(words: string[], { env = {} }: Run = {}): Promise<string[]> {
  const { code, stdout, stderr } = await operator.run(['__complete', '--', ...words], { env });
  expect([code, stderr]).toEqual([0, '']);
  return stdout.split('\n').filter((line) => line !== '');
}

async function values(...words: string[]): Promise<string[]> {
  return (await offered(words)).map((line) => line.split('\t')[0] ?? '');
}

describe('what is offered', () => {
  test.each([
    [['pa'], ['pair']],
    [
      ['numbers', 'b'],
      ['buy', 'block'],
    ],
    [
      ['help', 'sessions', 'e'],
      ['extend', 'erase'],
    ],
    [['--profile', 'x', 'config', 'p'], ['path']],
    [['config', '--json', 'p'], ['path']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [
      ['sessions', 'list', '--status', ''],
      ['open', 'expired', 'closed'],
    ],
    [['sessions', 'list', '--status=c'], ['--status=closed']],
    [['pair', '--direction', 'a'], ['a-to-b']],
    [['calls', 'summary', '--by', 'd'], ['day']],
    [['pair', '--lookup', 'n'], ['number-insight']],
    [['pair', '--language-b', 'de'], ['de-DE']],
    [
      ['numbers', 'search', 'GB', '--type', 'land'],
      ['landline', 'landline-toll-free'],
    ],
    [
      ['numbers', 'search', 'GB', '--features', 'VOICE,'],
      ['VOICE,SMS', 'VOICE,MMS'],
    ],
    [['numbers', 'provision', 'gb'], ['GB']],
    [['config', 'get', 'rest'], ['restHost']],
    [['config', 'set', 'rest'], []],
    [
      ['config', 'set', 'screen', ''],
      ['true', 'false'],
    ],
    [['config', 'set', 'lookup', 'o'], ['offline']],
    [['config', 'set', 'privateKey', ''], [':files']],
    [['store', 'rekey', '--new-key-file', 'x'], [':files']],
    [['pair', '--file=x'], [':files']],
    [['paire', ''], []],
    [['config', 'set', 'apiKey', ''], []],
    [['pair', '--name', ''], []],
  ])('%j: %j', async (words, expected) => {
    expect(await values(...words)).toEqual(expected);
  });

  it('explains commands, flags, countries, languages and settings', async () => {
    expect(await offered(['pai'])).toEqual(['pair\tlet two people call each other, and tell them by SMS']);
    expect(await offered(['pair', '--tt'])).toEqual([
      '--ttl\tend the session after this time, for example 2h',
    ]);
    expect(await offered(['numbers', 'search', 'GB', '--json', '--no-i'])).toEqual(['--no-input\tnever ask']);
    expect(await offered(['numbers', 'provision', 'IE'])).toEqual(['IE\tIreland']);
    expect(await offered(['pair', '--language', 'pt-b'])).toEqual(['pt-BR\tBrazilian Portuguese']);
    expect(await offered(['config', 'get', 'apiH'])).toEqual(['apiHost\tan http(s) URL without a query']);
  });

  it('leaves out the flags that were given, and their opposites', async () => {
    const flags = await values('pair', '--screen', '--ttl', '2h', '--json', '--');
    expect(flags).toEqual(
      expect.arrayContaining(['--name', '--no-machine-detection', '--profile', '--help']),
    );
    for (const given of ['--screen', '--no-screen', '--ttl', '--json', '--version'])
      expect(flags).not.toContain(given);
  });

  it('offers no flags behind --, and flags where nothing else can stand', async () => {
    expect(await values('pair', '--', '--')).toEqual([]);
    expect(await values('audit', '')).toContain('--json');
  });
});

describe('sessions and numbers', () => {
  it('open sessions come first, by id and by name', async () => {
    const all = await values('sessions', 'show', '');
    expect(all.indexOf(trip)).toBeLessThan(all.indexOf(closed));
    expect(all).toEqual(expect.arrayContaining([trip, 'trip:1', spaced, 'my trip', closed, 'before']));
    expect(await offered(['sessions', 'show', 'my'])).toEqual([`my trip\t${spaced}, open`]);
  });

  it('only open ones where the others make no sense', async () => {
    for (const verb of [['unpair'], ['sessions', 'close'], ['sessions', 'notify']]) {
      expect(await values(...verb, '')).not.toContain(closed);
      expect(await values(...verb, '')).toContain(trip);
    }
  });

  it('leaves out names that a shell would read, and names that could be numbers', async () => {
    const all = (await offered(['sessions', 'show', ''])).join('\n');
    expect(all).not.toContain('hacked');
    expect(all).not.toContain('7654321');
  });

  it('virtual numbers stand where they go, and real numbers nowhere', async () => {
    expect(await values('explain', person(1103), '+44')).toEqual([FIRST, SECOND]);
    expect(await values('call', 'anonymous', '')).toEqual([FIRST, SECOND]);
    expect(await values('numbers', 'release', '')).toEqual([FIRST, SECOND]);
    expect(await values('numbers', 'link', '')).toEqual([]);
    for (const words of [
      ['pair'],
      ['pair', person(1)],
      ['explain'],
      ['sessions', 'erase'],
      ['numbers', 'block'],
    ])
      expect(await values(...words, '')).toEqual([]);
  });

  it('of the profile that the line names', async () => {
    mkdirSync(join(operator.home, 'profiles', 'staging'), { recursive: true });
    expect(await values('--profile', 'sta')).toEqual(['staging']);
    expect(await values('--profile', 'staging', 'sessions', 'show', '')).toEqual([]);
    expect(await values('sessions', 'show', '', '--profile=staging', '')).not.toContain(trip);
  });

  it('numbers that are rented and not linked are offered for linking', async () => {
    const rented = (await operator.json(['numbers', 'search', 'GB'])).document.numbers[0].number;
    await operator.run(['numbers', 'buy', rented, '--country', 'GB', '--yes']);
    expect(await values('numbers', 'link', '')).toEqual([rented]);
  });
});

describe('whatever is wrong, there are no candidates and no complaint', () => {
  const home = mkdtempSync(join(tmpdir(), 'voxproxy-test-'));
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  test.each([
    ['a store that is no JSON', () => writeFileSync(join(home, 'store.json'), '{')],
    ['a newer store', () => writeFileSync(join(home, 'store.json'), '{"version":999}')],
    ['a huge store', () => writeFileSync(join(home, 'store.json'), Buffer.alloc(17_000_000))],
    ['settings that are no JSON', () => writeFileSync(join(home, 'config.json'), '{')],
    ['a directory in its place', () => mkdirSync(join(home, 'store.json'))],
  ])('%s', async (_what, make) => {
    rmSync(home, { recursive: true, force: true });
    mkdirSync(home, { recursive: true });
    make();
    expect(await offered(['sessions', 'show', ''], { env: { VOXPROXY_HOME: home } })).toEqual([]);
    expect(await offered(['numbers', 'li'], { env: { VOXPROXY_HOME: home } })).toHaveLength(2);
  });

  it('a home that is not there, which is not made', async () => {
    rmSync(home, { recursive: true, force: true });
    expect(await offered(['sessions', 'show', ''], { env: { VOXPROXY_HOME: home } })).toEqual([]);
    expect(() => chmodSync(home, 0o700)).toThrow('ENOENT');
  });

  test.each([
    { VOXPROXY_STORE: 'postgres://127.0.0.1:9/none' },
    { VOXPROXY_ENCRYPTION_KEY: 'a'.repeat(64) },
    { VOXPROXY_PROFILE: '../elsewhere' },
  ])('%j', async (env) => {
    expect(await offered(['sessions', 'show', ''], { env })).toEqual([]);
  });

  test.each([
    [[]],
    [['']],
    [['--']],
    [['--profile', '../..', 'sessions', 'show', '']],
    [['-', '-x', '=', '']],
  ])('a line such as %j', async (words) => {
    await offered(words);
  });
});

describe('the scripts', () => {
  test.each(['bash', 'zsh', 'fish'])('%s', async (shell) => {
    const { code, stdout, stderr } = await operator.run(['completion', shell]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`voxproxy completion ${shell}`);
    expect(stdout).toContain('voxproxy __complete -- ');
    const { document } = await operator.json(['completion', shell]);
    expect(document).toEqual({ shell, script: stdout });
    const path = join(operator.home, `script.${shell}`);
    writeFileSync(path, stdout);
    // Only bash is on every machine that runs the tests.
    const { error, status, stderr: complaint } = spawnSync(shell, ['-n', path], { encoding: 'utf8' });
    if (shell === 'bash' || error === undefined) expect([status, complaint]).toEqual([0, '']);
    const help = await operator.run(['completion', '--help']);
    expect(help.stdout).toContain(/^# {3}(.*)$/m.exec(stdout)?.[1]);
  });
});

describe('in bash', () => {
  let bin: string;
  let script: string;

  beforeAll(async () => {
    bin = mkdtempSync(join(tmpdir(), 'voxproxy-test-'));
    script = (await operator.run(['completion', 'bash'])).stdout;
    const program = join(import.meta.dirname, '../../bin/voxproxy.js');
    writeFileSync(join(bin, 'voxproxy'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
    chmodSync(join(bin, 'voxproxy'), 0o755);
    writeFileSync(join(bin, 'pairs one.csv'), 'a,b\n');
  });
  afterAll(() => rmSync(bin, { recursive: true, force: true }));

  /** What bash would offer for a line; `cut` is the line as bash cuts it into words. */
  function reply(line: string, cut: readonly string[]): string[] {
    const typing = `${script}
COMP_LINE=$1 COMP_POINT=\${#1}; shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_voxproxy
for one in "\${COMPREPLY[@]}"; do printf '%s\\n' "$one"; done`;
    const out = execFileSync('bash', ['--norc', '-c', typing, 'bash', line, ...cut], {
      encoding: 'utf8',
      cwd: bin,
      env: {
        ...operator.env,
        PATH: `${bin}:${process.env.PATH}`,
        LC_ALL: 'C.UTF-8',
        COMP_WORDBREAKS: ' \t\n"\'><=;|&(:',
      },
    });
    return out.split('\n').filter((one) => one !== '');
  }

  it.each<[string, string[], string[]]>([
    ['voxproxy pa', ['voxproxy', 'pa'], ['pair']],
    ['voxproxy sessions list --status=o', ['voxproxy', 'sessions', 'list', '--status', '=', 'o'], ['open']],
    [
      'voxproxy sessions list --status=',
      ['voxproxy', 'sessions', 'list', '--status', '='],
      ['open', 'expired', 'closed'],
    ],
    ['voxproxy sessions show my', ['voxproxy', 'sessions', 'show', 'my'], ['my\\ trip']],
    ['voxproxy sessions show my\\ t', ['voxproxy', 'sessions', 'show', 'my\\ t'], ['my\\ trip']],
    ['voxproxy sessions show "my', ['voxproxy', 'sessions', 'show', '"my'], ['my trip']],
    ['voxproxy unpair trip:', ['voxproxy', 'unpair', 'trip', ':'], ['1']],
    ['voxproxy pair --file pairs', ['voxproxy', 'pair', '--file', 'pairs'], ['pairs one.csv']],
    ['voxproxy config set lookup nu', ['voxproxy', 'config', 'set', 'lookup', 'nu'], ['number-insight']],
  ])('%s', { timeout: 20_000 }, (line, cut, expected) => {
    expect(reply(line, cut)).toEqual(expected);
  });
});
