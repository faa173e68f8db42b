import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asE164, callingCodeOf, fromNetwork, redact } from '../../src/domain/phone-number.js';
import { SIDES } from '../../src/domain/session.js';
import { readTypedNumber } from '../../src/domain/typed-number.js';
import { exitCodeOf, VoxproxyError } from '../../src/errors.js';
import { FieldCipher, readEncryptionKey } from '../../src/store/field-cipher.js';
import { JsonStore } from '../../src/store/json-store.js';
import { TokenMint } from '../../src/vonage/minted-token.js';
import { queryOf } from '../../src/vonage/query.js';
import { CALL_WINDOW, WebhookVerifier } from '../../src/vonage/signature.js';
import { bodyFields, readCallEvent, readInboundCall } from '../../src/vonage/webhooks.js';
import { poolOf, request } from '../contract/fixtures.js';
import { webhookToken } from '../support/signed.js';
import { ANNA, BEN, CLEO, DORA, type Home, KEY, openHome, QUIETLY, withKey } from './house.js';
import { report, times } from './worker.js';

/** Inputs in all; every part takes its share. */
const INPUTS = times('TRUST_FUZZ', 4_000);
const patience = { timeout: 30_000 + INPUTS };
const given: Record<string, number> = {};

/** However few there are, every part gets some. */
const shareOf = (inputs: number, share: number) => Math.max(80, Math.ceil(inputs * share));

/** Holds a property for its share of the inputs. */
function forMany<T>(what: string, share: number, inputs: fc.Arbitrary<T>, holds: (input: T) => void): void {
  const numRuns = shareOf(INPUTS, share);
  fc.assert(fc.property(inputs, holds), { numRuns });
  given[what] = (given[what] ?? 0) + numRuns;
}

async function forManyLater<T>(
  what: string,
  share: number,
  inputs: fc.Arbitrary<T>,
  holds: (input: T) => Promise<void>,
): Promise<void> {
  const numRuns = shareOf(INPUTS, share);
  await fc.assert(fc.asyncProperty(inputs, holds), { numRuns });
  given[what] = (given[what] ?? 0) + numRuns;
}

afterAll(() =>
  report('inputs', { ...given, total: Object.values(given).reduce((sum, count) => sum + count, 0) }),
);

/** A text with some of its characters changed, cut out, doubled, put in or cut off. */
function damaged(text: string, alphabet: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const change = fc.record({
    at: fc.nat(Math.max(0, text.length - 1)),
    length: fc.oneof(fc.constant(1), fc.nat(40)),
    with: fc.oneof(fc.constant(''), alphabet),
    kind: fc.constantFrom('replace', 'insert', 'double', 'cut'),
  });
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) =>
    changes.reduce((now, { at, length, with: other, kind }) => {
      if (kind === 'cut') return now.slice(0, at);
      if (kind === 'insert') return now.slice(0, at) + other + now.slice(at);
      if (kind === 'double') return now.slice(0, at + length) + now.slice(at);
      return now.slice(0, at) + other + now.slice(at + length);
    }, text),
  );
}

const numberish = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...'0123456789') },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          ...[
            '+',
            '00',
            ' ',
            '-',
            '(',
            ')',
            '.',
            '/',
            '#',
            ';ext=',
            'x',
            'tel:',
            '\u202a',
            '\u00a0',
            '\uff11',
          ],
          ...['\u0661', '\ud83d\ude00', '\ud800', '\n', '\0', 'a', '+44', '+1', '+87', '*', ','],
        ),
      },
    ),
    { maxLength: 24 },
  )
  .map((parts) => parts.join(''));

describe('webhook parsers', () => {
  const value = fc.oneof(
    numberish,
    fc.string({ unit: 'binary' }),
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(undefined, null, '', 'anonymous', '266696687', 'x'.repeat(200)),
  );
  const names = [
    'from',
    'to',
    'uuid',
    'conversation_uuid',
    'from_user',
    'endpoint_type',
    'status',
    'direction',
  ];
  const fields = fc.oneof(
    fc.dictionary(fc.oneof(fc.constantFrom(...names, '__proto__', 'constructor'), fc.string()), value),
    fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: ['to'] }),
    fc.record(
      { to: numberish, from: value, uuid: value, conversation_uuid: value },
      { requiredKeys: ['to'] },
    ),
  );

  it('never throw, and read numbers and ids that are fit for any use', patience, () => {
    let read = 0;
    forMany('webhook fields', 0.2, fields, (input) => {
      const call = readInboundCall(input);
      if (call !== undefined) {
        read++;
        expect(call.dialled).toMatch(/^\+\d{7,15}$/);
        expect(call.caller ?? '+1234567').toMatch(/^\+\d{7,15}$/);
        for (const id of [call.uuid, call.conversation]) expect(id).toMatch(/^[\x21-\x7e]{0,128}$/);
      }
      const { uuid, conversation, status, direction } = readCallEvent(input);
      for (const id of [uuid, conversation]) expect(id).toMatch(/^[\x21-\x7e]{0,128}$/);
      for (const word of [status, direction]) expect(word).toMatch(/^([a-z][a-z_-]{0,31})?$/i);
    });
    expect(read).toBeGreaterThan(INPUTS / 1_000);
  });

  it('take any body and any query', patience, () => {
    const wire = JSON.stringify({ from: '447400123456', to: '442079460001', uuid: 'aaaa-bbbb' });
    const body = fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged(wire, fc.string({ unit: 'binary' })));
    forMany('webhook bodies', 0.1, body, (bytes) => {
      const read = bodyFields(Buffer.from(bytes as string));
      if (read !== undefined) readInboundCall(read);
    });
    const query = fc.oneof(
      fc.webUrl({ withQueryParameters: true }),
      damaged('/answer?from=447400123456&to=44%2B20&%zz=%', fc.string({ unit: 'binary' })),
    );
    forMany('webhook queries', 0.05, query, (url) => {
      const { fields } = queryOf(url);
      for (const text of Object.values(fields)) expect(typeof text).toBe('string');
      readInboundCall(fields);
    });
  });
});

describe('the signature check', () => {
  const SIGNING = { secret: 'a secret of some length', apiKey: 'abcd1234', applicationId: 'an-application' };
  const NOW = 1_790_000_000_000;
  const verifier = new WebhookVerifier({
    signatureSecret: SIGNING.secret,
    apiKey: SIGNING.apiKey,
    applicationId: SIGNING.applicationId,
    allowUnhashedGet: false,
  });
  const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');
  // biome-ignore lint/suspicious/noExplicitAny: any JSON may stand there
  const decoded = (part: string): any => {
    try {
      return JSON.parse(Buffer.from(part, 'base64url').toString());
    } catch {
      return undefined;
    }
  };

  /** Whether this is ours by the book, told from the headers anew. */
  function isOurs(headers: readonly string[]): boolean {
    const names = headers.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
    const at = names.indexOf('authorization');
    if (at < 0 || names.lastIndexOf('authorization') !== at) return false;
    const [, token] = /^Bearer (.{1,4096})$/s.exec(headers[2 * at + 1] ?? '') ?? [];
    const [, signed = '', signature] = /^([^.]*\.[^.]*)\.([^.]*)$/s.exec(token ?? '') ?? [];
    if (signature !== createHmac('sha256', SIGNING.secret).update(signed).digest('base64url')) return false;
    const [header, claims] = signed.split('.').map(decoded);
    const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
    return (
      isObject(header) &&
      isObject(claims) &&
      header.alg === 'HS256' &&
      claims.iss === 'Vonage' &&
      typeof claims.iat === 'number' &&
      Math.abs(claims.iat - (NOW / 1000 - 120)) <= 180 &&
      claims.api_key === SIGNING.apiKey &&
      (!('application_id' in claims) || claims.application_id === SIGNING.applicationId) &&
      (!('payload_hash' in claims) || typeof claims.payload_hash === 'string')
    );
  }

  const iat = NOW / 1000;
  const anything = fc.oneof(
    fc.jsonValue({ maxDepth: 1 }),
    fc.constantFrom('Vonage', 'HS256', 'none', undefined),
  );
  const right = <T>(value: T) => fc.oneof({ weight: 9, arbitrary: fc.constant(value) }, anything);
  const claims = fc.record(
    {
      iat: fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: -400, max: 200 }).map((off) => iat + off) },
        anything,
      ),
      iss: right('Vonage'),
      api_key: right(SIGNING.apiKey),
      application_id: right(SIGNING.applicationId),
      payload_hash: right(sha256('{}')),
    },
    { requiredKeys: [] },
  );
  const secret = fc.oneof({ weight: 4, arbitrary: fc.constant(SIGNING.secret) }, fc.string());
  const token = fc.oneof(
    damaged(webhookToken(SIGNING, '{}', { iat }), fc.constantFrom(...'ABab01-_.= ', 'eyJ', 'é')),
    fc
      .record({ secret, claims, alg: fc.oneof({ weight: 4, arbitrary: fc.constant('HS256') }, anything) })
      .map((made) =>
        webhookToken({ ...SIGNING, secret: made.secret }, '{}', { iat, ...made.claims }, { alg: made.alg }),
      ),
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: 'grapheme-ascii', minLength: 4_000, maxLength: 4_200 }),
  );
  const header = fc.tuple(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom('Authorization', 'authorization', 'AUTHORIZATION') },
      fc.string(),
    ),
    fc
      .tuple(fc.constantFrom('Bearer ', 'Bearer ', 'Bearer ', 'bearer ', 'Basic ', ''), token)
      .map((two) => two.join('')),
  );
  const headers = fc.oneof(
    { weight: 9, arbitrary: header.map((one) => ['Host', 'x', ...one]) },
    fc.array(fc.oneof(header, fc.tuple(fc.string(), fc.string())), { maxLength: 4 }).map((all) => all.flat()),
    fc.array(fc.string(), { maxLength: 5 }),
  );

  it('accepts what is signed and meant for us, nothing else, and never throws', patience, () => {
    let accepted = 0;
    forMany('tokens', 0.2, headers, (input) => {
      const { ok } = verifier.checkToken(input, NOW, CALL_WINDOW);
      expect(ok).toBe(isOurs(input));
      if (ok) accepted++;
    });
    expect(accepted).toBeGreaterThan(INPUTS / 1_000);
  });

  it('accepts a body or a query by its hash alone', patience, () => {
    const bytes = fc.uint8Array({ maxLength: 60 }).map((one) => Buffer.from(one));
    const hash = fc.oneof(fc.constant(null), fc.string(), damaged(sha256(''), fc.constantFrom(...'0aAfF g')));
    forMany('bodies', 0.05, fc.tuple(bytes, hash, fc.boolean()), ([body, other, right]) => {
      const payloadHash = right ? sha256(body) : other;
      const fits = payloadHash === sha256(body);
      expect(verifier.checkBody({ payloadHash }, body) === null).toBe(fits);
    });
    const name = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 5 }),
      fc.constantFrom('1', '0', '__proto__'),
    );
    const query = fc.array(fc.tuple(name, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 4 });
    forMany('queries', 0.05, fc.tuple(query, hash, fc.boolean()), ([pairs, other, right]) => {
      const text = `{${pairs.map((pair) => pair.map((part) => JSON.stringify(part)).join(':')).join(',')}}`;
      const payloadHash = right ? sha256(text) : other;
      const repeats = new Set(pairs.map(([one]) => one)).size < pairs.length;
      const read = queryOf(`/proxy-call?${new URLSearchParams(pairs)}`);
      expect(verifier.checkQuery({ payloadHash }, read) === null).toBe(
        !repeats && payloadHash === sha256(text),
      );
    });
  });

  it('reads a minted token only as it was minted', patience, () => {
    const mint = new TokenMint(SIGNING.secret);
    const minted = {
      purpose: 'connect',
      call: 'aaaa-bbbb',
      details: ['en-GB'],
      expires: NOW / 1000 + 60,
    } as const;
    const ours = mint.mint(minted);
    const foreign = new TokenMint('another secret').mint(minted);
    const input = fc.oneof(
      fc.constant(ours),
      damaged(ours, fc.constantFrom(...'ABab01-_.= ')),
      damaged(foreign, fc.constantFrom(...'ABab01-_.')),
      fc.string({ unit: 'binary' }),
    );
    forMany('minted tokens', 0.1, fc.tuple(input, fc.integer({ min: -120, max: 120 })), ([text, off]) => {
      const read = mint.read(text, 'connect', NOW + off * 1000);
      expect(read).toEqual(text === ours && off < 60 ? minted : undefined);
    });
  });
});

describe('the phone-number parser', () => {
  const country = fc.constantFrom(null, null, 'GB', 'US', 'DE', 'IT', 'AC', '001', 'ZZ');
  const typed = fc.oneof(
    { weight: 4, arbitrary: numberish },
    fc
      .tuple(fc.constantFrom('+44', '0044', '+1', '+882', '+39', '(+44)', '\u202a+44'), numberish)
      .map((two) => two.join('')),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
  );

  it('accepts nothing but E.164, and repeats nothing that it refuses', patience, () => {
    let accepted = 0;
    forMany('typed numbers', 0.2, fc.tuple(typed, country), ([text, of]) => {
      const read = readTypedNumber(text, of);
      if ('problem' in read) {
        expect(read.problem).not.toMatch(/\d/);
        return;
      }
      accepted++;
      expect(read.number).toMatch(/^\+[1-9]\d{6,14}$/);
      expect(asE164(read.number)).toBe(read.number);
      expect(read.country).toMatch(/^([A-Z]{2}|001)$/);
      expect(
        redact(read.number).replace(/\D/g, '').length - callingCodeOf(read.number).length,
      ).toBeLessThanOrEqual(4);
      const again = readTypedNumber(read.number, null);
      expect(again).toMatchObject({ number: read.number });
    });
    expect(accepted).toBeGreaterThan(INPUTS / 1_000);
  });

  it('reads what networks deliver as a number or as none', patience, () => {
    forMany('network numbers', 0.1, typed, (text) => {
      expect(fromNetwork(text) ?? '+1234567').toMatch(/^\+\d{7,15}$/);
    });
  });
});

describe('the store file', () => {
  const NOW = Date.now();
  const cipher = () => new FieldCipher(readEncryptionKey(KEY) as Buffer);
  let home: Home;
  let path: string;
  let directory: string;
  let plain: string;
  let encrypted: string;
  /** The real number at each place, and nowhere else. */
  const places = new Map<string, string>();

  beforeAll(async () => {
    home = await openHome(poolOf(3));
    directory = mkdtempSync(join(tmpdir(), 'voxproxy-fuzz-'));
    path = join(directory, 'store.json');
    await home.pair(ANNA, BEN, {}, '--name', 'trip', '--ttl', '2h', '--label-b', 'Zoë');
    await home.pair(CLEO, DORA, {}, '--max-duration', '10m', '--language', 'de');
    await home.pair(ANNA, CLEO);
    await home.told(['sessions', 'close', 'trip']);
    plain = home.bytes();
    await home.told(['store', 'encrypt'], withKey(KEY));
    encrypted = home.bytes();
    for (const session of JSON.parse(plain).sessions)
      for (const side of SIDES) places.set(`${session.id}/${side}`, session[side].realNumber);
  });
  afterAll(() => {
    home.clean();
    rmSync(directory, { recursive: true, force: true });
  });

  // biome-ignore lint/suspicious/noExplicitAny: any JSON may stand there
  type Node = { holder: any; key: string };
  const nodesOf = (value: unknown): Node[] =>
    typeof value !== 'object' || value === null
      ? []
      : Object.entries(value).flatMap(([key, child]) => [{ holder: value, key }, ...nodesOf(child)]);

  const odd = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    numberish,
    fc.constantFrom<unknown>(
      null,
      '',
      0,
      -1,
      0.5,
      1e300,
      -0,
      8.64e15,
      8.64e15 + 1,
      true,
      {},
      [],
      '\u001b[2J',
    ),
    fc.constantFrom<unknown>({ toString: 1, valueOf: 1 }, '__proto__', [[[]]], '+441234567'),
  );
  const surgery = fc.array(
    fc.record({
      at: fc.nat(10_000),
      other: fc.nat(10_000),
      kind: fc.constantFrom('replace', 'alike', 'alike', 'alike', 'remove', 'swap', 'copy', 'double'),
      value: odd,
    }),
    { minLength: 1, maxLength: 3 },
  );
  /** Another value of the same kind, which a check of types alone lets through. */
  const alike = (value: unknown, by: number): unknown => {
    if (typeof value === 'number') return [0, 1, value + by, value - by, value * 1000, -value][by % 6];
    if (typeof value === 'boolean') return !value;
    if (value === null) return [NOW, 0, 'text', 60][by % 4];
    if (typeof value !== 'string') return value;
    const at = by % (value.length + 1);
    return value.slice(0, at) + ['0', 'A', '\u001b', 'ß', ''][by % 5] + value.slice(at + 1);
  };
  const operated = (text: string, cuts: typeof surgery extends fc.Arbitrary<infer T> ? T : never): string => {
    const state = JSON.parse(text);
    for (const { at, other, kind, value } of cuts) {
      const nodes = nodesOf(state);
      const one = nodes[at % nodes.length] as Node;
      const two = nodes[other % nodes.length] as Node;
      const [left, right] = [one.holder[one.key], two.holder[two.key]];
      if (kind === 'replace') one.holder[one.key] = value;
      if (kind === 'alike') one.holder[one.key] = alike(left, other);
      if (kind === 'remove') delete one.holder[one.key];
      if (kind === 'copy') one.holder[one.key] = structuredClone(right);
      if (kind === 'swap')
        [one.holder[one.key], two.holder[two.key]] = [structuredClone(right), structuredClone(left)];
      if (kind === 'double' && Array.isArray(one.holder)) one.holder.push(structuredClone(left));
    }
    return JSON.stringify(state);
  };
  /** Bytes of a store that something happened to, and whether it was an encrypted one. */
  const damagedFile = () => {
    const bytes = fc.array(fc.tuple(fc.nat(20_000), fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 4,
    });
    const isEncrypted = fc.boolean();
    return fc.oneof(
      fc.tuple(isEncrypted, surgery).map(([sealed, cuts]) => ({
        sealed,
        file: Buffer.from(operated(sealed ? encrypted : plain, cuts)),
      })),
      fc.tuple(isEncrypted, bytes).map(([sealed, flips]) => {
        const file = Buffer.from(sealed ? encrypted : plain);
        for (const [at, by] of flips) file[at % file.length] = (file[at % file.length] ?? 0) ^ by;
        return { sealed, file };
      }),
      fc.tuple(isEncrypted, fc.nat(20_000)).map(([sealed, length]) => {
        const file = Buffer.from(sealed ? encrypted : plain);
        return { sealed, file: file.subarray(0, length % file.length) };
      }),
      damaged(plain, fc.string({ unit: 'binary' })).map((text) => ({
        sealed: false,
        file: Buffer.from(text),
      })),
    );
  };
  /** The same, but for a part that JSON and the checks let through. */
  const readable = () =>
    fc.tuple(fc.boolean(), surgery).map(([sealed, cuts]) => ({
      sealed,
      file: Buffer.from(operated(sealed ? encrypted : plain, cuts)),
    }));

  it('loads or is refused in words, whatever happened to it, and stays', patience, async () => {
    const outcome = { loaded: 0, refused: 0 };
    await forManyLater('store files', 0.03, damagedFile(), async ({ sealed, file }) => {
      writeFileSync(path, file);
      const store = new JsonStore(path, () => {}, sealed ? cipher() : null);
      try {
        const sessions = await store.sessions();
        for (const { virtualNumber } of sessions.flatMap(({ a, b }) => [a, b]))
          await store.locate(ANNA, virtualNumber);
        await store.preview([request(ANNA, DORA), request(BEN, ANNA)], NOW);
        outcome.loaded++;
        if (!sealed) return;
        for (const session of sessions)
          for (const side of SIDES) {
            const { realNumber } = session[side];
            expect([null, places.get(`${session.id}/${side}`)]).toContain(realNumber);
          }
      } catch (error) {
        if (!(error instanceof VoxproxyError)) throw error;
        expect([3, 7]).toContain(exitCodeOf(error.code));
        expect(error.message).not.toMatch(/[\p{Cc}]|7400/u);
        outcome.refused++;
        if (file.length % 8 === 0)
          await expect(store.open([request(ANNA, DORA)], NOW, () => 'never')).rejects.toThrow(VoxproxyError);
      } finally {
        expect(readFileSync(path)).toEqual(file);
      }
    });
    report('store files', outcome);
    expect(outcome.refused).toBeGreaterThan(outcome.loaded / 10);
    expect(outcome.loaded).toBeGreaterThan(0);
  });

  it('through the front door: exit 0 to 7, never 1, and only a change changes it', patience, async () => {
    const reading = [
      ['sessions', 'list'],
      ['sessions', 'list', '--json', '--reveal'],
      ['sessions', 'show', 'trip'],
      ['numbers', 'list'],
      ['explain', ANNA, '+442079460002'],
      ['explain', CLEO, '+442079460001', '--json'],
      ['pair', ANNA, DORA, '--dry-run'],
      ['sessions', 'erase', ANNA, '--dry-run'],
      ['audit'],
    ];
    const writing = [
      ['pair', ANNA, DORA, ...QUIETLY],
      ['sessions', 'close', 'trip'],
      ['sessions', 'extend', 'trip', '--ttl', '2h'],
      ['sessions', 'erase', CLEO, '--yes'],
    ];
    const input = fc.tuple(fc.oneof(damagedFile(), readable()), fc.constantFrom(...reading, ...writing));
    const codes: Record<number, number> = {};
    await forManyLater('command lines', 0.005, input, async ([{ sealed, file }, argv]) => {
      writeFileSync(home.path, file, { mode: 0o600 });
      const { code, stdout, stderr } = await home.operator.run(argv, sealed ? withKey(KEY) : {});
      expect([argv, code, stderr], stdout).toEqual([
        argv,
        expect.toSatisfy((one) => [0, 2, 3, 4, 5, 6, 7].includes(one)),
        stderr,
      ]);
      codes[code] = (codes[code] ?? 0) + 1;
      // A refused pair may still forget people whose quarantine is over; a refused file never changes.
      if (code === 3 || code === 7 || reading.includes(argv)) expect(readFileSync(home.path)).toEqual(file);
    });
    report('exit codes', codes);
  });
});
