import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { administer, emptySchema, type Schema } from '../support/postgres.js';
import { person } from '../support/privacy.js';
import { Rehearsal } from '../support/rehearsal.js';
import type { Operator } from '../support/voxproxy.js';

const [ANNA, BEN, CLEO] = [person(1), person(2), person(3)];
const QUIETLY = ['--no-sms', '--lookup', 'offline'];
const KEY = '4f'.repeat(32);

let schema: Schema;
let rehearsal: Rehearsal;
let operator: Operator;
let env: { VOXPROXY_STORE: string };

beforeEach(async () => {
  [schema, rehearsal] = await Promise.all([emptySchema(), Rehearsal.start()]);
  operator = rehearsal.operator();
  env = { VOXPROXY_STORE: schema.url };
});
afterEach(async () => {
  await rehearsal.close();
  await schema.drop();
});

async function told(argv: string[], there: Record<string, string> = env) {
  const { code, document, stderr } = await operator.json(argv, { env: there });
  expect(code, JSON.stringify(document) + stderr).toBe(0);
  return document;
}
const rows = async (table: string) =>
  (await administer(`SELECT * FROM ${schema.name}.voxproxy_${table}`)).length;

describe('with VOXPROXY_STORE, the same commands', () => {
  it('rent, pair, answer, log, explain, erase and release, and nothing lies in the home', async () => {
    await told(['numbers', 'provision', 'GB', '--count', '2', '--yes']);
    const { session } = await told(['pair', ANNA, BEN, '--name', 'trip']);
    const listener = await operator.serve([], { env });
    await rehearsal.control.call({ from: ANNA, to: session.b.virtualNumber });
    await expect
      .poll(async () => (await told(['calls', 'trip'])).calls)
      .toMatchObject([{ outcome: 'completed', from: 'a' }]);
    await listener.stop();
    const { route } = await told(['explain', ANNA, session.b.virtualNumber]);
    expect(route).toEqual({ kind: 'connect', sessionId: session.id });
    expect((await told(['calls', 'summary'])).sessions).toMatchObject([{ calls: 1, answered: 1 }]);
    const audited = await told(['audit']);
    expect(audited).toMatchObject({
      ok: true,
      people: 2,
      database: { holds: expect.stringContaining('the call log') },
    });
    expect(JSON.stringify(audited.files)).not.toMatch(/store\.json|calls/);
    const { checks } = (await operator.json(['doctor'], { env })).document;
    expect(
      checks.find(({ name }: { name: string }) => name === 'store')?.message ?? JSON.stringify(checks),
    ).toContain('PostgreSQL 127.0.0.1:');
    const { erased } = await told(['sessions', 'erase', ANNA, '--yes']);
    expect(erased.closed).toEqual([session.id]);
    expect(JSON.stringify(await administer(`SELECT * FROM ${schema.name}.voxproxy_sessions`))).not.toContain(
      ANNA.slice(3),
    );
    expect((await told(['sessions', 'list'])).sessions).toMatchObject([{ status: 'closed' }]);
    const refused = await operator.json(['numbers', 'release', session.b.virtualNumber, '--yes'], { env });
    expect(refused.code).toBe(5);
    await told(['numbers', 'release', session.b.virtualNumber, '--force', '--yes']);
    expect((await told(['numbers', 'list'])).numbers).toHaveLength(1);
  }, 30_000);

  it('encrypt, rekey and decrypt it', async () => {
    await told(['numbers', 'provision', 'GB', '--yes']);
    await told(['pair', ANNA, BEN, ...QUIETLY]);
    const key = { ...env, VOXPROXY_ENCRYPTION_KEY: KEY };
    await told(['store', 'encrypt'], key);
    expect(JSON.stringify(await administer(`SELECT * FROM ${schema.name}.voxproxy_sessions`))).not.toContain(
      ANNA.slice(3),
    );
    expect((await operator.run(['sessions', 'list'], { env })).code).toBe(3);
    writeFileSync(join(operator.home, 'key'), Buffer.alloc(32, 7).toString('base64'));
    const keyless = await operator.run(['store', 'rekey'], { env: key });
    expect([keyless.code, keyless.stderr]).toEqual([3, expect.stringContaining('needs the new key')]);
    await told(['store', 'rekey', '--new-key-file', join(operator.home, 'key')], key);
    const renewed = { ...env, VOXPROXY_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') };
    expect((await told(['sessions', 'list', '--reveal'], renewed)).sessions).toMatchObject([
      { a: { realNumber: ANNA } },
    ]);
    await told(['store', 'decrypt'], renewed);
    expect((await told(['sessions', 'list'])).sessions).toHaveLength(1);
  });

  it('say when it cannot be reached, and show no password', async () => {
    for (const url of [
      'postgres://me:hunter2secret@127.0.0.1:9/x',
      'postgres://me:hunter2secret@127.0.0.1:9,127.0.0.1:10/x',
    ]) {
      const { code, stdout, stderr } = await operator.run(['sessions', 'list', '--verbose'], {
        env: { VOXPROXY_STORE: url },
      });
      expect(code).toBe(7);
      expect(stderr).toContain('cannot be reached: nothing listens there');
      expect(stdout + stderr).not.toContain('hunter2secret');
    }
  });
});

describe('store migrate', () => {
  it('says what there is, makes it, and does not do it twice', async () => {
    expect((await told(['store', 'migrate', '--dry-run'])).store).toMatchObject({ before: 0, version: 0 });
    const { store } = await told(['store', 'migrate']);
    expect(store).toEqual({ before: 0, version: store.wanted, wanted: store.wanted });
    expect((await told(['store', 'migrate'])).store.before).toBe(store.wanted);
    expect((await operator.run(['store', 'migrate'], { env })).stdout).toContain('already');
    expect((await operator.run(['store', 'migrate'])).code).toBe(2);
  });
});

describe('store copy', () => {
  const NONE = {};
  beforeEach(async () => {
    await told(['numbers', 'provision', 'GB', '--count', '2', '--yes'], NONE);
    await told(['pair', ANNA, BEN, '--name', 'trip', ...QUIETLY], NONE);
    await told(['pair', ANNA, CLEO, ...QUIETLY], NONE);
    await told(['unpair', 'trip'], NONE);
    await told(['numbers', 'block', CLEO], NONE);
  });
  const sessions = async (there: Record<string, string>) =>
    (await told(['sessions', 'list', '--reveal'], there)).sessions;
  const copy = (...flags: string[]) =>
    told(['store', 'copy', '--from', 'json', '--to', 'postgres', ...flags]);

  it('moves everything there and back, and can be done again', async () => {
    const before = await sessions(NONE);
    expect(await copy('--dry-run')).toMatchObject({
      dryRun: true,
      copied: { sessions: 2, numbers: 2, marked: 1 },
    });
    expect(await rows('sessions')).toBe(0);
    for (let n = 0; n < 2; n++)
      expect((await copy()).copied).toEqual({ sessions: 2, numbers: 2, marked: 1, logged: 0 });
    expect(await sessions(env)).toEqual(before);
    expect(await rows("legs WHERE dialled <> ''")).toBe(4);
    await told(['pair', BEN, CLEO, ...QUIETLY]);
    await told(['numbers', 'unblock', CLEO]);
    const back = await told(['store', 'copy', '--from', schema.url, '--to', 'json']);
    expect(back.copied).toMatchObject({ sessions: 3, marked: 0 });
    expect(await sessions(NONE)).toEqual(await sessions(env));
    expect(await told(['numbers', 'list'], NONE)).toEqual(await told(['numbers', 'list']));
  });

  it('brings the log along, once', async () => {
    const listener = await operator.serve();
    const { b } = (await sessions(NONE))[0];
    await rehearsal.control.call({ from: ANNA, to: b.virtualNumber });
    await expect.poll(async () => (await told(['calls'], NONE)).calls[0]?.outcome).toBe('completed');
    await listener.stop();
    const calls = await told(['calls'], NONE);
    expect((await copy()).copied.logged).toBeGreaterThan(0);
    expect((await copy()).copied.logged).toBe(0);
    expect(await told(['calls'])).toEqual(calls);
    expect((await told(['store', 'copy', '--from', 'postgres', '--to', 'json'])).copied.logged).toBe(0);
  });

  it('refuses to lose a session, and leaves everything as it was', async () => {
    await copy();
    await told(['pair', BEN, CLEO, ...QUIETLY]);
    const before = await sessions(env);
    const { code, document } = await operator.json(['store', 'copy', '--from', 'json', '--to', 'postgres'], {
      env,
    });
    expect([code, document.error.code]).toEqual([5, 'conflict']);
    expect(document.error.message).toContain('there is 1 session that the other does not have');
    expect(await sessions(env)).toEqual(before);
  });

  it.each([
    ['closed', ['sessions', 'list'], ['unpair', 'lasting']],
    [
      'extended',
      ['sessions', 'extend', 'lasting', '--ttl', '1h'],
      ['sessions', 'extend', 'lasting', '--ttl', '9h'],
    ],
    ['erased', ['unpair', 'lasting'], ['sessions', 'erase', BEN, '--yes']],
  ])('refuses to undo what happened to a session: %s', async (_what, before, after) => {
    await told(['pair', BEN, CLEO, '--name', 'lasting', ...QUIETLY], NONE);
    await told(before, NONE);
    await copy();
    await told(after);
    const kept = await sessions(env);
    for (const flags of [['--dry-run'], []]) {
      const argv = ['store', 'copy', '--from', 'json', '--to', 'postgres', ...flags];
      const { code, document } = await operator.json(argv, { env });
      expect([code, document.error.code]).toEqual([5, 'conflict']);
      expect(document.error.message).toMatch(/there (is|are) \d sessions? closed, extended or erased since/);
    }
    expect(await sessions(env)).toEqual(kept);
    await told(['store', 'copy', '--from', 'postgres', '--to', 'json']);
    expect(await sessions(NONE)).toEqual(kept);
  });

  it('says whose block or wish is gone, and where the numbers stay', async () => {
    await copy();
    await told(['numbers', 'block', BEN]);
    const { code, stderr } = await operator.run(['store', 'copy', '--from', 'json', '--to', 'postgres'], {
      env,
    });
    expect(code).toBe(0);
    expect(stderr).toContain('the mark of 1 person, blocked or without texts, is gone');
    const { files } = await told(['audit']);
    const left = files.find(({ path }: { path: string }) => path.endsWith('store.json'));
    expect(left.holds).toContain('with their real numbers in plain text, from before VOXPROXY_STORE was set');
  });

  it('refuses a store that holds something else', async () => {
    await told(['numbers', 'block', BEN]);
    const { code, document } = await operator.json(['store', 'copy', '--from', 'json', '--to', 'postgres'], {
      env,
    });
    expect([code, document.error.message]).toEqual([5, expect.stringContaining('something of its own')]);
  });

  it('refuses a source in which a leg has two live owners', async () => {
    const path = join(operator.home, 'store.json');
    const text = readFileSync(path, 'utf8');
    const { sessions: kept } = JSON.parse(text);
    const live = JSON.stringify(kept[1]);
    writeFileSync(path, text.replace(live, `${live},${live.replace(kept[1].id, 'another-one')}`));
    const { code, document } = await operator.json(['store', 'copy', '--from', 'json', '--to', 'postgres'], {
      env,
    });
    expect([code, document.error.message]).toEqual([
      7,
      expect.stringContaining('a leg that another live session has'),
    ]);
    expect(await rows('sessions')).toBe(0);
  });

  it.each([
    [['--from', 'json'], '--to takes'],
    [['--from', 'json', '--to', 'elsewhere'], '--to takes'],
    [['--from', 'json', '--to', 'json'], 'the same store'],
  ])('%j is wrong use', async (flags, said) => {
    const { code, document } = await operator.json(['store', 'copy', ...flags]);
    expect([code, document.error.message]).toEqual([2, expect.stringContaining(said)]);
  });
});
