import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { poolOf } from '../contract/fixtures.js';
import { signedPost } from '../support/signed.js';
import { ANNA, BEN, CLEO, DORA, type Home, KEY, OTHER_KEY, openHome, QUIETLY, withKey } from './house.js';
import { Worker } from './worker.js';

const BASE64_KEY = Buffer.from(KEY, 'hex').toString('base64');
const LISTENER = {
  VONAGE_SIGNATURE_SECRET: 'a secret of some length',
  VONAGE_API_KEY: 'abcd1234',
  VONAGE_APPLICATION_ID: 'an-application',
};
const SIGNING = {
  secret: LISTENER.VONAGE_SIGNATURE_SECRET,
  apiKey: LISTENER.VONAGE_API_KEY,
  applicationId: LISTENER.VONAGE_APPLICATION_ID,
};
/** A line for every way into the store: reading, answering and each kind of writing. */
const LINES: readonly (readonly string[])[] = [
  ['sessions', 'list'],
  ['sessions', 'show', 'trip'],
  ['numbers', 'list'],
  ['explain', ANNA, '+442079460001'],
  ['audit'],
  ['pair', ANNA, CLEO, ...QUIETLY],
  ['pair', ANNA, CLEO, '--dry-run'],
  ['sessions', 'close', 'trip'],
  ['sessions', 'extend', 'trip', '--ttl', '2h'],
  ['sessions', 'erase', ANNA, '--yes'],
  ['numbers', 'block', ANNA],
  ['numbers', 'unblock', ANNA],
  ['serve', '--port', '0'],
];

let home: Home;
let dials: { anna: string; ben: string };

beforeEach(async () => {
  home = await openHome(poolOf(2));
  const { a, b } = await home.pair(ANNA, BEN, {}, '--name', 'trip');
  dials = { anna: b.virtualNumber, ben: a.virtualNumber };
});
afterEach(() => home.clean());

const encrypt = (key = KEY) => home.told(['store', 'encrypt'], withKey(key));

/** Every line ends so, and the store and what lies beside it are as they were. */
async function expectRefused(
  code: number,
  env: Record<string, string>,
  said: RegExp,
  lines: readonly (readonly string[])[] = LINES,
): Promise<void> {
  const before = home.bytes();
  for (const line of lines) {
    const ended = await home.operator.json(line, { env: { ...LISTENER, ...env } });
    expect([line, ended.code]).toEqual([line, code]);
    expect(ended.document.error.message).toMatch(said);
    expect(JSON.stringify(ended)).not.toContain(KEY);
  }
  expect(home.bytes()).toBe(before);
  expect(readdirSync(home.home)).toEqual(['store.json']);
}

describe('an encrypted store', () => {
  it.each([
    ['hex', KEY],
    ['hex in capitals', KEY.toUpperCase()],
    ['base64', BASE64_KEY],
    ['base64 without padding', BASE64_KEY.replace('=', '')],
    ['base64 for URLs', BASE64_KEY.replaceAll('+', '-').replaceAll('/', '_')],
    ['hex with a line break', `${KEY}\n`],
  ])('takes its key as %s', async (_form, key) => {
    await encrypt(key);
    expect((await home.told(['sessions', 'list', '--reveal'], withKey(KEY))).sessions).toMatchObject([
      { name: 'trip', a: { realNumber: ANNA }, b: { realNumber: BEN } },
    ]);
  });

  it('takes its key from the file that the setting names, and the environment goes before it', async () => {
    const path = join(home.home, 'private-store.key');
    writeFileSync(path, `${BASE64_KEY}\n`, { mode: 0o600 });
    await home.told(['config', 'set', 'encryptionKeyFile', path]);
    await home.told(['store', 'encrypt']);
    expect((await home.told(['sessions', 'list', '--reveal'])).sessions[0].a.realNumber).toBe(ANNA);
    expect((await home.operator.run(['sessions', 'list'], withKey(OTHER_KEY))).code).toBe(3);
    writeFileSync(path, OTHER_KEY);
    expect((await home.operator.run(['sessions', 'list'])).code).toBe(3);
    expect((await home.operator.run(['sessions', 'list'], withKey(KEY))).code).toBe(0);
  });

  it('holds no real number in any form, through every kind of change', async () => {
    await encrypt();
    const key = withKey(KEY);
    await home.pair(CLEO, DORA, key);
    await home.told(['sessions', 'close', 'trip'], key);
    await home.told(['sessions', 'extend', 'trip', '--ttl', '2h'], key);
    await home.told(['store', 'rekey'], { ...key, stdin: OTHER_KEY });
    await home.pair(ANNA, DORA, withKey(OTHER_KEY));
    for (const name of readdirSync(home.home)) {
      const text = readFileSync(join(home.home, name), 'utf8');
      const decoded = text.split(/["':]/).map((part) => Buffer.from(part, 'base64').toString('latin1'));
      for (const person of [ANNA, BEN, CLEO, DORA])
        for (const one of [text, ...decoded]) expect(one).not.toContain(person.slice(3));
    }
    const { sessions } = await home.told(['sessions', 'list', '--reveal'], withKey(OTHER_KEY));
    expect(sessions).toHaveLength(3);
    expect(sessions[2]).toMatchObject({ status: 'open', a: { realNumber: ANNA }, b: { realNumber: BEN } });
  });

  it('is in plain text again after decrypt, with everything as it was', async () => {
    const before = JSON.parse(home.bytes());
    await encrypt();
    await home.told(['store', 'decrypt'], withKey(KEY));
    expect(JSON.parse(home.bytes())).toEqual(before);
  });

  it('seals the same number to other bytes wherever it stands', async () => {
    await home.pair(ANNA, CLEO);
    await encrypt();
    const { sessions } = JSON.parse(home.bytes());
    expect(sessions[0].a.person).toBe(sessions[1].a.person);
    expect(sessions[0].a.realNumber).not.toBe(sessions[1].a.realNumber);
  });
});

describe('a key that does not fit is exit 3, and changes nothing', () => {
  it('when it is another one', async () => {
    await encrypt();
    const lines = [...LINES, ['store', 'decrypt']];
    await expectRefused(3, { VOXPROXY_ENCRYPTION_KEY: OTHER_KEY }, /not the one of the store/, lines);
    const before = home.bytes();
    const rekeyed = await home.operator.run(['store', 'rekey'], {
      ...withKey(OTHER_KEY),
      stdin: 'aa'.repeat(32),
    });
    expect([rekeyed.code, home.bytes()]).toEqual([3, before]);
    expect((await home.operator.run(['store', 'encrypt'], withKey(OTHER_KEY))).code).toBe(3);
    expect(home.bytes()).toBe(before);
  });

  it('when there is none', async () => {
    await encrypt();
    await expectRefused(3, {}, /is encrypted, and cannot be read without its key/);
    await expectRefused(3, {}, /No encryption key is set/, [
      ['store', 'encrypt'],
      ['store', 'decrypt'],
      ['store', 'rekey'],
    ]);
  });

  it('when the store is in plain text', async () => {
    await expectRefused(3, { VOXPROXY_ENCRYPTION_KEY: KEY }, /is not encrypted yet/);
    const before = home.bytes();
    expect((await home.operator.run(['store', 'rekey'], { ...withKey(KEY), stdin: OTHER_KEY })).code).toBe(3);
    expect(home.bytes()).toBe(before);
  });

  it.each([
    ['short', KEY.slice(2)],
    ['long', `${KEY}00`],
    ['not hex', `${KEY.slice(1)}g`],
    ['base64 of 31 bytes', Buffer.alloc(31, 9).toString('base64')],
    ['base64 of 33 bytes', Buffer.alloc(33, 9).toString('base64')],
    ['a passphrase', 'correct horse battery staple'],
    ['two keys', `${KEY} ${KEY}`],
  ])('when it is %s', async (_what, key) => {
    const lines = [...LINES, ['store', 'encrypt'], ['store', 'decrypt'], ['store', 'rekey']];
    await expectRefused(3, { VOXPROXY_ENCRYPTION_KEY: key }, /not 32 bytes in hex or base64/, lines);
  });

  it('when its file is missing, empty or a directory', async () => {
    const path = join(home.home, 'private-store.key');
    await home.told(['config', 'set', 'encryptionKeyFile', path]);
    const run = () => home.operator.json(['sessions', 'list']);
    expect(await run()).toMatchObject({ code: 3, document: { error: { code: 'settings' } } });
    writeFileSync(path, '\n');
    expect((await run()).document.error.message).toMatch(/not 32 bytes/);
    await home.told(['config', 'set', 'encryptionKeyFile', home.home]);
    expect((await run()).document.error.message).toMatch(/cannot be read \(EISDIR\)/);
  });

  it.each(['', KEY.slice(2), 'not a key'])('when the new one is %o', async (typed) => {
    await encrypt();
    const before = home.bytes();
    const { code, document } = await home.operator.json(['store', 'rekey'], {
      ...withKey(KEY),
      stdin: typed,
    });
    expect([code, document.error.code, home.bytes()]).toEqual([3, 'settings', before]);
  });
});

describe('a tampered record is named', () => {
  // biome-ignore lint/suspicious/noExplicitAny: damage knows no types
  type Damage = (sessions: any[]) => void;
  const flipped = (sealed: string, at: number) => {
    const bytes = Buffer.from(sealed.slice('sealed:'.length), 'base64url');
    const index = at < 0 ? bytes.length + at : at;
    bytes[index] = (bytes[index] ?? 0) ^ 1;
    return `sealed:${bytes.toString('base64url')}`;
  };

  it.each<[string, Damage]>([
    ['its nonce is changed', ([, one]) => (one.b.realNumber = flipped(one.b.realNumber, 0))],
    ['its sealed digits are changed', ([, one]) => (one.b.realNumber = flipped(one.b.realNumber, 14))],
    ['its tag is changed', ([, one]) => (one.b.realNumber = flipped(one.b.realNumber, -1))],
    ['it is cut off', ([, one]) => (one.b.realNumber = one.b.realNumber.slice(0, 20))],
    ['it is empty', ([, one]) => (one.b.realNumber = '')],
    ['it is plain text', ([, one]) => (one.b.realNumber = DORA)],
    ['it is a number', ([, one]) => (one.b.realNumber = 447400100004)],
    ['it came from another session', ([other, one]) => (one.b.realNumber = other.b.realNumber)],
    ['it came from the other side', ([, one]) => (one.b.realNumber = one.a.realNumber)],
    ['the two sides changed places', ([, one]) => ([one.a, one.b] = [one.b, one.a])],
    ['it was given another id', ([, one]) => (one.id = 'errand')],
    ['another number leads to it', ([, one]) => (one.a.virtualNumber = '+442079460999')],
    ['it belongs to somebody else', ([other, one]) => (one.a.person = other.a.person)],
    ['it was closed, or open again', ([, one]) => (one.closedAt = one.closedAt === null ? 1 : null)],
    ['the other may call too', ([, one]) => (one.direction = 'a-to-b')],
    ['it is no longer screened', ([, one]) => (one.screen = false)],
    ['it is spoken to in another language', ([, one]) => (one.b.language = 'fr-FR')],
    ['it lost its end', ([, one]) => delete one.expiresAt],
    ['the other side was erased', ([, one]) => (one.a.realNumber = null)],
  ])('when %s: exit 7, and the file stays', async (_what, damage) => {
    const errand = await home.pair(CLEO, DORA);
    await encrypt();
    const state = JSON.parse(home.bytes());
    damage(state.sessions);
    writeFileSync(home.path, JSON.stringify(state));
    const { id } = state.sessions[1];
    expect(['errand', errand.id]).toContain(id);
    await expectRefused(7, { VOXPROXY_ENCRYPTION_KEY: KEY }, new RegExp(`session ${id} was tampered with`));
    await expectRefused(7, { VOXPROXY_ENCRYPTION_KEY: KEY }, /was tampered with/, [['store', 'decrypt']]);
  });

  it('without repeating an id that a terminal would obey', async () => {
    await encrypt();
    const state = JSON.parse(home.bytes());
    state.sessions[0].id = '\u001b[2J\nforged';
    writeFileSync(home.path, JSON.stringify(state));
    const { code, stderr } = await home.operator.run(['sessions', 'list'], withKey(KEY));
    expect([code, stderr]).toEqual([7, expect.stringContaining('session 1 of 1 was tampered with')]);
    expect(stderr).not.toContain('\u001b');
  });
});

describe('erased people', () => {
  it('stay in quarantine through encrypt, rekey and decrypt', async () => {
    await encrypt();
    await home.told(['sessions', 'erase', ANNA, '--yes'], withKey(KEY));
    await home.told(['store', 'rekey'], { ...withKey(KEY), stdin: OTHER_KEY });
    const other = withKey(OTHER_KEY);
    // Two numbers: one still leads Anna to Ben, so one is left for her.
    const errand = await home.pair(ANNA, CLEO, other);
    expect(errand.b.virtualNumber).not.toBe(dials.anna);
    expect((await home.operator.run(['pair', ANNA, DORA, ...QUIETLY], other)).code).toBe(6);
    const again = await home.pair(BEN, ANNA, other);
    expect([again.a.virtualNumber, again.b.virtualNumber]).toEqual([dials.anna, dials.ben]);
    await home.told(['store', 'decrypt'], other);
    expect((await home.operator.run(['pair', ANNA, DORA, ...QUIETLY])).code).toBe(6);
  });
});

describe('people who are blocked', () => {
  it('stay so through encrypt, rekey and decrypt, and when they are erased', async () => {
    await home.told(['numbers', 'block', ANNA]);
    const isBlocked = async (options = {}) =>
      (await home.told(['explain', ANNA, dials.anna], options)).route.reason === 'blocked';
    expect(await isBlocked()).toBe(true);
    await encrypt();
    expect(await isBlocked(withKey(KEY))).toBe(true);
    await home.told(['store', 'rekey'], { ...withKey(KEY), stdin: OTHER_KEY });
    expect(await isBlocked(withKey(OTHER_KEY))).toBe(true);
    await home.told(['sessions', 'erase', ANNA, '--yes'], withKey(OTHER_KEY));
    expect(await isBlocked(withKey(OTHER_KEY))).toBe(true);
    await home.told(['store', 'decrypt'], withKey(OTHER_KEY));
    expect(await isBlocked()).toBe(true);
    await home.told(['numbers', 'unblock', ANNA]);
    expect(await isBlocked()).toBe(false);
  });
});

describe('a conversion', () => {
  it('that is asked for twice finds it done, and changes nothing', async () => {
    await encrypt();
    const encrypted = home.bytes();
    await encrypt();
    expect(home.bytes()).toBe(encrypted);
    await home.told(['store', 'rekey'], { ...withKey(KEY), stdin: OTHER_KEY });
    const rekeyed = home.bytes();
    expect(rekeyed).not.toBe(encrypted);
    await home.told(['store', 'rekey'], { ...withKey(KEY), stdin: OTHER_KEY });
    expect(home.bytes()).toBe(rekeyed);
    await home.told(['store', 'decrypt'], withKey(OTHER_KEY));
    const plain = home.bytes();
    await home.told(['store', 'decrypt'], withKey(OTHER_KEY));
    expect(home.bytes()).toBe(plain);
  });

  it('takes the new key from a file too', async () => {
    await encrypt();
    const path = join(home.home, 'private-new.key');
    writeFileSync(path, OTHER_KEY, { mode: 0o600 });
    await home.told(['store', 'rekey', '--new-key-file', path], withKey(KEY));
    expect((await home.operator.run(['sessions', 'list'], withKey(KEY))).code).toBe(3);
    expect((await home.operator.run(['sessions', 'list'], withKey(OTHER_KEY))).code).toBe(0);
  });

  it('of a store that is not there makes an empty one', async () => {
    const empty = await openHome([]);
    try {
      await empty.told(['store', 'encrypt'], withKey(KEY));
      expect(existsSync(empty.path)).toBe(true);
      expect((await empty.told(['sessions', 'list'], withKey(KEY))).sessions).toEqual([]);
    } finally {
      empty.clean();
    }
  });
});

describe('a listener on an encrypted store', () => {
  it('sees what another process writes, and apologises once it was re-keyed under it', async () => {
    await encrypt();
    const env = { ...LISTENER, VOXPROXY_ENCRYPTION_KEY: KEY };
    const listener = await home.operator.serve([], { env });
    const other = new Worker({ VOXPROXY_HOME: home.home, VOXPROXY_ENCRYPTION_KEY: KEY });
    const call = async (from: string, to: string) => {
      const body = JSON.stringify({ from: from.slice(1), to: to.slice(1) });
      return (await fetch(listener.answerUrl, signedPost(SIGNING, body))).json();
    };
    try {
      expect(await call(ANNA, dials.anna)).toMatchObject([
        {},
        { action: 'connect', endpoint: [{ number: BEN.slice(1) }] },
      ]);
      const paired = await other.run(['pair', CLEO, DORA, ...QUIETLY]);
      expect(await call(DORA, paired?.document.session.a.virtualNumber)).toMatchObject([
        {},
        { action: 'connect', endpoint: [{ number: CLEO.slice(1) }] },
      ]);
      await other.run(['sessions', 'close', 'trip']);
      expect(await call(ANNA, dials.anna)).toMatchObject([
        { text: 'This call can no longer be connected: the session has ended.' },
      ]);
      await home.told(['store', 'rekey'], { ...withKey(KEY), stdin: OTHER_KEY });
      expect(await call(DORA, paired?.document.session.a.virtualNumber)).toEqual([
        { action: 'talk', language: 'en-GB', text: 'This service is temporarily unavailable.' },
      ]);
    } finally {
      await other.kill();
      expect((await listener.stop()).code).toBe(0);
    }
  });
});
