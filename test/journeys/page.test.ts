import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PageEvents } from '../sandbox/page-events.js';
import { Voxproxy } from './processes.js';

const home = mkdtempSync(join(tmpdir(), 'voxproxy-test-'));
const env = { VOXPROXY_HOME: join(home, 'own'), TMPDIR: home };
/** Whatever fails: nobody goes on after the tests. */
const started: Voxproxy[] = [];
const start = (...argv: string[]) => {
  const process = new Voxproxy([...argv, '--json'], env, home);
  started.push(process);
  return process;
};
afterAll(async () => {
  await Promise.all(started.map((process) => process.end('SIGKILL')));
  rmSync(home, { recursive: true, force: true });
});

const order = async (url: string, fields: object) => {
  const init = { method: 'POST', body: JSON.stringify(fields) };
  return (await (await fetch(`${url}/sandbox/desk`, init)).json()) as { good: boolean };
};

describe('voxproxy demo --open', () => {
  it('sets the stage for two phones, and leaves nothing behind', { timeout: 60_000 }, async () => {
    const demo = start('demo', '--open');
    const { url } = await demo.firstLine();
    const page = await PageEvents.open(url);
    expect(page.desk()).toMatchObject({ isManned: true, serving: true, working: false });
    expect(page.desk()?.sessions).toMatchObject([{ status: 'open', a: '+44•••••0123', b: '+44•••••0456' }]);
    expect(page.phone('anna')?.contacts).toHaveLength(1);

    const terminal = new Voxproxy(['sessions', 'list', '--json'], {}, page.desk()?.directory ?? '');
    expect((await terminal.firstLine()).sessions).toMatchObject([{ id: page.desk()?.sessions[0]?.id }]);

    const to = page.phone('anna')?.contacts[0];
    await fetch(`${url}/sandbox/phones/anna/dial`, { method: 'POST', body: JSON.stringify({ to }) });
    await page.until(() => page.phone('ben')?.call?.stage === 'ringing');
    const route = page.steps().find(({ kind }) => kind === 'route');
    expect(route?.what).toMatch(/^Route: connect, session [a-z-]+$/);
    expect(route?.facts).toContain('The session is open.');
    await fetch(`${url}/sandbox/phones/ben/decline`, { method: 'POST' });
    await page.until(() => page.phone('anna')?.call?.stage === 'over');

    const [session] = page.desk()?.sessions ?? [];
    expect(await order(url, { do: 'close', session: session?.id })).toEqual({ good: true });
    await page.until(() => page.desk()?.sessions[0]?.status === 'closed');
    expect(page.desk()?.entries[0]).toMatchObject({
      line: `voxproxy sessions close ${session?.id}`,
      code: 0,
      said: expect.stringContaining('Closed'),
    });
    page.close();
    const { code, stdout } = await demo.end('SIGINT');
    expect([code, stdout]).toEqual([0, `${JSON.stringify({ url })}\n`]);
    expect(readdirSync(home)).toEqual([]);
  });
});

describe('the page of voxproxy sandbox', () => {
  it('comes whole from the sandbox, under a strict policy', { timeout: 60_000 }, async () => {
    const sandbox = start('sandbox', '--port', '0');
    const { url } = await sandbox.firstLine();
    const response = await fetch(url);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    const html = await response.text();
    const files = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path = '']) => path);
    expect(files).toEqual(['/sandbox/page/page.css', '/sandbox/page/page.js']);
    for (const file of files) {
      const { status, headers } = await fetch(url + file);
      expect([status, headers.get('x-content-type-options')]).toEqual([200, 'nosniff']);
    }
    expect(html).not.toMatch(/<script>|<style|style="|onclick/);

    const page = await PageEvents.open(url);
    expect(page.desk()).toMatchObject({ isManned: true, serving: false, answerUrl: null });
    expect(await order(url, { do: 'fault', fault: 'buy-420' })).toEqual({ good: true });
    await page.until(() => page.desk()?.faults === 1);
    expect(await order(url, { do: 'provision', count: 1 })).toEqual({ good: false });
    await page.until(() => page.desk()?.faults === 0 && page.desk()?.working === false);
    expect(page.desk()?.entries[0]).toMatchObject({ code: 7, said: expect.stringContaining('not bought') });
    expect(await order(url, { do: 'provision', count: 1 })).toEqual({ good: true });
    await page.until(() => page.desk()?.numbers.length === 1);
    const [number] = page.desk()?.numbers ?? [];
    expect(number).toMatch(/^\+44/);
    expect(await order(url, { do: 'lose', number })).toEqual({ good: true });
    const entries = page.desk()?.entries.map(({ line }) => line);
    expect(entries?.slice(0, 2)).toEqual([
      'voxproxy numbers sync',
      `curl -X DELETE ${url}/sandbox/numbers/${number?.slice(1)}`,
    ]);
    page.close();
    expect((await sandbox.end('SIGTERM')).code).toBe(0);
    expect(readdirSync(home)).toEqual([]);
  });
});
