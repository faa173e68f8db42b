import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Operator } from '../support/voxproxy.js';

let operator: Operator;
const NUMBER = '+442071838750';
beforeEach(() => {
  operator = new Operator();
});
afterEach(() => operator.clean());

const run = (...argv: string[]) => operator.run(['config', ...argv]);
const get = async (name: string, env = {}) =>
  (await operator.json(['config', 'get', name], { env })).document;

describe('where a value comes from', () => {
  test('default, file, .env, environment: the later wins', async () => {
    expect(await get('port')).toEqual({ name: 'port', value: 3000, source: 'default' });
    await run('set', 'port', '3001');
    expect(await get('port')).toEqual({ name: 'port', value: 3001, source: 'file' });
    writeFileSync(join(operator.home, '.env'), 'PORT=3002\n');
    expect(await get('port')).toEqual({ name: 'port', value: 3002, source: 'env' });
    expect(await get('port', { PORT: '3003' })).toEqual({ name: 'port', value: 3003, source: 'env' });
    expect(await get('port', { PORT: '' })).toEqual({ name: 'port', value: 3002, source: 'env' });
  });

  test('unset goes back', async () => {
    await run('set', 'language', 'de');
    expect(await get('language')).toMatchObject({ value: 'de-DE', source: 'file' });
    const { document } = await operator.json(['config', 'unset', 'language']);
    expect(document).toEqual({ name: 'language', value: null, source: null });
    await run('set', 'quarantine', '2d');
    expect((await operator.json(['config', 'unset', 'quarantine'])).document).toEqual({
      name: 'quarantine',
      value: 604_800,
      source: 'default',
    });
    expect((await run('unset', 'language')).code).toBe(0);
  });

  test('the list has every setting once', async () => {
    const { document } = await operator.json(['config', 'list'], { env: { VONAGE_API_KEY: 'abcd1234' } });
    const names = document.settings.map(({ name }: { name: string }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(document.settings).toContainEqual({ name: 'apiKey', value: 'abcd1234', source: 'env' });
    expect(document.settings).toContainEqual({ name: 'publicUrl', value: null, source: null });
    expect(document.settings).toContainEqual({ name: 'quarantine', value: 604_800, source: 'default' });
  });

  test('a wide list fits the terminal', async () => {
    await run('set', 'smsText', `Hello! ${'Please call this number to reach {contact}. '.repeat(4)}`);
    for (const columns of [40, 60, 80, 120]) {
      const { stdout } = await operator.run(['config', 'list', '--no-color'], { terminal: { columns } });
      expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(columns);
    }
  });

  test('what is set nowhere is not found', async () => {
    expect(await run('get', 'publicUrl')).toMatchObject({ code: 4 });
  });

  test('an environment that hides the file is said', async () => {
    const { stderr } = await operator.run(['config', 'set', 'port', '3001'], { env: { PORT: '4000' } });
    expect(stderr).toContain('The environment sets port as well');
  });
});

describe('the file', () => {
  test("is its owner's alone, in a directory that is too", async () => {
    await run('set', 'port', '3001');
    const { stdout } = await run('path');
    expect(statSync(stdout.trim()).mode & 0o777).toBe(0o600);
    expect(statSync(operator.home).mode & 0o777).toBe(0o700);
    expect(await operator.json(['config', 'path'])).toMatchObject({ document: { path: stdout.trim() } });
  });

  test('that is damaged is named and kept', async () => {
    const path = join(operator.home, 'config.json');
    writeFileSync(path, '{"port":');
    for (const argv of [['list'], ['get', 'port'], ['set', 'port', '1'], ['unset', 'port']]) {
      const { code, stderr } = await run(...argv);
      expect(code).toBe(3);
      expect(stderr).toContain(`${path} is not valid JSON`);
    }
  });

  test('that holds nonsense is named, and mended by config alone', async () => {
    writeFileSync(join(operator.home, 'config.json'), '{"lookup":"crystal ball"}');
    const { code, stderr } = await run('list');
    expect(code).toBe(3);
    expect(stderr).toContain('lookup');
    expect(stderr).toContain('must be one of auto, number-insight, identity-insights, offline');
    expect((await run('unset', 'lookup')).code).toBe(0);
    expect((await run('list')).code).toBe(0);
  });

  test('that cannot be written is exit 3', async () => {
    writeFileSync(join(operator.home, 'file'), '');
    const env = { VOXPROXY_HOME: join(operator.home, 'file', 'home') };
    const { code, stderr } = await operator.run(['config', 'set', 'port', '1'], { env });
    expect(code).toBe(3);
    expect(stderr).toContain('cannot be written');
  });

  test('takes twenty writers at once', async () => {
    const names = ['port', 'lookup', 'language', 'quarantine', 'maxDuration'];
    const values = ['3001', 'offline', 'fr-FR', '2d', '1h'];
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => run('set', names[i % 5] ?? '', values[i % 5] ?? '')),
    );
    const { document } = await operator.json(['config', 'list']);
    const fromFile = document.settings.filter(({ source }: { source: string }) => source === 'file');
    expect(fromFile.map(({ name }: { name: string }) => name).sort()).toEqual([...names].sort());
  });
});

describe('secrets', () => {
  const SECRET = 'abcdefghij123456WXYZ';

  test('are shown by their last four', async () => {
    const env = { VONAGE_API_SECRET: SECRET, VONAGE_SIGNATURE_SECRET: 'tiny' };
    expect(await get('apiSecret', env)).toEqual({ name: 'apiSecret', value: '••••WXYZ', source: 'env' });
    expect(await get('signatureSecret', env)).toMatchObject({ value: '••••' });
    const { stdout } = await operator.run(['config', 'list', '--reveal'], { env });
    expect(stdout).not.toContain(SECRET);
    const key =
      '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ\n-----END PRIVATE KEY-----';
    expect((await get('privateKey', { VONAGE_PRIVATE_KEY: key })).value).not.toContain('MII');
  });

  test('are refused as an argument, and not repeated', async () => {
    const { code, stderr } = await run('set', 'apiSecret', SECRET);
    expect(code).toBe(2);
    expect(stderr).not.toContain(SECRET);
    expect(stderr).toContain('standard input');
    const pem = await run('set', '--', 'privateKey', '-----BEGIN PRIVATE KEY-----\nMIIabc');
    expect(pem.code).toBe(2);
    expect(pem.stderr).not.toContain('MIIabc');
  });

  test('are read from standard input', async () => {
    for (const argv of [
      ['set', 'apiSecret'],
      ['set', 'apiSecret', '-'],
    ]) {
      const { code, stdout } = await operator.run(['config', ...argv], { stdin: `${SECRET}\n` });
      expect([code, stdout]).toEqual([0, '✔ apiSecret is set to ••••WXYZ\n']);
    }
    expect((await run('set', 'apiSecret')).code).toBe(2);
  });

  test('are asked for on a terminal, unseen', async () => {
    const { code, stdout, stderr } = await operator.run(['config', 'set', 'signatureSecret'], {
      terminal: { typing: [[/signatureSecret:/, SECRET]] },
    });
    expect(code).toBe(0);
    expect(stdout + stderr).not.toContain(SECRET);
    expect(await get('signatureSecret')).toMatchObject({ value: '••••WXYZ', source: 'file' });
  });

  test('a private key is kept as a path that holds from everywhere', async () => {
    await run('set', 'privateKey', 'app.key');
    expect(await get('privateKey')).toMatchObject({ value: expect.stringMatching(/^\/.*\/app\.key$/) });
  });
});

describe('what callers meet', () => {
  test.each(['screen', 'machineDetection', 'maskNumbersInText'])('%s is off until it is on', async (name) => {
    expect(await get(name)).toEqual({ name, value: false, source: 'default' });
    expect((await run('set', name, 'true')).code).toBe(0);
    expect(await get(name)).toEqual({ name, value: true, source: 'file' });
    await run('set', name, 'false');
    expect(await get(name)).toMatchObject({ value: false, source: 'file' });
  });

  test('voices and sentences are kept by language as Vonage writes it', async () => {
    expect((await run('set', 'voices', '{"DE":3,"en-us":11}')).code).toBe(0);
    expect((await get('voices')).value).toEqual({ 'de-DE': 3, 'en-US': 11 });
    const sentences = {
      busy: { de: 'Nein.', 'en-US': 'No.' },
      whisper: '<speak>Hello. {contact} calls.</speak>',
      goodbye: { stream: 'https://example.com/bye.mp3' },
      stopped: 'No more.',
    };
    expect((await run('set', 'sentences', JSON.stringify(sentences))).code).toBe(0);
    expect((await get('sentences')).value).toEqual(sentences);
  });

  test.each([NUMBER, '00442071838750', '+44 (20) 7183-8750', '+44.20.7183.8750'])(
    'operatorNumber %j is shown redacted, and whole with --reveal alone',
    async (typed) => {
      const shown = { name: 'operatorNumber', value: '+44•••••8750', source: 'file' };
      expect((await operator.json(['config', 'set', 'operatorNumber', typed])).document).toEqual(shown);
      expect((await run('set', 'operatorNumber', typed)).stdout).toContain('+44•••••8750');
      expect(await get('operatorNumber')).toEqual(shown);
      expect((await operator.json(['config', 'list'])).document.settings).toContainEqual(shown);
      for (const argv of [['list'], ['get', 'operatorNumber'], ['unset', 'language']])
        expect((await run(...argv)).stdout).not.toContain('7183875');
      const { document } = await operator.json(['config', 'get', 'operatorNumber', '--reveal']);
      expect(document.value).toBe(NUMBER);
    },
  );

  test.each(['phone', '020 7183 8750', '+44', '+44 20 7183 CALL', '', '+0442071838750'])(
    'operatorNumber is not %j, and what was typed is not repeated',
    async (typed) => {
      const { code, stdout, stderr } = await run('set', 'operatorNumber', typed);
      expect(code).toBe(2);
      expect(stderr).toContain('operatorNumber');
      if (typed.includes('7183')) expect(stdout + stderr).not.toContain('7183 ');
      expect(await run('get', 'operatorNumber')).toMatchObject({ code: 4 });
    },
  );
});

describe('what a setting cannot be', () => {
  test.each([
    ['port', '70000'],
    ['port', 'http'],
    ['lookup', 'magic'],
    ['quarantine', '7'],
    ['quarantine', 'soon'],
    ['language', 'tlh'],
    ['sentences', '{"greeting":"Hi"}'],
    ['sentences', 'Hi'],
    ['sentences', '{"busy":""}'],
    ['sentences', '{"busy":{"tlh":"Qapla!"}}'],
    ['sentences', '{"busy":{"stream":"file:///etc/passwd"}}'],
    ['sentences', '{"busy":"Wait <break/>"}'],
    ['sentences', '{"busy":"No {contact}."}'],
    ['sentences', '{"help":{"stream":"https://example.com/help.mp3"}}'],
    ['voices', '3'],
    ['voices', '{"de":"3"}'],
    ['voices', '{"de":-1}'],
    ['voices', '{"de":101}'],
    ['voices', '{"tlh":1}'],
    ['screen', 'yes'],
    ['machineDetection', '1'],
    ['maskNumbersInText', 'on'],
    ['smsText', 'Call this number.'],
    ['maxDuration', '3h'],
    ['maxDuration', '0s'],
    ['allowedCountries', 'Great Britain'],
    ['allowedCountries', 'GB,XX'],
    ['allowUnhashedGet', 'perhaps'],
    ['publicUrl', 'calls.example.com'],
    ['publicUrl', 'ftp://calls.example.com'],
    ['publicUrl', 'https://calls.example.com/?key=1'],
    ['publicUrl', 'https://me:word@calls.example.com/'],
    ['apiKey', ' '],
  ])('%s %j', async (name, value) => {
    const { code, stderr } = await run('set', name, value);
    expect(code).toBe(2);
    expect(stderr).toContain(`${name} must be`);
    expect((await run('get', name)).stdout.trim()).not.toBe(value.trim() || 'nothing');
  });

  test('an unknown name, an environment variable, nothing', async () => {
    expect(await run('set', 'colour', 'red')).toMatchObject({ code: 2 });
    expect(await run('get', 'colour')).toMatchObject({ code: 2 });
    expect((await run('set', 'apiHost', 'http://127.0.0.1:1')).stderr).toContain('VONAGE_API_HOST');
    expect((await run('set', 'lookup')).stderr).toContain('needs a value');
  });

  test('the environment is held to the same', async () => {
    const { code, stderr } = await operator.run(['config', 'get', 'port'], { env: { PORT: 'http' } });
    expect(code).toBe(3);
    expect(stderr).toContain('The environment variable PORT must be a port from 0 to 65535.');
  });
});
