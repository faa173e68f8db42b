import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { person } from '../support/privacy.js';
import { london, Rehearsal } from '../support/rehearsal.js';
import type { Operator } from '../support/voxproxy.js';

let rehearsal: Rehearsal;
let operator: Operator;
const POOL = london(300, 2);

beforeAll(async () => {
  rehearsal = await Rehearsal.start();
  await rehearsal.rent('GB', ...POOL);
});
afterAll(() => rehearsal.close());
beforeEach(async () => {
  await rehearsal.control.clearFaults();
  operator = await rehearsal.pooled(...POOL);
  rehearsal.requests.length = 0;
});

async function pairFile(lines: string[], ...flags: string[]) {
  const path = join(operator.home, 'pairs.csv');
  writeFileSync(path, lines.join('\n'));
  const { code, stdout, stderr } = await operator.run(['pair', '--file', path, '--json', ...flags]);
  const documents = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return { code, documents, stderr };
}
const row = (i: number, more = '') => `${person(i)},${person(i + 1)}${more}`;
const sessions = async () => (await operator.json(['sessions', 'list'])).document.sessions;

test('two numbers a line, answered in the order of the file, without a lookup', async () => {
  const { code, documents } = await pairFile([row(1), row(3), '', `"${person(5)}" , ${person(6)}`]);
  expect(code).toBe(0);
  expect(documents.map(({ created, notified }) => [created, notified])).toEqual(
    Array.from({ length: 3 }, () => [true, { a: 'sent', b: 'sent' }]),
  );
  expect(documents.map(({ session }) => session.a.realNumber.slice(-4))).toEqual(
    [1, 3, 5].map((i) => person(i).slice(-4)),
  );
  const paths = rehearsal.requests.map(({ line }) => line.split(' ')[1]);
  expect(paths).toEqual(Array.from({ length: 6 }, () => '/v1/messages'));
});

test('from standard input', async () => {
  const argv = ['pair', '--file', '-', '--json', '--no-sms'];
  const { code, stdout } = await operator.run(argv, { stdin: `${row(1)}\r\n${row(3)}\r\n` });
  expect(code).toBe(0);
  expect(stdout.trim().split('\n')).toHaveLength(2);
  expect(await sessions()).toHaveLength(2);
});

test('a header names further columns, in any order and case', async () => {
  const { code, documents } = await pairFile(
    [
      '\ufeffName,B,A,TTL,label-a,label-b,language,max-duration',
      `ride 1,${person(1)},${person(2)},2h,Sam,Ms Okoro,de,10m`,
      `,${person(3)},${person(4)},,,,,`,
    ],
    '--no-sms',
  );
  expect(code).toBe(0);
  const [{ session: first }, { session: second }] = documents;
  expect(first).toMatchObject({ name: 'ride 1', a: { label: 'Sam' }, b: { label: 'Ms Okoro' } });
  expect(first.a.realNumber.slice(-4)).toBe(person(2).slice(-4));
  expect(Date.parse(first.expiresAt) - Date.parse(first.createdAt)).toBe(7_200_000);
  expect(second).toMatchObject({ name: null, expiresAt: null, a: { label: null } });
  const explained = await operator.json(['explain', person(2), first.b.virtualNumber]);
  expect(explained.document.ncco[1].limit).toBe(600);
  expect(explained.document.ncco[0].language).toBe('de-DE');
});

test('a header names directions and a language for each', async () => {
  const { code, documents } = await pairFile(
    [
      'a,b,language-a,Language-B,direction,language',
      `${person(1)},${person(2)},de,fr-FR,a-to-b,`,
      `${person(3)},${person(4)},,es,,it`,
      `${person(5)},${person(6)},,,,`,
      `${person(7)},${person(8)},,,up,`,
      `${person(7)},${person(8)},,tlh,,`,
    ],
    '--direction',
    'b-to-a',
    '--no-sms',
  );
  expect(code).toBe(2);
  expect(
    documents.map(
      ({ session, error }) => error?.code ?? [session.direction, session.a.language, session.b.language],
    ),
  ).toEqual([
    ['a-to-b', 'de-DE', 'fr-FR'],
    ['b-to-a', 'it-IT', 'es-ES'],
    ['b-to-a', null, null],
    'usage',
    'usage',
  ]);
  expect(documents.slice(3).map(({ line, error }) => [line, error.message.split(' ')[0]])).toEqual([
    [5, '--direction'],
    [6, '--language-b'],
  ]);
});

test('the side that cannot call is told nothing', async () => {
  const { documents } = await pairFile(['a,b,direction', `${person(21)},${person(22)},b-to-a`]);
  expect(documents[0].notified).toEqual({ a: 'skipped', b: 'sent' });
  expect(await rehearsal.textsTo(person(21))).toEqual([]);
});

test('flags are for every line, and the line goes before them', async () => {
  const { documents } = await pairFile(
    ['a,b,ttl', `${person(1)},${person(2)},1h`, `${person(3)},${person(4)},`],
    '--ttl',
    '3h',
    '--label-b',
    'the office',
    '--no-sms',
  );
  const hours = ({
    session: { createdAt, expiresAt },
  }: {
    session: { createdAt: string; expiresAt: string };
  }) => (Date.parse(expiresAt) - Date.parse(createdAt)) / 3_600_000;
  expect(documents.map(hours)).toEqual([1, 3]);
  expect(documents[1].session.b.label).toBe('the office');
});

test('lines that fail are told, do not stop the rest, and the first decides the exit code', async () => {
  const lines = [
    row(1),
    `${person(3)},07400`,
    person(4),
    `${person(5)},${person(5)}`,
    `${person(6)},${POOL[0]}`,
    row(1),
    row(7),
  ];
  const { code, documents } = await pairFile(lines, '--no-sms');
  expect(code).toBe(2);
  expect(documents.map(({ line, error }) => error && [line, error.code])).toEqual([
    undefined,
    [2, 'invalid-number'],
    [3, 'usage'],
    [4, 'invalid-number'],
    [5, 'invalid-number'],
    undefined,
    undefined,
  ]);
  expect(Object.keys(documents[1])).toEqual(['line', 'error']);
  expect(documents[5]).toMatchObject({ created: false, session: { id: documents[0].session.id } });
  expect(await sessions()).toHaveLength(2);
});

test('exit code of the first failed line', async () => {
  const full = [`${person(1)},${person(2)}`, `${person(1)},${person(3)}`, `${person(1)},${person(4)}`];
  const { code, documents } = await pairFile([...full, 'x,y'], '--no-sms');
  expect(code).toBe(6);
  expect(documents[2]).toMatchObject({ line: 3, error: { code: 'pool-exhausted' } });
});

test('names within one file are taken by the first', async () => {
  const { code, documents } = await pairFile(['a,b,name', row(1, ',ride'), row(3, ',ride')], '--no-sms');
  expect(code).toBe(5);
  expect(documents[1]).toMatchObject({ line: 3, error: { code: 'conflict' } });
});

test('exit 9 when somebody could not be told', async () => {
  await rehearsal.control.fault({ path: '/v1/messages', status: 500, times: 1 });
  const { code, documents, stderr } = await pairFile([row(1), row(3)]);
  expect(code).toBe(9);
  expect(documents).toHaveLength(2);
  expect(stderr).toContain('could not be told');
});

test('--lookup looks every line up', async () => {
  const { code, documents } = await pairFile(
    [row(1), `${person(3)},+447400990000`],
    '--no-sms',
    '--lookup',
    'auto',
  );
  expect(code).toBe(2);
  expect(documents[1].error.message).toBe('The second number does not exist, says the lookup.');
});

test('as people see it', async () => {
  const path = join(operator.home, 'pairs.csv');
  writeFileSync(path, `${row(1)}\nnobody,${person(3)}\n`);
  const { code, stdout, stderr } = await operator.run(['pair', '--file', path, '--no-sms']);
  expect(code).toBe(2);
  expect(stdout).toMatch(/^✔ line 1: Paired · session \S+ · open until closed\n$/);
  expect(stderr).toContain('✖ line 2: The first number contains letters.');
  expect(stderr).toContain('1 of 2 lines paired.');
});

test('--dry-run shows and saves nothing', async () => {
  const { code, documents } = await pairFile([row(1), row(3)], '--dry-run');
  expect(code).toBe(0);
  expect(documents.map(({ dryRun, created }) => [dryRun, created])).toEqual([
    [true, false],
    [true, false],
  ]);
  expect(await sessions()).toEqual([]);
});

describe('a file that makes no sense', () => {
  test.each([
    ['a column that is unknown', ['a,b,colour', row(1, ',red')]],
    ['a column twice', ['a,b,b', row(1, ',x')]],
    ['quotes that do not close', [`"${person(1)},${person(2)}`]],
  ])('%s', async (_what, lines) => {
    const { code, documents } = await pairFile(lines);
    expect(code).toBe(2);
    expect(documents).toMatchObject([{ error: { code: 'usage' } }]);
    expect(await sessions()).toEqual([]);
  });

  test('is not there', async () => {
    const { code, document } = await operator.json(['pair', '--file', join(operator.home, 'none.csv')]);
    expect([code, document.error.code]).toEqual([2, 'usage']);
  });

  test('goes with neither numbers nor --name', async () => {
    expect((await operator.json(['pair', person(1), person(2), '--file', '-'])).code).toBe(2);
    expect((await operator.json(['pair', '--file', '-', '--name', 'x'])).code).toBe(2);
  });

  test('that is wrong in every line is wrong use before missing credentials', async () => {
    const argv = ['pair', '--file', '-', '--json'];
    const env = { VONAGE_API_KEY: '' };
    const { code, stdout } = await operator.run(argv, { env, stdin: 'x,y\nz\n' });
    expect(code).toBe(2);
    expect(stdout.trim().split('\n')).toHaveLength(2);
    expect((await operator.run(argv, { env, stdin: `${row(1)}\n` })).code).toBe(3);
  });
});

test('two hundred lines are one write each for sessions and for the told', async () => {
  const lines = Array.from(
    { length: 200 },
    (_, i) => `${person(i)},+3538${String(70_000_000 + i * 131).slice(0, 8)}`,
  );
  const { code, documents } = await pairFile(lines, '--no-sms');
  expect(code).toBe(0);
  expect(documents).toHaveLength(200);
  expect(await sessions()).toHaveLength(200);
});
