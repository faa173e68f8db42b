import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { person } from '../support/privacy.js';
import { london, Rehearsal } from '../support/rehearsal.js';
import type { Document, Operator } from '../support/voxproxy.js';
import { Voxproxy } from './processes.js';

// An operator's calls fail. Whatever the cause, one command or the log of the listener names it.

const [ANNA, BEN, CLEO, DORA] = [person(851), person(852), person(853), person(854)];
const [FIRST, SECOND] = london(850, 2) as [string, string];
const CONNECTING = 'Please wait while we connect your call.';

let rehearsal: Rehearsal;
let operator: Operator;
let ending: (() => unknown)[] = [];
/** What Anna dials to reach Ben. */
let dials: string;

beforeAll(async () => {
  rehearsal = await Rehearsal.start();
});
afterAll(() => rehearsal.close());
beforeEach(async () => {
  await rehearsal.control.reset();
  await rehearsal.rent('GB', FIRST, SECOND);
  operator = await rehearsal.pooled(FIRST, SECOND);
  const { document } = await operator.json(['pair', ANNA, BEN, '--no-sms']);
  dials = document.session.b.virtualNumber;
});
afterEach(async () => {
  for (const end of ending) await end();
  ending = [];
});

async function listening(argv: readonly string[] = [], env: Record<string, string> = {}) {
  const listener = await operator.serve(argv, { env });
  let log: Promise<string> | null = null;
  const stop = () => {
    log ??= listener.stop().then(({ stderr }) => stderr);
    return log;
  };
  ending.push(stop);
  return { ...listener, log: stop };
}

async function server(handle: RequestListener): Promise<string> {
  const one = createServer(handle).listen(0, '127.0.0.1');
  await new Promise((listening) => one.once('listening', listening));
  ending.push(() => {
    one.closeAllConnections();
    one.close();
  });
  return `http://127.0.0.1:${(one.address() as AddressInfo).port}`;
}

/** Where nobody listens. */
async function closedPort(): Promise<string> {
  const one = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => one.once('listening', listening));
  const { port } = one.address() as AddressInfo;
  await new Promise((closed) => one.close(closed));
  return String(port);
}

async function annaCalls() {
  return rehearsal.control.call({ from: ANNA, to: dials });
}

async function expectNoCall() {
  const { callee } = await annaCalls();
  expect(callee).toBeNull();
}

type Found = { status: string; fact: string; nextStep: string };

async function doctor() {
  const { code, document } = await operator.json(['doctor']);
  const failures: string[] = document.checks
    .filter(({ status }: Found) => status === 'failed')
    .map(({ name }: { name: string }) => name);
  const of = (name: string): Found => {
    const found = document.checks.find((check: { name: string }) => check.name === name);
    if (found === undefined) throw new Error(`there is no check ${name}: ${JSON.stringify(document)}`);
    return found;
  };
  return { code, failures, of };
}

async function changeApplication(change: (voice: Document) => void) {
  const path = `/v2/applications/${rehearsal.sandbox.env.VONAGE_APPLICATION_ID}`;
  const { body } = await rehearsal.control.get(path);
  change(body.capabilities.voice);
  const headers = { authorization: rehearsal.control.basic };
  const init = { method: 'PUT', body: JSON.stringify(body), headers };
  expect((await rehearsal.control.json(path, init)).status).toBe(200);
}

/** An update says everything of a number: what it leaves out is gone. */
const updateNumber = (settings: Record<string, string>) =>
  rehearsal.control.form('/number/update', { country: 'GB', msisdn: dials.slice(1), ...settings });

it('nothing is planted: the call goes through, and doctor is content', async () => {
  await listening();
  expect((await annaCalls()).callee).toMatchObject({ number: BEN });
  expect(await doctor()).toMatchObject({ code: 0, failures: [] });
});

describe('the operator whose calls fail is told at once:', () => {
  it("1. the signature secret is not Vonage's", async () => {
    const { log } = await listening([], { VONAGE_SIGNATURE_SECRET: 'q'.repeat(48) });
    await expectNoCall();
    const { code, failures, of } = await doctor();
    expect([code, failures]).toEqual([3, ['listener', 'public URL']]);
    expect(of('listener').fact).toMatch(
      /^The listener at http:\S+ refuses the signature: it has another signatureSecret, apiKey or applicationId/,
    );
    expect(of('listener').nextStep).toContain('Its log names the cause.');
    expect(await log()).toMatch(/"cause":"wrong signature","method":"POST","route":"\/proxy-call"/);
  });

  it("1. the signature secret is not Vonage's, and the operator's settings have the wrong one, too", async () => {
    operator.env.VONAGE_SIGNATURE_SECRET = 'q'.repeat(48);
    const { log } = await listening();
    await expectNoCall();
    expect((await doctor()).of('signature secret').fact).toContain(
      'Only a real call proves that it is Vonage\'s: where it is not, the log of the listener says "wrong signature".',
    );
    expect(await log()).toMatch(/"cause":"wrong signature","method":"POST","route":"\/proxy-call"/);
  });

  it('2. Vonage calls another URL', async () => {
    const { url } = await listening();
    const elsewhere = await server((_request, response) => response.writeHead(404).end('Not found'));
    await changeApplication(({ webhooks }) => {
      webhooks.answer_url.address = `${elsewhere}/answer`;
      webhooks.fallback_answer_url.address = `${elsewhere}/answer`;
    });
    await expectNoCall();
    const { code, failures, of } = await doctor();
    expect([code, failures]).toEqual([3, ['answer URL', 'public URL']]);
    expect(of('answer URL').fact).toBe(
      `Vonage calls ${elsewhere}/answer, and this voxproxy is at ${url}/proxy-call`,
    );
    expect(of('public URL').fact).toBe(
      `There is no voxproxy at ${elsewhere}/answer (404): the URL is wrong, or leads to another program. The listener on this machine is in order.`,
    );
  });

  it('3. the number is linked to no application', async () => {
    await listening();
    await updateNumber({});
    await expectNoCall();
    const { code, failures, of } = await doctor();
    expect([code, failures]).toEqual([3, [`number ${dials}`]]);
    expect(of(`number ${dials}`)).toMatchObject({
      fact: expect.stringContaining('is linked to no application, and no call to it reaches voxproxy'),
      nextStep: `voxproxy numbers link ${dials}`,
    });
  });

  it('4. the number forwards its calls', async () => {
    await listening();
    await updateNumber({
      app_id: operator.env.VONAGE_APPLICATION_ID as string,
      voiceCallbackType: 'tel',
      voiceCallbackValue: CLEO.slice(1),
    });
    await expectNoCall();
    const { code, failures, of } = await doctor();
    expect([code, failures]).toEqual([3, [`number ${dials}`]]);
    expect(of(`number ${dials}`)).toMatchObject({
      fact: expect.stringContaining('forwards its calls (tel), and none of them reaches voxproxy'),
      nextStep: `voxproxy numbers link ${dials}`,
    });
  });

  it('5. Vonage signs nothing', async () => {
    const { log } = await listening();
    await changeApplication((voice) => {
      voice.signed_callbacks = false;
    });
    await expectNoCall();
    const { code, failures, of } = await doctor();
    expect([code, failures]).toEqual([3, ['signed callbacks']]);
    expect(of('signed callbacks').fact).toBe(
      'They are off: Vonage signs nothing, and every call is refused.',
    );
    expect(await log()).toMatch(/"cause":"no token"/);
  });

  it.each([
    [10, 'ahead of'],
    [-10, 'behind'],
  ])('6. the clock of this machine is %i minutes off', async (minutes, how) => {
    const clock = `const now = Date.now; Date.now = () => now() + ${minutes * 60_000}`;
    const env = {
      ...operator.env,
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(clock)}`,
    };
    const listener = new Voxproxy(['serve', '--json', '--port', '0'], env, operator.home);
    ending.push(() => listener.end('SIGKILL'));
    await listener.firstLine();
    await expectNoCall();
    const { code, stdout } = await new Voxproxy(['doctor', '--json'], env, operator.home).ended;
    const { checks } = JSON.parse(stdout);
    const failures = checks.filter(({ status }: Found) => status === 'failed');
    expect([code, failures.map(({ name }: { name: string }) => name)]).toEqual([3, ['clock']]);
    expect(failures[0].fact).toMatch(
      new RegExp(
        `^This machine's clock is (10 minutes|9 minutes 59 s) ${how} Vonage's: every webhook is refused as "outside the time window", and no call is connected\\.$`,
      ),
    );
    expect(listener.stderr).toContain('"cause":"outside the time window"');
  });

  it('7. the store cannot be read', async () => {
    const { log } = await listening();
    writeFileSync(join(operator.home, 'store.json'), '{"version":2,');
    expect((await annaCalls()).caller.hears).toEqual(['This service is temporarily unavailable.']);
    const { code, failures, of } = await doctor();
    expect([code, failures]).toEqual([7, ['store', 'listener', 'public URL']]);
    expect(of('store').fact).toMatch(/^The store \S+store\.json is damaged: it is not JSON\.$/);
    expect(of('listener').fact).toMatch(/^The listener at \S+ cannot read its store:/);
    expect(await log()).toMatch(/is damaged: it is not JSON/);
  });

  it('8. no number is free', async () => {
    await operator.json(['pair', ANNA, CLEO, '--no-sms']);
    const full = await operator.json(['pair', ANNA, DORA, '--no-sms']);
    expect([full.code, full.document.error.message]).toEqual([
      6,
      expect.stringMatching(/^No number is free for the first person, \+44•••••\d{4}: all 2 numbers/),
    ]);
    await listening();
    const { code, of } = await doctor();
    expect(code).toBe(0);
    expect(of('pool')).toMatchObject({
      status: 'warning',
      fact: expect.stringMatching(
        /^No number is free for \+44•••••\d{4}, who is led to somebody by all 2 already: the next pair fails\.$/,
      ),
      nextStep: 'voxproxy numbers provision GB --count 1',
    });
  });

  it('9. the session has expired', async () => {
    await listening();
    const { document } = await operator.json(['pair', ANNA, CLEO, '--no-sms', '--ttl', '1s']);
    const { id, b } = document.session;
    dials = b.virtualNumber;
    await new Promise((later) => setTimeout(later, 1_100));
    expect((await annaCalls()).caller.hears).toEqual([
      'This call can no longer be connected: the session has ended.',
    ]);
    const explained = await operator.run(['explain', ANNA, dials]);
    expect(explained.stdout).toContain('refused: ended');
    expect(explained.stdout).toContain(`The leg belongs to session ${id} · expired`);
    expect(explained.stdout).toMatch(
      /The session is expired; for 7 days after its end its legs stay reserved\./,
    );
    const rehearsed = await operator.json(['call', ANNA, dials]);
    expect(rehearsed.document.route).toEqual({ kind: 'refuse', reason: 'ended', sessionId: id });
  });

  describe('10. the tunnel is gone:', () => {
    it('ngrok shows an error page in its place', async () => {
      const tunnel = await server((_request, response) => {
        response.writeHead(404, { 'content-type': 'text/html', 'ngrok-error-code': 'ERR_NGROK_3200' });
        response.end('<!DOCTYPE html><html><body>The endpoint is offline. ERR_NGROK_3200</body></html>');
      });
      await listening(['--public-url', tunnel]);
      await expectNoCall();
      const { code, failures, of } = await doctor();
      expect([code, failures]).toEqual([7, ['public URL']]);
      expect(of('public URL').fact).toBe(
        `ngrok answers at ${tunnel}/proxy-call with an error page of its own (ERR_NGROK_3200): the tunnel is closed. The listener on this machine is in order.`,
      );
    });

    it('nobody answers at the public URL', async () => {
      const nowhere = `http://127.0.0.1:${await closedPort()}`;
      await listening(['--public-url', nowhere]);
      await expectNoCall();
      const { code, failures, of } = await doctor();
      expect([code, failures]).toEqual([7, ['public URL']]);
      expect(of('public URL').fact).toBe(
        `Nobody answers at ${nowhere}/proxy-call: nobody listens there. The listener on this machine is in order.`,
      );
    });
  });

  it('or that no listener runs at all', async () => {
    const { log } = await listening();
    await log();
    operator.env.PORT = await closedPort();
    await expectNoCall();
    const { failures, of } = await doctor();
    expect(failures).toEqual(['answer URL', 'listener']);
    expect(of('listener')).toMatchObject({
      fact: `Nobody answers at http://127.0.0.1:${operator.env.PORT}/proxy-call: nobody listens there.`,
      nextStep: 'Start it: voxproxy serve',
    });
  });
});

it('a connected call says the same as ever', async () => {
  await listening();
  expect((await annaCalls()).caller.hears).toEqual([CONNECTING]);
});
