import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js';
import { poolOf, realNumber } from '../contract/fixtures.js';
import { controlOf } from '../sandbox/control.js';
import { ANNA, CLEO, type Home, KEY, OTHER_KEY, openHome, QUIETLY, withKey } from './house.js';
import { Worker } from './worker.js';

const BIN = resolve(import.meta.dirname, '../../bin/voxproxy.js');
const NOBODY = 65_534;
const CREDENTIALS = {
  VONAGE_SIGNATURE_SECRET: 'a secret of some length',
  VONAGE_API_KEY: 'abcd1234',
  VONAGE_APPLICATION_ID: 'an-application',
};

let home: Home;

beforeEach(async () => {
  home = await openHome(poolOf(12));
  for (let n = 0; n < 8; n++)
    await home.pair(realNumber(2 * n + 1), realNumber(2 * n + 2), {}, '--name', `n${n}`);
});
afterEach(() => home.clean());

const WRITING: readonly (readonly string[])[] = [
  ['pair', ANNA, CLEO, ...QUIETLY],
  ['sessions', 'close', 'n3'],
  ['sessions', 'extend', 'n3', '--ttl', '2h'],
  ['sessions', 'erase', ANNA, '--yes'],
];

describe('a disk that takes no more than a part of the file', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0 });
  });
  afterAll(() => sandbox.close());

  /** Runs the command where no file may be longer than so many kilobytes. */
  function limited(kilobytes: number, argv: readonly string[], env: Record<string, string> = {}) {
    const child = spawn(
      'bash',
      ['-c', `ulimit -f ${kilobytes}; exec "$0" "$@"`, process.execPath, BIN, ...argv, '--json'],
      {
        env: { PATH: process.env.PATH ?? '', VOXPROXY_HOME: home.home, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    return new Promise<{ code: number | null; text: string }>((done) => {
      child.on('close', (code) => done({ code, text }));
    });
  }

  it('is exit 7 for every change, and the old file is kept', async () => {
    const before = home.bytes();
    const ended = await Promise.all(WRITING.map((argv) => limited(2, argv)));
    for (const { code, text } of ended) {
      expect([code, JSON.parse(text).error]).toMatchObject([
        7,
        { code: 'store', message: expect.stringContaining('the file would be too large') },
      ]);
    }
    expect(home.bytes()).toBe(before);
    expect(readdirSync(home.home)).toEqual(['store.json']);
  });

  it('is exit 7 for encrypt and rekey, and the old file is kept', async () => {
    const expectKept = async (argv: string[], env: Record<string, string>) => {
      const before = home.bytes();
      expect((await limited(2, argv, env)).code).toBe(7);
      expect(home.bytes()).toBe(before);
    };
    await expectKept(['store', 'encrypt'], withKey(KEY).env);
    await home.told(['store', 'encrypt'], withKey(KEY));
    const newKey = join(home.home, 'private-new.key');
    writeFileSync(newKey, OTHER_KEY, { mode: 0o600 });
    await Promise.all([
      expectKept(['store', 'rekey', '--new-key-file', newKey], withKey(KEY).env),
      expectKept(['sessions', 'close', 'n3'], withKey(KEY).env),
    ]);
    expect((await home.told(['sessions', 'list'], withKey(KEY))).sessions).toHaveLength(8);
    expect(readdirSync(home.home)).toEqual(['private-new.key', 'store.json']);
  });

  it('is exit 7 for provision, which then buys nothing', async () => {
    const before = home.bytes();
    const { code } = await limited(2, ['numbers', 'provision', 'GB', '--yes'], { ...sandbox.env });
    expect([code, home.bytes()]).toEqual([7, before]);
    expect((await controlOf(sandbox).json('/sandbox/state')).body.numbers).toEqual([]);
  });

  it('does not matter to who only reads', async () => {
    const ended = await Promise.all([limited(1, ['sessions', 'list']), limited(1, ['audit'])]);
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
  });
});

describe('a directory that nobody may write to', () => {
  it('is exit 7 for every change, and the old file is kept', async () => {
    const root = process.getuid?.() === 0;
    const elsewhere = await openHome();
    const worker = new Worker({ VOXPROXY_HOME: home.home });
    try {
      // Root may write anywhere: the process gives that up once it has loaded all it needs.
      const warm = { env: { VOXPROXY_HOME: elsewhere.home } };
      for (const argv of [
        ['pair', realNumber(1), realNumber(2), '--name', 'n3', ...QUIETLY],
        ...WRITING.slice(1),
      ])
        await worker.run(argv, warm);
      await worker.run(['store', 'encrypt'], { env: { ...warm.env, VOXPROXY_ENCRYPTION_KEY: KEY } });
      await worker.run(['sessions', 'list']);
      const before = home.bytes();
      chmodSync(home.home, root ? 0o755 : 0o500);
      chmodSync(home.path, 0o644);
      const asNobody = root ? { uid: NOBODY } : {};
      for (const argv of WRITING) {
        const outcome = await worker.run(argv, asNobody);
        expect([argv, outcome?.code]).toEqual([argv, 7]);
        expect(outcome?.document.error.message).toMatch(/permission denied/);
      }
      const encrypted = await worker.run(['store', 'encrypt'], { ...withKey(KEY), ...asNobody });
      expect(encrypted?.code).toBe(7);
      expect(home.bytes()).toBe(before);
      expect((await worker.run(['sessions', 'list'], asNobody))?.document.sessions).toHaveLength(8);
    } finally {
      await worker.kill();
      chmodSync(home.home, 0o700);
      elsewhere.clean();
    }
  });
});

describe('a directory where the store should be', () => {
  it('is exit 7 for every command, and left alone', async () => {
    rmSync(home.path);
    mkdirSync(home.path);
    writeFileSync(join(home.path, 'letter.txt'), 'not ours');
    for (const argv of [
      ...WRITING,
      ['sessions', 'list'],
      ['numbers', 'list'],
      ['audit'],
      ['serve', '--port', '0'],
      ['store', 'encrypt'],
      ['store', 'decrypt'],
    ]) {
      const key = argv[0] === 'store' ? { VOXPROXY_ENCRYPTION_KEY: KEY } : {};
      const { code, document } = await home.operator.json(argv, { env: { ...CREDENTIALS, ...key } });
      expect([argv, code]).toEqual([argv, 7]);
      expect(document.error.message).toMatch(/it is a directory/);
    }
    expect(readdirSync(home.path)).toEqual(['letter.txt']);
  });
});
