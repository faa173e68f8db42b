import { describe, expect, test } from 'vitest';
import { failureOf, harmless, retryAfterOf } from '../../src/vonage/failure.js';

const response = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers });
const refused = (status: number, body: unknown, headers = {}) =>
  Object.assign(new Error('refused'), {
    response: response(status, body, headers),
    config: { headers: { Authorization: 'Basic c2VjcmV0' } },
  });

describe('what the SDK throws becomes an error of ours, without what it holds', () => {
  test.each([
    [refused(401, ''), 'credentials', 'Vonage refused the credentials.'],
    [refused(500, '<html>'), 'vonage', 'Buying failed: Vonage answered 500.'],
    [refused(420, { 'error-code': '420', 'error-code-label': 'method failed' }), 'vonage', 'method failed'],
    [refused(400, { country: 'Is required.' }), 'vonage', '(country: Is required.)'],
    [
      refused(422, { title: 'Invalid', detail: 'The number +447400123456 is wrong' }),
      'vonage',
      'The number ••••• is wrong',
    ],
    [refused(402, { title: 'Low balance' }), 'vonage', 'Low balance'],
    [refused(404, null), 'vonage', 'Vonage answered 404.'],
    [Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), 'vonage', '(ECONNREFUSED)'],
    [Object.assign(new TypeError('x'), { cause: { code: 'ENOTFOUND' } }), 'vonage', '(ENOTFOUND)'],
    [Object.assign(new Error('x'), { name: 'FetchError' }), 'vonage', 'the connection broke'],
    [Object.assign(new Error('x'), { name: 'AbortError' }), 'vonage', 'did not answer in time'],
    [Object.assign(new Error('x'), { name: 'TimeoutError' }), 'vonage', 'did not answer in time'],
    [new Error('Basic c2VjcmV0'), 'vonage', 'could not be understood'],
    [null, 'vonage', 'could not be understood'],
  ])('%#', async (thrown, code, said) => {
    const error = await failureOf(thrown, 'Buying');
    expect(error.code).toBe(code);
    expect(error.message).toContain(said);
    expect(error.hint).toBeTruthy();
    expect(JSON.stringify([error.message, error.hint, error.stack])).not.toContain('c2VjcmV0');
  });
});

describe('a text from outside', () => {
  test.each([
    ['call +44 7400 123456 now', 'call ••••• now'],
    ['447400123456', '•••••'],
    ['(0)7400-123.456', '(•••••'],
    ['error 420', 'error 420'],
    ['two\nlines\u001b[31m', 'two lines [31m'],
  ])('%j', (text, shown) => {
    expect(harmless(text)).toBe(shown);
  });

  test('is not long', () => {
    expect(harmless('x'.repeat(1000))).toHaveLength(201);
  });
});

test.each([
  [{ 'retry-after': '0' }, 0],
  [{ 'retry-after': '7' }, 7],
  [{ 'retry-after': '-3' }, 1],
  [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, 1],
  [{}, 1],
])('Retry-After %j is %i s', (headers, seconds) => {
  expect(retryAfterOf(refused(429, '', headers))).toBe(seconds);
});
