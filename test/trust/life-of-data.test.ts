import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../src/main.js';
import { poolOf } from '../contract/fixtures.js';
import { ANNA, BEN, CLEO, DORA, type Home, KEY, openHome, QUIETLY, withKey } from './house.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let home: Home;
let trip: string;
let errand: string;

beforeEach(async () => {
  home = await openHome(poolOf(4));
  trip = (await home.pair(ANNA, BEN, {}, '--name', 'trip', '--label-a', 'Anna of flat 3')).id;
  errand = (await home.pair(CLEO, ANNA)).id;
  await home.told(['sessions', 'close', errand]);
  await home.pair(CLEO, BEN);
});
afterEach(() => home.clean());

// biome-ignore lint/suspicious/noExplicitAny: any part of the file may be changed
function rewrite(change: (sessions: any[]) => void): void {
  const state = JSON.parse(home.bytes());
  change(state.sessions);
  writeFileSync(home.path, JSON.stringify(state));
}

describe('sessions erase', () => {
  it('closes, removes number and label everywhere, and says what it did', async () => {
    const before = Date.now();
    const { erased } = await home.told(['sessions', 'erase', ANNA, '--yes']);
    expect(erased).toEqual({
      sessions: [trip, errand],
      closed: [trip],
      reservedUntil: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    expect(Date.parse(erased.reservedUntil)).toBeGreaterThanOrEqual(before + 7 * DAY);
    expect(Date.parse(erased.reservedUntil)).toBeLessThanOrEqual(Date.now() + 7 * DAY);
    expect(home.bytes()).not.toContain(ANNA.slice(3));
    expect(home.bytes()).not.toContain('flat 3');
    const { sessions } = await home.told(['sessions', 'list', '--reveal']);
    expect(sessions).toMatchObject([
      { status: 'open', a: { realNumber: CLEO }, b: { realNumber: BEN } },
      { status: 'closed', a: { realNumber: CLEO }, b: { realNumber: null } },
      { status: 'closed', a: { realNumber: null, label: null }, b: { realNumber: BEN } },
    ]);
  });

  it('says the same in words, without the number', async () => {
    const { code, stdout, stderr } = await home.operator.run(['sessions', 'erase', ANNA, '--yes']);
    expect(code).toBe(0);
    expect(stdout).toContain(`from 2 sessions: ${trip}, ${errand}`);
    expect(stdout).toContain(`Closed: ${trip}`);
    expect(stdout).toMatch(/stays reserved by a keyed hash until \d{4}-/);
    expect(stdout + stderr).not.toContain(ANNA.slice(3));
    expect(stderr).toContain('in 2 sessions, 1 of them live');
  });

  it('says when nothing stays reserved', async () => {
    await home.told(['config', 'set', 'quarantine', '0s']);
    await home.pair(DORA, BEN);
    const { stdout } = await home.operator.run(['sessions', 'erase', DORA, '--yes']);
    expect(stdout).toContain(
      'Nothing of this person is left but a keyed hash and the names of the sessions.',
    );
  });

  it('understands the number as pair does', async () => {
    const national = `0${ANNA.slice(3, 7)} ${ANNA.slice(7)}`;
    expect(await home.operator.run(['sessions', 'erase', national, '--yes'])).toMatchObject({ code: 2 });
    const { erased } = await home.told(['sessions', 'erase', national, '--country', 'GB', '--yes']);
    expect(erased.sessions).toHaveLength(2);
  });

  it('takes the number out of an encrypted store', async () => {
    await home.told(['store', 'encrypt'], withKey(KEY));
    await home.told(['sessions', 'erase', ANNA, '--yes'], withKey(KEY));
    await home.told(['store', 'decrypt'], withKey(KEY));
    expect(home.bytes()).not.toContain(ANNA.slice(3));
  });

  it('shows with --dry-run what it would do, and does nothing', async () => {
    const before = home.bytes();
    expect(await home.told(['sessions', 'erase', ANNA, '--dry-run'])).toEqual({
      erased: { sessions: [trip, errand], closed: [trip], reservedUntil: null },
      dryRun: true,
    });
    expect((await home.operator.run(['sessions', 'erase', ANNA, '--dry-run'])).stdout).toBe(
      'Nothing was changed.\n',
    );
    expect(home.bytes()).toBe(before);
  });

  it('does not go on without an answer where nobody can be asked', async () => {
    const before = home.bytes();
    const { code, document } = await home.operator.json(['sessions', 'erase', ANNA]);
    expect([code, document.error.hint]).toEqual([2, 'Give --yes.']);
    expect(home.bytes()).toBe(before);
  });

  it.each([
    ['no', 'n\r', 8, true],
    ['nothing', '\r', 8, true],
    ['yes', 'y\r', 0, false],
  ])('asks on a terminal, and takes %s for an answer', async (_what, keys, code, holds) => {
    let asked = '';
    const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin });
    const stderr = new Writable({
      write(chunk, _encoding, done) {
        const before = asked;
        asked += stripVTControlCharacters(String(chunk));
        const question = 'Erase this number?';
        if (asked.includes(question) && !before.includes(question)) setImmediate(() => stdin.write(keys));
        done();
      },
    });
    const ended = main(['sessions', 'erase', ANNA], {
      env: home.operator.env,
      cwd: home.home,
      stdin,
      stdout: new PassThrough().resume(),
      // Nothing that is piped into a terminal ends it.
      stderr: Object.assign(stderr, { isTTY: true, columns: 80, end: () => stderr }),
      signal: new AbortController().signal,
    });
    expect(await ended).toBe(code);
    expect(asked).toContain('It cannot be undone.');
    expect(home.bytes().includes(ANNA)).toBe(holds);
  });

  it('is exit 4 for somebody unknown, and for somebody erased before', async () => {
    const before = home.bytes();
    const unknown = await home.operator.json(['sessions', 'erase', DORA, '--yes']);
    expect([unknown.code, unknown.document.error.code]).toEqual([4, 'not-found']);
    expect(JSON.stringify(unknown)).not.toContain(DORA.slice(3));
    expect(home.bytes()).toBe(before);
    await home.told(['sessions', 'erase', ANNA, '--yes']);
    expect((await home.operator.run(['sessions', 'erase', ANNA, '--yes'])).code).toBe(4);
    expect((await home.operator.run(['sessions', 'erase', ANNA, '--dry-run'])).code).toBe(4);
  });
});

describe('an ended session', () => {
  beforeEach(() =>
    rewrite((sessions) => {
      const ended = Date.now() - 7 * DAY;
      sessions[0].expiresAt = ended - 1000;
      sessions[1].closedAt = ended + HOUR;
    }),
  );
  const known = async () =>
    (await home.told(['sessions', 'list', '--reveal'])).sessions
      .map(({ a, b }: Record<string, { realNumber: string }>) => [a?.realNumber, b?.realNumber])
      .reverse();

  it.each([
    ['pair', ['pair', CLEO, DORA, ...QUIETLY]],
    ['close', ['sessions', 'close']],
    ['extend', ['sessions', 'extend']],
    ['erase', ['sessions', 'erase', BEN, '--yes']],
  ])('loses its real numbers by the next %s once its quarantine is over', async (what, argv) => {
    const before = home.bytes();
    expect((await known()).slice(0, 2)).toEqual([
      [ANNA, BEN],
      [CLEO, ANNA],
    ]);
    expect(home.bytes()).toBe(before);
    const third = JSON.parse(before).sessions[2].id;
    const named = argv.length > 2 ? argv : [...argv, third, ...(what === 'extend' ? ['--ttl', '1h'] : [])];
    await home.told(named);
    expect((await known()).slice(0, 2)).toEqual([
      [null, null],
      [CLEO, ANNA],
    ]);
  });

  it('loses them by a listener that nobody calls', async () => {
    const env = {
      VONAGE_SIGNATURE_SECRET: 'a secret of some length',
      VONAGE_API_KEY: 'abcd1234',
      VONAGE_APPLICATION_ID: 'an-application',
    };
    const listener = await home.operator.serve([], { env });
    try {
      await expect.poll(async () => (await known())[0]).toEqual([null, null]);
    } finally {
      await listener.stop();
    }
  });
});

describe('the call log', () => {
  it('leaves out lines that are damaged', async () => {
    mkdirSync(join(home.home, 'calls'), { mode: 0o700 });
    const whole = { kind: 'call', call: 'c1', at: Date.now(), sessionId: trip, from: 'a', refused: false };
    const lines = [{ ...whole, call: 'c2', at: 1e300 }, { ...whole, call: 3 }, null, [], 7, whole];
    const text = `${lines.map((line) => JSON.stringify(line)).join('\n')}\n${JSON.stringify(whole).slice(0, 30)}`;
    writeFileSync(join(home.home, 'calls', '2026-11-01.jsonl'), text, { mode: 0o600 });
    expect((await home.told(['calls'])).calls).toMatchObject([{ id: 'c1', sessionId: trip, from: 'a' }]);
  });
});

describe('audit', () => {
  const audit = () => home.operator.json(['audit']);
  type File = { path: string; holds: string; mode: string; owner: number; ok: boolean };
  const fileOf = (document: { files: File[] }, name: string) =>
    document.files.find(({ path }) => path === join(home.home, name));

  it('lists every file, what it holds and who may read it, and counts people', async () => {
    await home.told(['config', 'set', 'quarantine', '7d']);
    await home.told(['sessions', 'erase', ANNA, '--yes']);
    mkdirSync(join(home.home, 'calls'), { mode: 0o700 });
    writeFileSync(join(home.home, 'calls', '2026-11-01.jsonl'), '', { mode: 0o600 });
    writeFileSync(join(home.home, 'private-app.key'), 'a key', { mode: 0o600 });
    const { code, document } = await audit();
    expect(code).toBe(0);
    expect(document).toMatchObject({ ok: true, encrypted: false, people: 2 });
    expect(document.files.map(({ path }: File) => path)).toEqual(
      ['', 'calls', 'calls/2026-11-01.jsonl', 'config.json', 'private-app.key', 'store.json'].map((name) =>
        join(home.home, name),
      ),
    );
    expect(fileOf(document, 'store.json')).toEqual({
      path: home.path,
      holds:
        'sessions with the real numbers of 2 people; 1 more by keyed hash alone; who is blocked or wants no texts, by keyed hash; the lookup key',
      mode: '0600',
      owner: process.getuid?.(),
      ok: true,
    });
    expect(fileOf(document, '')).toMatchObject({ mode: '0700', ok: true });
    expect(fileOf(document, 'calls/2026-11-01.jsonl')?.holds).toMatch(/no real number/);
    expect(JSON.stringify(document)).not.toContain('7400');
  });

  it.each<[string, string, number]>([
    ['the store', 'store.json', 0o640],
    ['the store, for anybody to write', 'store.json', 0o602],
    ['the settings', 'config.json', 0o604],
    ['the directory', '', 0o755],
    ['a directory that others may enter', '', 0o701],
    ['the call log', 'calls/2026-11-01.jsonl', 0o644],
    ['the private key', 'private-app.key', 0o660],
  ])('fails on a wrong mode of %s, and says how to mend it', async (_what, name, mode) => {
    await home.told(['config', 'set', 'quarantine', '7d']);
    mkdirSync(join(home.home, 'calls'), { mode: 0o700 });
    writeFileSync(join(home.home, 'calls', '2026-11-01.jsonl'), '', { mode: 0o600 });
    writeFileSync(join(home.home, 'private-app.key'), 'a key', { mode: 0o600 });
    chmodSync(join(home.home, name), mode);
    const { code, document, stderr } = await audit();
    expect([code, document.ok]).toEqual([3, false]);
    expect(document.files.filter(({ ok }: File) => !ok)).toMatchObject([
      { path: join(home.home, name), mode: `0${mode.toString(8)}` },
    ]);
    expect(stderr).toContain(`chmod go= '${join(home.home, name)}'`);
    const text = await home.operator.run(['audit']);
    expect(text.code).toBe(3);
    expect(text.stdout).toContain(`✖ ${join(home.home, name)} (0${mode.toString(8)})`);
    chmodSync(join(home.home, name), mode & 0o700);
    expect((await audit()).code).toBe(0);
  });

  it('tells an encrypted store from a plain one, and looks at the file of its key', async () => {
    const elsewhere = await openHome([]);
    const key = join(elsewhere.home, 'store.key');
    writeFileSync(key, KEY, { mode: 0o600 });
    try {
      await home.told(['config', 'set', 'encryptionKeyFile', key]);
      await home.told(['store', 'encrypt']);
      const { code, document } = await audit();
      expect([code, document.encrypted]).toEqual([0, true]);
      expect(fileOf(document, 'store.json')?.holds).toContain('of 3 people, encrypted');
      expect(document.files.at(-1)).toMatchObject({ path: key, holds: 'the encryption key', ok: true });
      chmodSync(key, 0o644);
      expect((await audit()).code).toBe(3);
    } finally {
      elsewhere.clean();
    }
  });

  it('is not put off by what comes and goes: locks, dangling links, a key that the environment gives', async () => {
    mkdirSync(join(home.home, 'store.json.lock'), { mode: 0o755 });
    symlinkSync(join(home.home, 'nowhere'), join(home.home, 'link'));
    expect(await audit()).toMatchObject({ code: 0, document: { ok: true } });
    await home.told(['config', 'set', 'encryptionKeyFile', join(home.home, 'missing.key')]);
    rmSync(join(home.home, 'store.json.lock'), { recursive: true });
    await home.told(['store', 'encrypt'], withKey(KEY));
    const { code, document } = await home.operator.json(['audit'], withKey(KEY));
    expect([code, document.ok, document.encrypted]).toEqual([0, true, true]);
  });

  it('finds nothing where nothing is', async () => {
    const { code, stdout } = await home.operator.run(['audit'], {
      env: { VOXPROXY_HOME: join(home.home, 'nobody') },
    });
    expect([code, stdout]).toEqual([0, `Nothing lies in ${join(home.home, 'nobody')}.\n`]);
  });
});
