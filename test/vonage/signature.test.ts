import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenMint } from '../../src/vonage/minted-token.js';
import { queryOf } from '../../src/vonage/query.js';
import { CALL_WINDOW, MESSAGE_WINDOW, WebhookVerifier } from '../../src/vonage/signature.js';
import { webhookToken } from '../support/signed.js';

const SIGNING = { secret: 'a secret of some length', apiKey: 'abcd1234', applicationId: 'an-application' };
const verifier = new WebhookVerifier({
  signatureSecret: SIGNING.secret,
  apiKey: SIGNING.apiKey,
  applicationId: SIGNING.applicationId,
  allowUnhashedGet: false,
});
const NOW = 1_790_000_000_000;
const at = (seconds: number) => NOW / 1000 + seconds;
const check = (token: string, window = CALL_WINDOW) =>
  verifier.checkToken(['Host', 'x', 'AUTHORIZATION', `Bearer ${token}`], NOW, window);
const tokenFor = (signed: string, claims: Record<string, unknown> = {}) =>
  webhookToken(SIGNING, signed, { iat: at(0), ...claims });

function claimsFor(signed: string) {
  const checked = check(tokenFor(signed));
  if (!checked.ok) throw new Error(checked.cause);
  return checked.value;
}

describe('the verifier', () => {
  it('cannot be made with an empty secret', () => {
    const expected = { signatureSecret: '', apiKey: 'x', applicationId: 'x', allowUnhashedGet: false };
    expect(() => new WebhookVerifier(expected)).toThrow('empty signature secret');
  });

  it.each([
    [-301, -300, 60, 61, CALL_WINDOW],
    [-90_001, -90_000, 60, 61, MESSAGE_WINDOW],
  ])('keeps its window to the second: %i, %i … %i, %i', (tooOld, oldest, newest, tooNew, window) => {
    const passes = (iat: number) => check(tokenFor('', { iat: at(iat) }), window).ok;
    expect([tooOld, oldest, newest, tooNew].map(passes)).toEqual([false, true, true, false]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 1e300, {}, [], [at(0)], true, '', null])(
    'takes no other iat: %o',
    (iat) => {
      expect(check(tokenFor('', { iat }))).toMatchObject({ ok: false, cause: 'outside the time window' });
    },
  );

  it('refuses every token that differs in a letter', () => {
    const token = tokenFor('{}');
    const letter = fc.constantFrom(...'ABab01-_.= ');
    fc.assert(
      fc.property(fc.nat(token.length - 1), letter, (index, other) => {
        fc.pre(token[index] !== other);
        expect(check(token.slice(0, index) + other + token.slice(index + 1)).ok).toBe(false);
      }),
    );
  });

  it('refuses whatever else stands there, and never throws', () => {
    const part = fc.oneof(
      fc.string(),
      fc.base64String(),
      fc.json().map((json) => Buffer.from(json).toString('base64url')),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        expect(check(parts.join('.')).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.array(fc.string()), (headers) => {
        expect(verifier.checkToken(headers, NOW, CALL_WINDOW).ok).toBe(false);
      }),
    );
  });

  it('takes a signed token with any other claims and headers for what it is', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (others) => {
        const { iat, iss, api_key, application_id, payload_hash, ...claims } = others;
        expect(check(tokenFor('{}', claims)).ok).toBe(true);
      }),
    );
  });

  it('believes a body that is the signed one to the byte, and no other', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (signed, other) => {
        const [body, another] = [Buffer.from(signed), Buffer.from(other)];
        const claims = claimsFor(body.toString('latin1'));
        const hashed = Buffer.from(body.toString('latin1'));
        expect(verifier.checkBody(claims, hashed)).toBeNull();
        fc.pre(!another.equals(hashed));
        expect(verifier.checkBody(claims, another)).toBe('wrong payload_hash');
      }),
    );
  });

  it('believes a query whose parameters are those signed, in their order', () => {
    const name = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => !/^\d+$/.test(text));
    const value = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key }), (parameters) => {
        const read = (given: typeof parameters) => queryOf(`/proxy-call?${new URLSearchParams(given)}`);
        const claims = claimsFor(JSON.stringify(Object.fromEntries(parameters)));
        expect(verifier.checkQuery(claims, read(parameters))).toBeNull();
        fc.pre(parameters.length > 1);
        expect(verifier.checkQuery(claims, read(parameters.toReversed()))).toBe('wrong payload_hash');
        expect(verifier.checkQuery(claims, read(parameters.slice(1)))).toBe('wrong payload_hash');
        expect(verifier.checkQuery(claims, read([...parameters, ...parameters]))).toBe(
          'repeated query parameter',
        );
      }),
    );
  });
});

describe('a minted token', () => {
  const mint = new TokenMint(SIGNING.secret);
  const minted = { purpose: 'connect' as const, call: 'x', details: ['de-DE'], expires: at(10) };
  const word = fc.stringMatching(/^[\w-]*$/);

  it('says again what was put into it, for its purpose and its time', () => {
    fc.assert(
      fc.property(word, fc.array(word), (call, details) => {
        const token = mint.mint({ ...minted, call, details });
        expect(token).toMatch(/^[\w.-]+\.[\w-]{43}$/);
        expect(mint.read(token, 'connect', NOW)).toEqual({ ...minted, call, details });
        for (const other of ['whisper', 'answer'] as const)
          expect(mint.read(token, other, NOW)).toBeUndefined();
      }),
    );
    const token = mint.mint(minted);
    expect(mint.read(token, 'connect', NOW + 9_999)).toBeDefined();
    expect(mint.read(token, 'connect', NOW + 10_000)).toBeUndefined();
  });

  it('is the same for the same call, and another for another secret', () => {
    expect(new TokenMint(SIGNING.secret).mint(minted)).toBe(mint.mint(minted));
    expect(new TokenMint('another').mint(minted)).not.toBe(mint.mint(minted));
  });

  it('opens nothing once a letter is changed, or when it is something else', () => {
    const token = mint.mint(minted);
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...'ABab01-_.='), (index, other) => {
        fc.pre(token[index] !== other);
        expect(
          mint.read(token.slice(0, index) + other + token.slice(index + 1), 'connect', NOW),
        ).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(mint.read(text, 'connect', NOW)).toBeUndefined();
      }),
    );
  });
});
