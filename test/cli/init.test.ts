import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Rehearsal } from '../support/rehearsal.js';
import type { Typing } from '../support/terminal.js';
import { Operator } from '../support/voxproxy.js';

let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await Rehearsal.start();
});
afterAll(() => rehearsal?.close());

/** A port that nobody uses, and the URL that leads to it: this machine's own, as a tunnel would be. */
async function reachable(): Promise<{ PORT: string; url: string }> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return { PORT: String(port), url: `http://127.0.0.1:${port}` };
}

/** Somebody who knows where Vonage is, and nothing else yet. */
function newcomer(env: Record<string, string> = {}): Operator {
  const { VONAGE_REST_HOST, VONAGE_API_HOST } = rehearsal.sandbox.env;
  const operator = rehearsal.operator({ VONAGE_REST_HOST, VONAGE_API_HOST, ...env });
  for (const name of ['API_KEY', 'API_SECRET', 'APPLICATION_ID', 'PRIVATE_KEY', 'SIGNATURE_SECRET'])
    if (!(`VONAGE_${name}` in env)) delete operator.env[`VONAGE_${name}`];
  return operator;
}

const secrets = () => {
  const { VONAGE_API_SECRET, VONAGE_SIGNATURE_SECRET } = rehearsal.sandbox.env;
  return { VONAGE_API_SECRET, VONAGE_SIGNATURE_SECRET };
};
const key = () => rehearsal.sandbox.env.VONAGE_API_KEY;
const settingsOf = async (operator: Operator): Promise<Record<string, unknown>> => {
  const { document } = await operator.json(['config', 'list']);
  return Object.fromEntries(
    document.settings.map(({ name, value }: { name: string; value: unknown }) => [name, value]),
  );
};

describe('init, typed at a terminal', () => {
  it('goes from nothing to a line that answers', { timeout: 40_000 }, async () => {
    const { PORT, url } = await reachable();
    const operator = newcomer({ PORT });
    const { VONAGE_API_SECRET, VONAGE_SIGNATURE_SECRET } = secrets();
    const typing: Typing = [
      [/API key:/, key()],
      [/API secret:/, VONAGE_API_SECRET],
      [/application that takes the calls/, ''],
      [/Signature secret:/, VONAGE_SIGNATURE_SECRET],
      [/Country of the numbers/, 'gb'],
      [/How many:/, ''],
      [/Rent 2 numbers for/, 'y'],
    ];
    const { code, stdout, stderr } = await operator.run(['init', '--public-url', url], {
      terminal: { typing },
    });
    expect(stderr).toContain(`through ${url}`);
    expect(stdout).toContain('Everything is set up.');
    expect(code).toBe(0);
    expect((await operator.json(['numbers', 'list'])).document.numbers).toHaveLength(2);
    expect((await operator.json(['app', 'show'])).document.application).toMatchObject({
      answerUrl: `${url}/proxy-call`,
      signedCallbacks: true,
    });
    expect((await operator.json(['sessions', 'list'])).document.sessions).toEqual([]);
  });

  it('asks again for credentials that Vonage refuses, and never keeps them', async () => {
    const operator = newcomer();
    const typing: Typing = [
      [/API key:/, 'wrongkey'],
      [/API secret:/, 'wrongsecretwrong'],
      [/Vonage refused[\s\S]*API key:/, key()],
      [/API secret:/, secrets().VONAGE_API_SECRET],
    ];
    const ending = new AbortController();
    const { code, stderr } = await operator.run(['init'], {
      terminal: { typing },
      signal: ending.signal,
      onError: (text) => {
        if (text.includes('application that takes the calls')) ending.abort();
      },
    });
    expect(code).toBe(130);
    expect(stderr).toContain('balance');
    expect(await settingsOf(operator)).toMatchObject({ apiKey: key() });
  });

  it('refuses what cannot be the signature secret, saying why', async () => {
    const operator = newcomer({ VONAGE_API_KEY: key(), VONAGE_API_SECRET: secrets().VONAGE_API_SECRET });
    const ending = new AbortController();
    let said = '';
    const { code } = await operator.run(
      ['init', '--application', 'new', '--public-url', 'https://a.example'],
      {
        terminal: { typing: [[/Signature secret:/, 'short']] },
        signal: ending.signal,
        onError: (text) => {
          said += text;
          if (said.includes('shorter than 16 characters')) ending.abort();
        },
      },
    );
    expect(code).toBe(130);
    expect((await settingsOf(operator)).signatureSecret).toBeNull();
  });

  it('buys nothing without a yes, and goes on from there the next time', { timeout: 40_000 }, async () => {
    const operator = newcomer({ VONAGE_API_KEY: key(), ...secrets() });
    const line = ['init', '--application', 'new', '--public-url', 'https://a.example', '--no-rehearsal'];
    const rented = (await rehearsal.rented()).length;
    const typing: Typing = [
      [/Country of the numbers/, 'GB'],
      [/How many:/, '2'],
      [/Rent 2 numbers for/, 'n'],
    ];
    const declined = await operator.run(line, { terminal: { typing } });
    expect(declined.code).toBe(8);
    expect(await rehearsal.rented()).toHaveLength(rented);
    const { applicationId } = await settingsOf(operator);
    expect(applicationId).toBeTruthy();

    const again = await operator.json(['init', '--country', 'GB', '--count', '1', '--yes', '--no-rehearsal']);
    expect(again.code).toBe(0);
    expect(again.document).toMatchObject({
      application: { id: applicationId, created: false },
      publicUrl: 'https://a.example',
      rehearsal: null,
    });
    expect(again.document.numbers).toHaveLength(1);

    const third = await operator.json(['init', '--no-rehearsal']);
    expect(third.document.numbers).toEqual(again.document.numbers);
    expect(await rehearsal.rented()).toHaveLength(rented + 1);
  });
});

describe('init, by flags', () => {
  it('sets everything up in one line, and answers with one document', { timeout: 40_000 }, async () => {
    const { PORT, url } = await reachable();
    const operator = newcomer({ PORT, ...secrets() });
    const { code, document } = await operator.json([
      ...['init', '--api-key', key(), '--application', 'new', '--name', 'masked', '--public-url', url],
      ...['--country', 'GB', '--count', '1', '--type', 'landline', '--yes'],
    ]);
    expect(code).toBe(0);
    expect(document).toMatchObject({
      balance: { currency: 'EUR' },
      application: { created: true },
      publicUrl: url,
      rehearsal: { local: expect.any(Number), public: expect.any(Number) },
    });
  });

  it('uses an application that there is, with its key', async () => {
    const { VONAGE_APPLICATION_ID: id, VONAGE_PRIVATE_KEY: pem } = rehearsal.sandbox.env;
    const operator = newcomer({ VONAGE_API_KEY: key(), ...secrets() });
    const keyFile = join(operator.home, 'key.pem');
    writeFileSync(keyFile, pem, { mode: 0o600 });
    const line = ['init', '--application', id, '--public-url', 'https://b.example', '--no-numbers'];
    const wrong = await operator.run([...line, '--private-key', 'nothing-there']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('--private-key');
    const { code, document } = await operator.json([...line, '--private-key', keyFile]);
    expect(code).toBe(0);
    expect(document).toMatchObject({ application: { id, created: false }, numbers: [], rehearsal: null });
    expect((await operator.json(['app', 'show'])).document.application.answerUrl).toBe(
      'https://b.example/proxy-call',
    );
  });

  it('asks before it takes the webhooks of an application that is in use', async () => {
    const { VONAGE_APPLICATION_ID: id, VONAGE_PRIVATE_KEY: pem } = rehearsal.sandbox.env;
    const operator = newcomer({ VONAGE_API_KEY: key(), ...secrets(), VONAGE_PRIVATE_KEY: pem });
    const line = ['init', '--application', id, '--no-numbers', '--public-url'];
    expect((await operator.run([...line, 'https://used.example', '--yes'])).code).toBe(0);
    const answerUrl = async () => (await operator.json(['app', 'show'])).document.application.answerUrl;
    const unasked = await operator.run([...line, 'https://other.example']);
    expect([unasked.code, await answerUrl()]).toEqual([2, 'https://used.example/proxy-call']);
    const declined = await operator.run([...line, 'https://other.example'], {
      terminal: { typing: [[/Point them to https:\/\/other.example/, 'n']] },
    });
    expect([declined.code, await answerUrl()]).toEqual([8, 'https://used.example/proxy-call']);
  });

  it('makes no new application where the environment sets one', async () => {
    const { VONAGE_APPLICATION_ID } = rehearsal.sandbox.env;
    const operator = newcomer({ VONAGE_API_KEY: key(), ...secrets(), VONAGE_APPLICATION_ID });
    const { code, stderr } = await operator.run([
      ...['init', '--application', 'new', '--public-url', 'https://d.example', '--no-numbers'],
    ]);
    expect(code).toBe(3);
    expect(stderr).toContain('VONAGE_APPLICATION_ID');
  });

  it('goes on with an order that was interrupted, though a number is there already', async () => {
    const operator = newcomer({ VONAGE_API_KEY: key(), ...secrets() });
    const line = ['init', '--application', 'new', '--public-url', 'https://e.example', '--no-rehearsal'];
    const order = [...line, '--country', 'GB', '--count', '2', '--yes'];
    const ending = new AbortController();
    const interrupted = await operator.run(order, {
      signal: ending.signal,
      onError: (text) => {
        if (/1\/2 .* linked/.test(text)) ending.abort();
      },
    });
    expect(interrupted.code).toBe(130);
    expect((await operator.json(['numbers', 'list'])).document.numbers).toHaveLength(1);
    const { code, document } = await operator.json(order);
    expect(code).toBe(0);
    expect(document.numbers).toHaveLength(2);
    expect(document.application.created).toBe(false);
  });

  it.each([
    [[], {}, 2, '--api-key'],
    [['--api-key', 'abc'], {}, 3, 'VONAGE_API_SECRET'],
    [['--application', 'no-such-one', '--public-url', 'https://c.example'], 'all', 4, 'no application'],
    [['--public-url', 'https://c.example'], 'all', 2, '--application'],
    [['--application', 'new'], 'all', 2, '--public-url'],
    [['--application', 'new', '--public-url', 'ftp://c.example'], 'all', 2, '--public-url'],
    [['--application', 'new', '--public-url', 'https://c.example', '--no-rehearsal'], 'all', 2, '--country'],
    [['--application', 'new', '--public-url', 'https://c.example', '--country', 'GB'], 'all', 2, '--yes'],
    [['--application', 'new', '--ngrok', 'http://127.0.0.1:9'], 'all', 7, 'ngrok http'],
  ] as const)('%j cannot go on, and says what is missing', async (flags, env, wanted, word) => {
    const known = env === 'all' ? { VONAGE_API_KEY: key(), ...secrets() } : {};
    const { code, stderr } = await newcomer(known).run(['init', ...flags]);
    expect(stderr).toContain(word);
    expect(code).toBe(wanted);
  });

  it('says so when the public URL does not lead here, and keeps what was done', async () => {
    const operator = newcomer({ VONAGE_API_KEY: key(), ...secrets(), PORT: (await reachable()).PORT });
    const { code, stderr } = await operator.run([
      ...['init', '--application', 'new', '--public-url', 'http://127.0.0.1:9', '--country', 'GB'],
      ...['--count', '1', '--yes'],
    ]);
    expect(code).toBe(7);
    expect(stderr).toContain('did not reach http://127.0.0.1:9/proxy-call');
    expect((await operator.json(['numbers', 'list'])).document.numbers).toHaveLength(1);
  });
});

describe('init --sandbox', () => {
  it('walks through all of it without an account, and leaves nothing behind', async () => {
    const operator = new Operator({});
    const home = join(operator.home, 'nothing-here-yet');
    operator.env.VOXPROXY_HOME = home;
    const { code, stderr, stdout } = await operator.run(['init', '--sandbox']);
    expect(stderr).toMatch(/5 {2}Rehearsal call\n✔ Answered both ways in \d+ ms\n/);
    expect(stdout).toBe('Everything is set up.\n');
    expect(code).toBe(0);
    expect(existsSync(home)).toBe(false);
    operator.clean();
  });
});
