import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { person } from '../support/privacy.js';
import { london, Rehearsal } from '../support/rehearsal.js';
import type { Operator, RunOptions } from '../support/voxproxy.js';

let rehearsal: Rehearsal;
let operator: Operator;

const [N1, N2] = london(450, 2) as [string, string];
const numbers = (...argv: string[]) => operator.json(['numbers', ...argv]);
const listed = async () => (await numbers('list')).document.numbers;
const stateOf = async (number: string) =>
  (await listed()).find((one: { number: string }) => one.number === number)?.state;
const open = async (a: string, b: string, ...argv: string[]) =>
  (await operator.json(['pair', a, b, '--no-sms', '--lookup', 'offline', ...argv])).document.session;

beforeAll(async () => {
  rehearsal = await Rehearsal.start();
});
afterAll(() => rehearsal.close());
beforeEach(async () => {
  await rehearsal.control.reset();
  await rehearsal.rent('GB', N1, N2);
  operator = await rehearsal.pooled(N1, N2);
  await operator.run(['config', 'set', 'quarantine', '1s']);
});

/** A release that is waiting; it says so before this returns. */
async function waiting(argv: readonly string[] = ['--yes'], options: RunOptions = {}) {
  const ending = new AbortController();
  let said = '';
  let begun = () => {};
  const begins = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const ended = operator.run(['numbers', 'release', N1, '--when-idle', ...argv], {
    signal: ending.signal,
    ...options,
    onError: (text) => {
      said += text;
      if (said.includes('Waiting:')) begun();
    },
  });
  await Promise.race([
    begins,
    ended.then(({ stderr }) => Promise.reject(new Error(`it did not wait: ${stderr}`))),
  ]);
  return { ended, interrupt: () => ending.abort(), said: () => said };
}

describe('release --when-idle', () => {
  test('of an idle number gives it back at once', async () => {
    const { code, document } = await numbers('release', N1, '--when-idle', '--yes');
    expect(code).toBe(0);
    expect(document).toEqual({ released: N1, closed: [], cancelled: true });
    expect((await rehearsal.rented()).map(({ number }) => number)).toEqual([N2]);
  });

  test('waits for live and quarantined legs while their calls are answered, and hands it to nobody new', async () => {
    const { id, a, b } = await open(person(1), person(2), '--ttl', '2s');
    const [, other] = [a, b].map(({ virtualNumber }) => virtualNumber);
    const release = await waiting();
    expect(await stateOf(N1)).toBe('draining');
    expect(await listed()).toContainEqual(expect.objectContaining({ number: N1, linked: true }));
    expect((await operator.run(['numbers', 'list'])).stdout).toContain('draining');
    expect((await operator.json(['explain', person(1), other])).document.route.kind).toBe('connect');
    const next = await open(person(3), person(4));
    expect([next.a.virtualNumber, next.b.virtualNumber]).toEqual([N2, N2]);
    expect(release.said()).toMatch(/1 session uses it until \d{4}-.*Z at the latest \(\d seconds?\)/);
    const { code, stdout } = await release.ended;
    expect(code).toBe(0);
    expect(stdout).toContain('was given back');
    expect((await operator.json(['sessions', 'show', id])).document.session.status).toBe('expired');
    expect(await stateOf(N1)).toBeUndefined();
    expect((await rehearsal.rented()).map(({ number }) => number)).toEqual([N2]);
  });

  test('names sessions without an end, and notices that they are closed or extended', async () => {
    const { id } = await open(person(1), person(2));
    const release = await waiting();
    expect(release.said()).toContain(`Without an end, until they are closed: ${id}`);
    expect(release.said()).not.toContain('at the latest');
    await operator.run(['unpair', id]);
    expect((await release.ended).code).toBe(0);
    // Once at first, and once when the end was known: progress is calm.
    expect(release.said().match(/Waiting:/g)).toHaveLength(2);
  });

  test('interrupted, it stays draining and is gone on with', async () => {
    const { id } = await open(person(1), person(2));
    const release = await waiting();
    release.interrupt();
    const { code, stderr } = await release.ended;
    expect(code).toBe(130);
    expect(stderr).toContain(`voxproxy numbers release ${N1} --when-idle`);
    expect(await stateOf(N1)).toBe('draining');
    expect((await numbers('release', N1, '--yes')).code).toBe(5);
    // It was agreed to; on a terminal nobody is asked again.
    const again = await waiting([], { terminal: {} });
    await operator.run(['unpair', id]);
    expect((await again.ended).code).toBe(0);
    expect(await stateOf(N1)).toBeUndefined();
  });

  test('link takes a draining number back into use, and ends a release that waits', async () => {
    const { id } = await open(person(1), person(2));
    const release = await waiting(['--yes', '--json']);
    await rehearsal.control.fault({ path: '/number/update', status: 500 });
    expect((await numbers('link', N1)).code).toBe(7);
    expect(await stateOf(N1)).toBe('draining');
    expect((await numbers('link', N1)).code).toBe(0);
    expect(await stateOf(N1)).toBe('linked');
    const { code, stdout } = await release.ended;
    expect([code, JSON.parse(stdout).error.code]).toEqual([5, 'conflict']);
    await operator.run(['unpair', id]);
    expect((await rehearsal.rented()).map(({ number }) => number)).toEqual([N1, N2]);
  });

  test('a draining number revives no ended session, and sync leaves it draining', async () => {
    const { id } = await open(person(1), person(2));
    const release = await waiting();
    expect((await numbers('sync')).document).toMatchObject({ added: [], restored: [], lost: [] });
    expect(await stateOf(N1)).toBe('draining');
    await operator.run(['unpair', id]);
    expect((await operator.run(['sessions', 'extend', id, '--ttl', '1h'])).code).toBe(5);
    expect((await release.ended).code).toBe(0);
  });

  test('when Vonage fails at last, the number stays draining for the next run', async () => {
    await rehearsal.control.fault({ path: '/account/numbers', status: 500 });
    expect((await numbers('release', N1, '--when-idle', '--yes')).code).toBe(7);
    expect(await stateOf(N1)).toBe('draining');
    await rehearsal.control.fault({ path: '/number/cancel', status: 500 });
    expect((await numbers('release', N1, '--when-idle', '--yes')).code).toBe(7);
    expect(await stateOf(N1)).toBe('releasing');
    expect((await numbers('release', N1, '--when-idle', '--yes')).code).toBe(0);
    expect(await stateOf(N1)).toBeUndefined();
  });

  test('--dry-run says until when, and changes nothing', async () => {
    await open(person(1), person(2), '--ttl', '1h');
    const { code, document, stderr } = await numbers('release', N1, '--when-idle', '--dry-run');
    expect([code, document.dryRun]).toEqual([0, true]);
    expect(stderr).toContain('Waiting: 1 session uses it until');
    expect(await stateOf(N1)).toBe('linked');
  });

  test('asks for the number to be typed before it drains; --yes where nobody can be asked', async () => {
    expect((await numbers('release', N1, '--when-idle')).code).toBe(2);
    expect((await numbers('release', N1, '--when-idle', '--force', '--yes')).code).toBe(2);
    const typing = [[/Type \+442079460450 to give it back/, 'no']] as const;
    expect(
      (await operator.run(['numbers', 'release', N1, '--when-idle'], { terminal: { typing } })).code,
    ).toBe(8);
    expect(await stateOf(N1)).toBe('linked');
    expect((await numbers('release', '+442079460999', '--when-idle', '--yes')).code).toBe(4);
  });
});
