import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram } from '../../src/cli/program.js';
import { main } from '../../src/main.js';
import { Voxproxy } from '../journeys/processes.js';
import { expectNothingPrivate, person } from '../support/privacy.js';
import { london, Rehearsal } from '../support/rehearsal.js';
import type { Operator } from '../support/voxproxy.js';

// Operator.run itself fails when standard output or standard error holds a secret or a real number.

let rehearsal: Rehearsal;
let operator: Operator;
let session: string;

const [ANNA, BEN, CLEO] = [person(901), person(902), person(903)] as const;
const [FIRST, SECOND] = london(700, 2) as [string, string];
const KEY = 'a'.repeat(64);
const national = (number: string) => `0${number.slice(3)}`;

beforeAll(async () => {
  rehearsal = await Rehearsal.start();
  await rehearsal.rent('GB', FIRST, SECOND);
  operator = await rehearsal.pooled(FIRST, SECOND);
  writeFileSync(
    join(operator.home, 'pairs.csv'),
    `a,b,name\n${ANNA},${CLEO},trip\n${BEN},letters,other\n${ANNA}\n`,
  );
  writeFileSync(join(operator.home, 'key'), KEY);
  const { document } = await operator.json(['pair', ANNA, BEN, '--ttl', '2h']);
  session = document.session.id;
});
afterAll(() => rehearsal?.close());

/** Every command with every flag that it has, not always in good order: what fails is to be as discreet. */
const lines = (): string[][] => [
  ['--help'],
  ['--version'],
  ['demo', '--json'],
  ['demo', '--open', 'too much'],
  ['--profile', 'other', '--no-input', '--verbose', '--no-color', 'sessions', 'list'],
  [
    'numbers',
    'search',
    'GB',
    '--features',
    'VOICE,SMS',
    '--type',
    'landline',
    '--pattern',
    '79460',
    '--limit',
    '3',
  ],
  ['numbers', 'provision', 'GB', '--count', '1', '--type', 'landline', '--dry-run'],
  ['numbers', 'provision', 'GB', '--count', '1', '--yes'],
  ['numbers', 'list'],
  ['numbers', 'plan', '--country', 'GB'],
  ['numbers', 'plan', '--people', '9', '--sessions-each', '1', '--ttl', '2h', '--quarantine', '1d'],
  ['numbers', 'sync', '--dry-run'],
  ['numbers', 'sync'],
  ['numbers', 'buy', ANNA, '--country', 'GB', '--yes', '--dry-run'],
  ['numbers', 'link', BEN, '--yes', '--dry-run'],
  ['numbers', 'block', CLEO],
  ['numbers', 'block', national(CLEO), '--country', 'GB'],
  ['explain', CLEO, SECOND],
  ['numbers', 'unblock', national(CLEO), '--country', 'GB'],
  ['numbers', 'release', ANNA, '--yes', '--force', '--dry-run'],
  ['numbers', 'release', FIRST, '--yes'],
  ['numbers', 'release', FIRST, '--when-idle', '--yes', '--dry-run'],
  ['pair', ANNA, BEN, '--ttl', '3h', '--name', 'x', '--label-a', 'Anna', '--label-b', 'Ben', '--dry-run'],
  [
    'pair',
    ANNA,
    CLEO,
    '--country',
    'GB',
    '--language',
    'de',
    '--max-duration',
    '1h',
    '--hard-expiry',
    '--no-sms',
  ],
  [
    'pair',
    BEN,
    CLEO,
    ...['--language-a', 'de', '--language-b', 'fr', '--direction', 'a-to-b'],
    ...['--screen', '--machine-detection', '--mask-numbers-in-text', '--no-sms'],
  ],
  ['pair', BEN, CLEO, '--no-screen', '--no-machine-detection', '--no-mask-numbers-in-text', '--no-sms'],
  ['pair', `+1900${ANNA.slice(-7)}`, CLEO, '--allow-premium', '--lookup', 'offline', '--no-sms'],
  ['pair', ANNA, CLEO, '--name', ANNA],
  ['pair', '--file', 'pairs.csv', '--lookup', 'number-insight'],
  ['sessions', 'list', '--status', 'open'],
  ['sessions', 'show', session],
  ['sessions', 'extend', session, '--ttl', '3h'],
  ['sessions', 'notify', session],
  ['explain', ANNA, SECOND, '--at', '2030-01-01T00:00:00Z'],
  ['explain', ANNA, BEN],
  ['call', ANNA, SECOND],
  ['call', ANNA, SECOND, '--public'],
  ['calls', session, '--since', '1h'],
  ['calls', 'summary', '--by', 'session', '--since', '1h'],
  ['calls', 'summary', '--follow'],
  ['sessions', 'erase', CLEO, '--country', 'GB', '--dry-run'],
  ['sessions', 'erase', CLEO, '--yes'],
  ['app', 'create', '--name', 'x', '--public-url', 'https://calls.example.com'],
  ['app', 'create', '--public-url', 'https://calls.example.com', '--dry-run'],
  ['app', 'show'],
  ['app', 'update', '--name', 'y', '--public-url', 'https://calls.example.com', '--dry-run'],
  ['config', 'list'],
  ['config', 'set', 'operatorNumber', CLEO],
  ['config', 'get', 'operatorNumber'],
  ['config', 'list'],
  ['explain', person(999), SECOND],
  ['config', 'unset', 'operatorNumber'],
  ['config', 'get', 'apiSecret'],
  ['config', 'set', 'apiSecret', `S${KEY}`],
  ['config', 'unset', 'publicUrl'],
  ['config', 'path'],
  [
    'serve',
    '--port',
    '0',
    '--host',
    '127.0.0.1',
    '--public-url',
    'https://calls.example.com',
    '--ngrok',
    'http://127.0.0.1:9',
    '--mask-numbers-in-text',
    '--insecure-unsigned',
  ],
  ['sandbox', '--port', '99999'],
  ['audit'],
  ['completion', 'bash'],
  ['help', 'pair'],
  ['__complete', '--', 'sessions', 'show', ''],
  ['__complete', '--', 'explain', ANNA, ''],
  ['doctor'],
  [
    'init',
    ...['--api-key', 'abcd1234', '--application', 'new', '--private-key', 'a.key', '--name', 'x'],
    ...['--public-url', 'https://calls.example.com', '--ngrok', 'http://127.0.0.1:9'],
    ...['--country', 'GB', '--count', '1', '--type', 'landline'],
    // One argument too many: this set-up is not to begin.
    ...['--no-numbers', '--no-rehearsal', '--yes', '--sandbox', 'surplus'],
  ],
  ['store', 'encrypt'],
  ['store', 'rekey', '--new-key-file', 'key'],
  ['store', 'decrypt'],
  ['store', 'copy', '--from', 'json', '--to', 'postgres://127.0.0.1:9/none', '--dry-run'],
  ['store', 'migrate', '--dry-run'],
  ['sessions', 'close', session],
  ['unpair', session],
];

function leaves(command: Command, path: string[] = []): { path: string; flags: string[] }[] {
  const flags = command.options.map(({ long }) => long ?? '');
  return [
    { path: path.join(' '), flags },
    ...command.commands.flatMap((child) => leaves(child, [...path, child.name()])),
  ];
}

describe('nothing private is shown', () => {
  it('by any command with any flag', { timeout: 60_000 }, async () => {
    for (const line of lines()) await operator.run(line, { stdin: KEY });
  });

  it('and none was left out of that', () => {
    const typed = lines().map((line) => line.join(' '));
    const all = leaves(buildProgram({ write: () => {}, width: 80 }, () => {}));
    const globals = new Set(all[0]?.flags);
    for (const { path, flags } of all.slice(1)) {
      const ofCommand = typed.filter((line) => ` ${line}`.includes(` ${path}`));
      expect(ofCommand, path).not.toEqual([]);
      for (const flag of flags.filter((one) => !globals.has(one)))
        expect(
          ofCommand.some((line) => line.includes(flag)),
          `${path} ${flag}`,
        ).toBe(true);
    }
    for (const flag of [...globals].filter((one) => one !== '--reveal'))
      expect(
        typed.some((line) => line.includes(flag)),
        flag,
      ).toBe(true);
  });

  it('when a real number stands where it does not belong', { timeout: 60_000 }, async () => {
    for (const line of lines()) {
      for (let at = 0; at <= line.length; at++) {
        // Listeners that start all the same would stay.
        if (line[0] === 'demo' || ((line[0] === 'serve' || line[0] === 'sandbox') && at > 1)) continue;
        const { code } = await operator.run(
          [...line.slice(0, at), ANNA, ...line.slice(at + 1), '--no-input'],
          {
            env: { VONAGE_REST_HOST: 'http://127.0.0.1:9', VONAGE_API_HOST: 'http://127.0.0.1:9' },
          },
        );
        expect([0, 2, 3, 4, 5, 6, 7, 9], [...line.slice(0, at), '…'].join(' ')).toContain(code);
      }
    }
  });

  it('when Vonage repeats numbers and secrets in its errors', { timeout: 30_000 }, async () => {
    const { VONAGE_API_SECRET: secret } = rehearsal.sandbox.env;
    const body = {
      title: `no such number: ${ANNA.slice(1)}`,
      detail: `to ${ANNA} or ${ANNA.slice(0, 3)} ${ANNA.slice(3, 7)} ${ANNA.slice(7)} is wrong`,
      'error-code-label': `${ANNA}`,
    };
    for (const path of [
      '/v1/messages',
      '/number/search',
      '/ni/basic/json',
      '/account/numbers',
      '/number/buy',
    ]) {
      for (const status of [400, 420, 422, 500]) {
        await rehearsal.control.fault({ path, status, body, times: 1 });
        await operator.run(['pair', person(910 + status), BEN]);
        await operator.run(['numbers', 'provision', 'GB', '--count', '1', '--yes']);
        await rehearsal.control.clearFaults();
      }
    }
    expect(secret).toBeTruthy();
  });

  it('in any file but the store, and the settings while they name the operator', async () => {
    await operator.run(['config', 'unset', 'operatorNumber']);
    for (const entry of readdirSync(operator.home, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || ['store.json', 'pairs.csv', 'key'].includes(entry.name)) continue;
      const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
      expectNothingPrivate({ stdout: text, stderr: '' }, operator.env);
    }
  });
});

describe('a bug', () => {
  it('is reported as one, by its kind and its place alone', async () => {
    const env = new Proxy(operator.env, {
      ownKeys: () => {
        throw new TypeError(`cannot read ${ANNA} with ${operator.env.VONAGE_API_SECRET}`);
      },
    });
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const world = {
      env,
      cwd: operator.home,
      stdin: new PassThrough(),
      stdout,
      stderr,
      signal: new AbortController().signal,
    };
    expect(await main(['sessions', 'list', '--verbose'], world)).toBe(1);
    const said = String(stderr.read());
    expect(said).toContain('This is a bug in voxproxy (TypeError).');
    expect(said).toMatch(/^ +at /m);
    expectNothingPrivate({ stdout: String(stdout.read()), stderr: said }, operator.env);
  });
});

describe('a process of its own', () => {
  it('shows nothing private with DEBUG=*', { timeout: 30_000 }, async () => {
    const env = { ...operator.env, DEBUG: '*' };
    const run = (argv: string[]) => new Voxproxy(argv, env, operator.home).ended;
    const outputs = await Promise.all([
      run(['pair', person(950), person(951), '--json']),
      run(['numbers', 'search', 'GB']),
      run(['app', 'show']),
    ]);
    for (const { code, stdout, stderr } of outputs) {
      expectNothingPrivate({ stdout, stderr }, env);
      expect(stderr).not.toMatch(/vonage:/);
      expect([0, 6]).toContain(code);
    }
  });
});
