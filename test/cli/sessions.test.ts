import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { person } from '../support/privacy.js';
import { london, Rehearsal } from '../support/rehearsal.js';
import type { Operator } from '../support/voxproxy.js';

let rehearsal: Rehearsal;
let operator: Operator;
const POOL = london(400, 3);

beforeAll(async () => {
  rehearsal = await Rehearsal.start();
  await rehearsal.rent('GB', ...POOL);
});
afterAll(() => rehearsal.close());
beforeEach(async () => {
  await rehearsal.control.clearFaults();
  operator = await rehearsal.pooled(...POOL);
});

async function paired(a: number, b: number, ...flags: string[]) {
  const argv = ['pair', person(a), person(b), '--no-sms', '--lookup', 'offline', ...flags];
  const { code, document } = await operator.json(argv);
  expect(code).toBe(0);
  return document.session;
}
const sessions = (...argv: string[]) => operator.json(['sessions', ...argv]);
const explain = async (...argv: string[]) => operator.json(['explain', ...argv]);
const inTime = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
const ids = (list: { id: string }[]) => list.map(({ id }) => id);

describe('list', () => {
  test('all of them, newest first, or those of a status', async () => {
    const open = await paired(1, 2);
    const closed = await paired(1, 3);
    await sessions('close', closed.id);
    const expired = await paired(1, 4, '--ttl', '1s');
    await new Promise((resolve) => setTimeout(resolve, 1_010));
    const { document } = await sessions('list');
    expect(ids(document.sessions)).toEqual([expired.id, closed.id, open.id]);
    expect(document.sessions.map(({ status }: { status: string }) => status)).toEqual([
      'expired',
      'closed',
      'open',
    ]);
    for (const [status, { id }] of Object.entries({ open, closed, expired }))
      expect(ids((await sessions('list', '--status', status)).document.sessions)).toEqual([id]);
    expect(await sessions('list', '--status', 'lost')).toMatchObject({ code: 2 });
  });

  test('as people see it: whole lines where they fit, nothing lost where they do not', async () => {
    const { id, a } = await paired(1, 2, '--name', 'the ride to the airport at dawn', '--ttl', '2h');
    for (const columns of [40, 60, 80, 140]) {
      const { stdout } = await operator.run(['sessions', 'list'], { terminal: { columns } });
      expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(columns);
      for (const shown of [id, a.virtualNumber, `+44•••••${person(1).slice(-4)}`])
        expect(stdout).toContain(shown);
    }
    const { stdout } = await operator.run(['sessions', 'list']);
    expect(stdout).toMatch(
      /ends in 2 hours +\+44•••••\d{4} → \+44207946\d{4} +\+44•••••\d{4} → \+44207946\d{4}\n/,
    );
  });

  test('nothing is an answer', async () => {
    expect((await operator.run(['sessions', 'list'])).stdout).toBe('No sessions.\n');
  });
});

describe('a session is found', () => {
  test('by its id, the beginning of it while unique, or its name', async () => {
    const { id } = await paired(1, 2, '--name', 'ride 42');
    for (const text of [id, id.slice(0, 3), 'ride 42'])
      expect((await sessions('show', text)).document.session.id).toBe(id);
    for (const text of ['nobody', '', 'ride', `${id}x`]) expect((await sessions('show', text)).code).toBe(4);
  });

  test('a beginning of several is wrong use, and names them', async () => {
    const path = join(operator.home, 'store.json');
    const { id } = await paired(1, 2);
    const other = await paired(3, 4);
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(`"${id}"`, '"zz-one"').replace(`"${other.id}"`, '"zz-two"'),
    );
    const { code, document } = await sessions('show', 'zz-');
    expect([code, document.error.code]).toEqual([2, 'usage']);
    expect(document.error.message).toBe('2 sessions begin so: zz-one, zz-two.');
    expect((await sessions('show', 'zz-t')).document.session.id).toBe('zz-two');
  });

  test('a name means its living bearer', async () => {
    const old = await paired(1, 2, '--name', 'ride');
    await sessions('close', 'ride');
    const young = await paired(1, 2, '--name', 'ride');
    expect(old.id).not.toBe(young.id);
    expect((await sessions('show', 'ride')).document.session.id).toBe(young.id);
  });
});

test('show tells everything about one', async () => {
  const flags = [
    '--ttl',
    '2h',
    '--language',
    'de',
    '--max-duration',
    '10m',
    '--hard-expiry',
    '--label-b',
    'Sam',
  ];
  const session = await paired(1, 2, ...flags);
  expect((await sessions('show', session.id)).document).toEqual({ session });
  const { stdout } = await operator.run(['sessions', 'show', session.id]);
  for (const fact of [
    `session ${session.id} · ends in 2 hours`,
    'and reaches Sam',
    'a not told, b not told',
    'a hears de-DE',
    'b hears de-DE',
    'calls end after 10 minutes',
    'calls end with the session',
    'legs stay reserved for 7 days after the end',
  ])
    expect(stdout).toContain(fact);
});

describe('close', () => {
  test.each([[['sessions', 'close']], [['unpair']]])('%j', async (verb) => {
    const { id, b } = await paired(1, 2);
    const { code, document } = await operator.json([...verb, id]);
    expect([code, document.session.status]).toEqual([0, 'closed']);
    expect((await explain(person(1), b.virtualNumber)).document.route).toEqual({
      kind: 'refuse',
      reason: 'ended',
      sessionId: id,
    });
    const again = await operator.json([...verb, id]);
    expect([again.code, again.document]).toEqual([0, document]);
    expect((await operator.run([...verb, id])).stdout).toBe(`Session ${id} was closed before.\n`);
  });

  test('nobody', async () => {
    expect(await sessions('close', 'nobody')).toMatchObject({
      code: 4,
      document: { error: { code: 'not-found' } },
    });
    expect((await operator.json(['unpair'])).code).toBe(2);
  });
});

describe('extend', () => {
  test('gives a live session more time, never less', async () => {
    const { id, expiresAt } = await paired(1, 2, '--ttl', '2h');
    const { code, document } = await sessions('extend', id, '--ttl', '3h');
    expect(code).toBe(0);
    expect(Date.parse(document.session.expiresAt) - Date.parse(expiresAt)).toBeGreaterThan(3_590_000);
    const less = await sessions('extend', id, '--ttl', '1h');
    expect(less.document.session.expiresAt).toBe(document.session.expiresAt);
  });

  test('lets an ended one live again while its legs are its own', async () => {
    const { id, b } = await paired(1, 2);
    await sessions('close', id);
    const { code, document } = await sessions('extend', id, '--ttl', '1h');
    expect([code, document.session.status, document.session.closedAt]).toEqual([0, 'open', null]);
    expect((await explain(person(1), b.virtualNumber)).document.route.kind).toBe('connect');
  });

  test('says that it connects two who were parted', async () => {
    const { id } = await paired(1, 2);
    const told = async () => (await operator.run(['sessions', 'extend', id, '--ttl', '1h'])).stdout;
    expect(await told()).toContain('Extended');
    await sessions('close', id);
    expect(await told()).toContain('It had ended, and connects the two again');
    expect(await told()).not.toContain('had ended');
  });

  test('is a conflict once they are not', async () => {
    const { id } = await paired(1, 2);
    await sessions('close', id);
    await paired(1, 2);
    const { code, document } = await sessions('extend', id, '--ttl', '1h');
    expect([code, document.error.code]).toEqual([5, 'conflict']);
    expect(document.error.hint).toContain('voxproxy pair');
  });

  test.each([[[]], [['--ttl', 'long']], [['--ttl', '0s']]])('%j is wrong use', async (flags) => {
    const { id } = await paired(1, 2);
    expect((await sessions('extend', id, ...flags)).code).toBe(2);
    expect((await sessions('extend', 'nobody', '--ttl', '1h')).code).toBe(4);
  });
});

describe('notify', () => {
  const telling = async (id: string) => (await sessions('notify', id)).document?.notified;

  test('tells those who were not told; once both were, both again', async () => {
    const { id, a, b } = await paired(1, 2);
    await rehearsal.control.fault({ path: '/v1/messages', status: 500, times: 1 });
    const { code, document, stderr } = await sessions('notify', id);
    expect(code).toBe(9);
    expect(Object.values(document.notified).sort()).toEqual(['failed', 'sent']);
    expect(stderr).toContain(`session ${id} could not be told`);
    expect(Object.values(await telling(id)).sort()).toEqual(['sent', 'skipped']);
    expect(await telling(id)).toEqual({ a: 'sent', b: 'sent' });
    expect((await rehearsal.textsTo(person(1))).every(({ from }) => from === b.virtualNumber)).toBe(true);
    expect((await rehearsal.textsTo(person(2))).every(({ from }) => from === a.virtualNumber)).toBe(true);
    const { stdout } = await operator.run(['sessions', 'notify', id]);
    expect(stdout).toContain('✔ Told a and b by SMS.');
  });

  test('nobody of a session that has ended', async () => {
    const { id } = await paired(1, 2);
    await sessions('close', id);
    const { code, document } = await sessions('notify', id);
    expect([code, document.error.code]).toEqual([5, 'conflict']);
    expect(document.error.hint).toContain(`voxproxy sessions extend ${id}`);
    expect((await sessions('notify', 'nobody')).code).toBe(4);
  });

  test('needs credentials', async () => {
    const { id } = await paired(1, 2);
    const env = { VONAGE_API_KEY: '' };
    expect((await operator.json(['sessions', 'notify', id], { env })).code).toBe(3);
    expect((await operator.json(['sessions', 'show', id], { env })).code).toBe(0);
  });
});

describe('explain', () => {
  test('a connection: who sees what, and the instructions, redacted', async () => {
    const { id, a, b } = await paired(1, 2);
    const { code, document } = await explain(person(1), b.virtualNumber);
    expect(code).toBe(0);
    expect(document).toEqual({
      from: `+44•••••${person(1).slice(-4)}`,
      to: b.virtualNumber,
      route: { kind: 'connect', sessionId: id },
      ncco: [
        { action: 'talk', text: 'Please wait while we connect your call.', language: 'en-GB' },
        {
          action: 'connect',
          from: a.virtualNumber.slice(1),
          timeout: 30,
          eventType: 'synchronous',
          eventUrl: ['http://127.0.0.1:3000/connect-event/{token}'],
          eventMethod: 'POST',
          endpoint: [{ type: 'phone', number: `+44•••••${person(2).slice(-4)}` }],
        },
      ],
    });
    const revealed = await explain(person(1), b.virtualNumber, '--reveal');
    expect(revealed.document.ncco[1].endpoint[0].number).toBe(person(2).slice(1));
    const { stdout } = await operator.run(['explain', person(1), b.virtualNumber]);
    expect(stdout).toContain('connected');
    expect(stdout).toContain(`+44•••••${person(2).slice(-4)}`);
  });

  test('every refusal', async () => {
    const { id, b } = await paired(1, 2, '--ttl', '2h');
    const route = async (...argv: string[]) => (await explain(...argv)).document.route;
    expect(await route(person(3), b.virtualNumber)).toEqual({ kind: 'refuse', reason: 'unknown' });
    for (const caller of ['anonymous', '', 'Restricted', '12345', '+266696687', '1234567890123456'])
      expect(await route(caller, b.virtualNumber)).toEqual({ kind: 'refuse', reason: 'withheld' });
    expect(await route(person(1), person(2))).toEqual({ kind: 'refuse', reason: 'not-in-pool' });
    const ended = { kind: 'refuse', reason: 'ended', sessionId: id };
    expect(await route(person(1), b.virtualNumber, '--at', inTime(3))).toEqual(ended);
    expect(await route(person(1), b.virtualNumber, '--at', inTime(1))).toMatchObject({ kind: 'connect' });
    expect(await route(person(1), b.virtualNumber, '--at', '3h')).toEqual(ended);
    expect(await route(person(1), b.virtualNumber, '--at', 'in 1h')).toMatchObject({ kind: 'connect' });
    expect(await route(person(1), b.virtualNumber, '--at', inTime(2 + 7 * 24.1))).toMatchObject({
      reason: 'unknown',
    });
  });

  test('somebody whom the session lets be called alone', async () => {
    const { id, a, b } = await paired(1, 2, '--direction', 'a-to-b');
    expect((await explain(person(1), b.virtualNumber)).document.route.kind).toBe('connect');
    const { document } = await explain(person(2), a.virtualNumber);
    expect(document.route).toEqual({ kind: 'refuse', reason: 'direction', sessionId: id });
    expect(document.ncco).toMatchObject([{ text: 'You cannot call this person. They will call you.' }]);
  });

  test('somebody who is blocked, in a session and as a stranger, and hears what strangers hear', async () => {
    const { id, a, b } = await paired(1, 2);
    for (const n of [1, 3]) await operator.run(['numbers', 'block', person(n)]);
    const inSession = (await explain(person(1), b.virtualNumber)).document;
    expect(inSession.route).toEqual({ kind: 'refuse', reason: 'blocked', sessionId: id });
    const stranger = (await explain(person(3), b.virtualNumber)).document;
    expect(stranger.route).toEqual({ kind: 'refuse', reason: 'blocked' });
    for (const { ncco } of [inSession, stranger])
      expect(ncco).toMatchObject([{ text: 'This number is not available.' }]);
    expect((await explain(person(2), a.virtualNumber)).document.route.kind).toBe('connect');
  });

  test('a stranger who is put through to the operator, whose number is redacted', async () => {
    const { b } = await paired(1, 2);
    await operator.run(['config', 'set', 'operatorNumber', person(9)]);
    const { code, document } = await explain(person(3), b.virtualNumber);
    expect(code).toBe(0);
    expect(document.route).toEqual({ kind: 'connect', operator: true });
    expect(document.ncco[1]).toMatchObject({
      from: b.virtualNumber.slice(1),
      endpoint: [{ type: 'phone', number: `+44•••••${person(9).slice(-4)}` }],
    });
    const { stdout } = await operator.run(['explain', person(3), b.virtualNumber]);
    expect(stdout).toContain(`+44•••••${person(9).slice(-4)}`);
    const revealed = await explain(person(3), b.virtualNumber, '--reveal');
    expect(revealed.document.ncco[1].endpoint[0].number).toBe(person(9).slice(1));
    for (const [from, reason] of [
      ['anonymous', 'withheld'],
      [POOL[2] as string, 'unknown'],
    ] as const)
      expect((await explain(from, b.virtualNumber)).document.route).toEqual({ kind: 'refuse', reason });
  });

  test('a callee who is asked first', async () => {
    const { b } = await paired(1, 2, '--screen');
    const { document } = await explain(person(1), b.virtualNumber);
    expect(document.ncco[1].endpoint[0].onAnswer).toEqual({
      url: 'http://127.0.0.1:3000/whisper/{token}',
    });
    const { stdout } = await operator.run(['explain', person(1), b.virtualNumber]);
    expect(stdout).toMatch(/before (being|the two are) joined/);
  });

  test('takes numbers as a network writes them, and works without credentials', async () => {
    const { b } = await paired(1, 2);
    const env = { VONAGE_API_KEY: '', VONAGE_APPLICATION_ID: '' };
    for (const from of [
      person(1).slice(1),
      `00${person(1).slice(1)}`,
      `${person(1).slice(0, 3)} (${person(1).slice(3)})`,
    ]) {
      const { document } = await operator.json(['explain', from, b.virtualNumber.slice(1)], { env });
      expect(document.route.kind).toBe('connect');
    }
  });

  test('speaks as the settings say', async () => {
    const { b } = await paired(1, 2);
    await operator.run(['config', 'set', 'language', 'fr']);
    await operator.run(['config', 'set', 'sentences', '{"unknown":"Nobody here."}']);
    await operator.run(['config', 'set', 'publicUrl', 'https://calls.example.com/']);
    const connect = (await explain(person(1), b.virtualNumber)).document.ncco;
    expect(connect[0].language).toBe('fr-FR');
    expect(connect[1].eventUrl).toEqual(['https://calls.example.com/connect-event/{token}']);
    expect((await explain(person(3), b.virtualNumber)).document.ncco).toEqual([
      { action: 'talk', text: 'Nobody here.', language: 'fr-FR' },
    ]);
  });

  test.each([
    [['anonymous', 'nowhere']],
    [['anonymous', '+4420']],
    [['anonymous', POOL[0] as string, '--at', 'teatime']],
  ])('%j is wrong use', async (argv) => {
    expect((await explain(...argv)).code).toBe(2);
  });
});
