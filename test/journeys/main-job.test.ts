import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../src/sandbox/sandbox.js';
import { controlOf } from '../sandbox/control.js';
import { expectNothingPrivate, foreigner, person } from '../support/privacy.js';
import { Voxproxy } from './processes.js';

const [ANNA, BEN, STRANGER] = [person(1), person(2), person(3)];
const [CARA, HANS] = [person(4), foreigner(5, '+491512')];
const CONNECTING = 'Please wait while we connect your call.';
const BUSY = 'The person you called is not available right now. Please try again later.';

type SentText = { from: string; to: string; text: string };

let home: string;
let env: Record<string, string>;
let sandbox: Voxproxy;
let demo: Voxproxy;
let control: ReturnType<typeof controlOf>;
/** Everything that was started, for what it said. */
const started: Voxproxy[] = [];
let anna: { dials: string };
let ben: { dials: string };

function start(...argv: string[]): Voxproxy {
  const voxproxy = new Voxproxy(argv, env, home);
  started.push(voxproxy);
  return voxproxy;
}

async function run(...argv: string[]) {
  const { code, stdout, stderr } = await start(...argv, '--json').ended;
  expect(code, stdout + stderr).toBe(0);
  return JSON.parse(stdout);
}

const serve = () => start('serve', '--json', '--port', '0');
const application = async () => (await control.get(`/v2/applications/${env.VONAGE_APPLICATION_ID}`)).body;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'voxproxy-journey-'));
  const nobody = join(home, 'nobody');
  demo = new Voxproxy(['demo', '--json'], { HOME: nobody, VOXPROXY_HOME: nobody }, home);
  sandbox = new Voxproxy(['sandbox', '--json', '--port', '0'], {}, home);
  const { url, env: told } = (await sandbox.firstLine()) as Omit<Sandbox, 'close'>;
  env = { ...told, VOXPROXY_HOME: join(home, 'home') };
  control = controlOf({ url, env: told, close: async () => {} });
}, 60_000);
afterAll(async () => {
  for (const voxproxy of started) await voxproxy.end('SIGKILL');
  await sandbox?.end('SIGKILL');
  await demo?.end('SIGKILL');
  rmSync(home, { recursive: true, force: true });
});

describe('the main job, with the command as it is installed', { timeout: 60_000 }, () => {
  let listener: Voxproxy;

  it('starts the listener, provisions, pairs, and both are told', async () => {
    listener = serve();
    await listener.firstLine();
    const { provisioned } = await run('numbers', 'provision', 'GB', '--yes');
    expect(provisioned).toHaveLength(2);
    const { session, created, notified } = await run('pair', ANNA, BEN, '--ttl', '2h', '--name', 'journey');
    expect([created, notified]).toEqual([true, { a: 'sent', b: 'sent' }]);
    anna = { dials: session.b.virtualNumber };
    ben = { dials: session.a.virtualNumber };
    const { messages } = (await control.json('/sandbox/messages')).body;
    expect(messages).toEqual([
      expect.objectContaining({
        from: anna.dials,
        to: ANNA,
        text: 'Call this number to reach your contact.',
      }),
      expect.objectContaining({ from: ben.dials, to: BEN, text: 'Call this number to reach your contact.' }),
    ]);
  });

  it('connects both ways, and each phone shows the number that leads back', async () => {
    const there = await control.call({ from: ANNA, to: anna.dials });
    expect(there).toMatchObject({
      caller: { hears: [CONNECTING] },
      callee: { number: BEN, callerId: ben.dials },
    });
    expect(there.callee?.callerId).not.toContain(ANNA.slice(-7));
    const back = await control.call({ from: BEN, to: there.callee?.callerId as string });
    expect(back).toMatchObject({
      caller: { hears: [CONNECTING] },
      callee: { number: ANNA, callerId: anna.dials },
    });
    for (const { events } of [there, back]) {
      expect(events.map(({ status }) => status)).toContain('completed');
      for (const { delivered } of events) expect(delivered).toBe(204);
    }
  });

  it.each(['busy', 'unanswered', 'rejected', 'failed', 'timeout'])(
    'says one thing when the other is %s',
    async (outcome) => {
      const call = await control.call({ from: ANNA, to: anna.dials, outcome });
      expect(call.caller.hears).toEqual([CONNECTING, BUSY]);
      expect(call.error).toBeUndefined();
    },
  );

  it('says nothing more when the caller gives up', async () => {
    expect((await control.call({ from: ANNA, to: anna.dials, outcome: 'cancelled' })).caller.hears).toEqual([
      CONNECTING,
    ]);
  });

  it.each([
    ['a stranger', { from: STRANGER }, 'This number is not available.'],
    ['somebody who shows no number', {}, 'Please call again with your number shown.'],
    ['somebody anonymous', { from: 'anonymous' }, 'Please call again with your number shown.'],
    ['an app', { from_user: 'jane', endpoint_type: 'app' }, 'Please call again with your number shown.'],
  ])('connects not %s', async (_who, caller, sentence) => {
    const call = await control.call({ ...caller, to: anna.dials });
    expect([call.caller.hears, call.callee]).toEqual([[sentence], null]);
  });

  it('is asked by GET just as well', async () => {
    const before = await application();
    const changed = structuredClone(before);
    for (const hook of Object.values(changed.capabilities.voice.webhooks))
      Object.assign(hook as object, { http_method: 'GET' });
    await putApplication(changed);
    const call = await control.call({ from: BEN, to: ben.dials, outcome: 'busy' });
    await putApplication(before);
    expect(call.webhooks).toEqual([expect.objectContaining({ method: 'GET', status: 200 })]);
    expect(call).toMatchObject({ caller: { hears: [CONNECTING, BUSY] }, callee: { number: ANNA } });
    expect(call.events.every(({ delivered }) => [200, 204].includes(delivered as number))).toBe(true);
  });

  it.each(['duplicate-events', 'lose-events', 'events-out-of-order', 'unsigned-events'])(
    'goes on when the network does this: %s',
    async (quirk) => {
      await control.fault({ path: 'network', quirk, times: 4 });
      const call = await control.call({ from: ANNA, to: anna.dials });
      await control.clearFaults();
      expect(call).toMatchObject({ caller: { hears: [CONNECTING] }, callee: { number: BEN } });
    },
  );

  it('hears the truth about a busy callee though the event comes unsigned', async () => {
    await control.fault({ path: 'network', quirk: 'unsigned-events', times: 100 });
    const call = await control.call({ from: ANNA, to: anna.dials, outcome: 'busy' });
    await control.clearFaults();
    expect(call.caller.hears).toEqual([CONNECTING, BUSY]);
  });

  it('is saved by the fallback URL when the answer webhook came unsigned', async () => {
    const { event_url } = (await application()).capabilities.voice.webhooks;
    const before = await application();
    const withoutEvents = structuredClone(before);
    delete withoutEvents.capabilities.voice.webhooks.event_url;
    await putApplication(withoutEvents);
    await control.fault({ path: 'network', quirk: 'unsigned', times: 1 });
    const call = await control.call({ from: ANNA, to: anna.dials });
    await putApplication(before);
    expect(event_url.http_method).toBe('POST');
    expect(call.webhooks.map(({ status }) => status)).toEqual([401, 200]);
    expect(call.callee).toMatchObject({ number: BEN, callerId: ben.dials });
  });

  it('survives a network that loses the first request, and one that loses both', async () => {
    const before = await application();
    const { answer_url } = before.capabilities.voice.webhooks;
    const flaky = await startFlaky(answer_url.address);
    try {
      const changed = structuredClone(before);
      changed.capabilities.voice.webhooks.answer_url.address = flaky.url;
      await putApplication(changed);
      flaky.lose(1);
      const retried = await control.call({ from: ANNA, to: anna.dials });
      expect(retried.webhooks.map(({ status, attempt }) => [status, attempt])).toEqual([
        ['Connection closed.', 1],
        [200, 2],
      ]);
      expect(retried.callee).toMatchObject({ number: BEN });
      flaky.lose(2);
      const saved = await control.call({ from: ANNA, to: anna.dials });
      expect(saved.webhooks.map(({ status }) => status)).toEqual([
        'Connection closed.',
        'Connection closed.',
        200,
      ]);
      expect(saved.callee).toMatchObject({ number: BEN });
    } finally {
      await putApplication(before);
      flaky.close();
    }
  });

  it('asks the second one to answer when both call at once', async () => {
    const call = await control.call({
      from: ANNA,
      to: anna.dials,
      meanwhile: { from: BEN, to: ben.dials },
    });
    expect(call).toMatchObject({ caller: { hears: [CONNECTING] }, callee: { number: BEN, joined: true } });
    expect(call.meanwhile).toMatchObject({
      caller: { hears: ['They are calling you right now. Please hang up and answer.'] },
      callee: null,
    });
  });

  it('passes texts on both ways, and stops when it is told to', async () => {
    const text = async (from: string, to: string, said: string) => {
      const { body } = await control.post('/sandbox/messages', { from, to, text: said });
      expect(body.delivered).toBe(204);
    };
    const before = (await control.json('/sandbox/messages')).body.messages.length;
    await text(ANNA, anna.dials, 'I am downstairs.');
    await text(BEN, ben.dials, 'Coming!');
    await text(BEN, ben.dials, 'STOP');
    await text(ANNA, anna.dials, 'Where are you?');
    await text(BEN, ben.dials, 'START');
    await text(STRANGER, anna.dials, 'Hello?');
    const { messages } = (await control.json('/sandbox/messages')).body;
    expect(messages.slice(before).map(({ from, to, text }: SentText) => [from, to, text])).toEqual([
      [ben.dials, BEN, 'I am downstairs.'],
      [anna.dials, ANNA, 'Coming!'],
      [ben.dials, BEN, 'You will get no more messages from here. Text START to get them again.'],
      [anna.dials, ANNA, 'Your message was not delivered.'],
      [ben.dials, BEN, 'You will get messages again.'],
    ]);
  });

  it('asks a callee first, in their own language, where the session says so', async () => {
    const { session } = await run('pair', CARA, HANS, '--screen', '--label-a', 'Cara');
    const ways = { from: CARA, to: session.b.virtualNumber };
    const taken = await control.call({ ...ways, calleeKeys: '1' });
    expect(taken).toMatchObject({
      caller: { hears: [CONNECTING] },
      callee: {
        number: HANS,
        hears: ['Ein Anruf für Sie: Cara. Drücken Sie die 1, um ihn anzunehmen.'],
        joined: true,
      },
    });
    const voicemail = await control.call({ ...ways, outcome: 'machine' });
    expect(voicemail).toMatchObject({ caller: { hears: [CONNECTING, BUSY] }, callee: { joined: false } });
  });

  it('lets nobody in who is blocked, until they are unblocked', async () => {
    await run('numbers', 'block', ANNA);
    expect((await control.call({ from: ANNA, to: anna.dials })).caller.hears).toEqual([
      'This number is not available.',
    ]);
    await run('numbers', 'unblock', ANNA);
    expect((await control.call({ from: ANNA, to: anna.dials })).callee).toMatchObject({ number: BEN });
  });

  it('tells what became of every call and text, and of no text what it said', async () => {
    const { calls, messages } = await run('calls', 'journey');
    const outcomes = new Set(calls.map(({ outcome }: { outcome: string }) => outcome));
    for (const outcome of ['completed', 'busy', 'unanswered', 'rejected', 'failed', 'timeout', 'refused'])
      expect(outcomes).toContain(outcome);
    expect(messages.map(({ from, outcome }: { from: string; outcome: string }) => [from, outcome])).toEqual([
      ['b', 'start'],
      ['a', 'refused'],
      ['b', 'stop'],
      ['b', 'delivered'],
      ['a', 'delivered'],
    ]);
    expect(JSON.stringify(messages)).not.toContain('downstairs');
  });

  it('ends with the session', async () => {
    const { session } = await run('unpair', 'journey');
    expect(session.status).toBe('closed');
    for (const [from, to] of [
      [ANNA, anna.dials],
      [BEN, ben.dials],
    ] as const) {
      const call = await control.call({ from, to });
      expect(call.caller.hears).toEqual(['This call can no longer be connected: the session has ended.']);
      expect(call.callee).toBeNull();
    }
  });

  it('leaves the application as it was: on SIGINT, on SIGTERM, and after kill -9 at the next start', async () => {
    const interrupted = await listener.end('SIGINT');
    expect([interrupted.code, interrupted.signal]).toEqual([0, null]);
    expect(interrupted.milliseconds).toBeLessThan(2_000);
    const before = await application();
    expect(before.capabilities.voice.webhooks).toEqual({});

    const killed = serve();
    await killed.firstLine();
    await killed.end('SIGKILL');
    expect((await application()).capabilities.voice.webhooks).not.toEqual({});

    const next = serve();
    const { answerUrl } = await next.firstLine();
    expect((await application()).capabilities.voice.webhooks.answer_url.address).toBe(answerUrl);
    const terminated = await next.end('SIGTERM');
    expect([terminated.code, terminated.signal]).toEqual([0, null]);
    expect(terminated.milliseconds).toBeLessThan(2_000);
    expect(await application()).toEqual(before);
    expect(existsSync(join(env.VOXPROXY_HOME as string, 'webhooks.json'))).toBe(false);
  });

  it('goes on when nobody reads its log any more', async () => {
    const deaf = serve();
    const { url } = await deaf.firstLine();
    deaf.closeErrorOutput();
    for (let time = 0; time < 20; time++) expect((await fetch(`${url}/proxy-call`)).status).toBe(401);
    const { code } = await deaf.end('SIGINT');
    expect(code).toBe(0);
  });

  it('said no secret and no real number in all that time', () => {
    const said = started.map(({ stdout, stderr }) => ({ stdout, stderr }));
    expect(said.length).toBeGreaterThan(6);
    for (const one of said) expectNothingPrivate(one, env);
    expect(said.some(({ stderr }) => stderr.includes('"msg":"call"'))).toBe(true);
    expect(() => expectNothingPrivate({ stdout: `calls ${ANNA}`, stderr: '' }, env)).toThrow();
  });

  it('stops the sandbox with exit code 0', async () => {
    expect(sandbox.stderr).not.toMatch(/Error|at .*\.js/);
    expect((await sandbox.end('SIGINT')).code).toBe(0);
  });
});

describe('voxproxy demo', () => {
  it('holds what it promises, without an account', { timeout: 30_000 }, async () => {
    const { code, stdout } = await demo.ended;
    const { ok, facts } = JSON.parse(stdout);
    expect([code, ok]).toEqual([0, true]);
    expect(facts.length).toBeGreaterThanOrEqual(9);
    for (const { fact, held } of facts) expect(held, fact).toBe(true);
    expect(existsSync(join(home, 'nobody'))).toBe(false);
  });
});

async function putApplication(body: unknown) {
  const headers = { authorization: control.basic };
  const path = `/v2/applications/${env.VONAGE_APPLICATION_ID}`;
  expect((await control.json(path, { method: 'PUT', body: JSON.stringify(body), headers })).status).toBe(200);
}

/** Stands between Vonage and the listener, and drops as many requests as it is told to. */
async function startFlaky(target: string) {
  let losing = 0;
  const server: Server = createServer((request, response) => {
    if (losing-- > 0) {
      request.socket.destroy();
      return;
    }
    const { method, headers } = request;
    request.pipe(
      httpRequest(target, { ...(method ? { method } : {}), headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      }),
    );
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/proxy-call`,
    lose: (requests: number) => {
      losing = requests;
    },
    close: () => server.close(),
  };
}
