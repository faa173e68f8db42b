import fc from 'fast-check';
import { expect, test } from 'vitest';
import { queryOf } from '../../src/vonage/query.js';

/** Read by the standard, and written as Vonage writes it. */
function reference(query: string) {
  const parameters = [...new URLSearchParams(`?${query}`)];
  const members = parameters.map((pair) => pair.map((part) => JSON.stringify(part)).join(':'));
  const fields = new Map(parameters);
  return { fields, json: fields.size < parameters.length ? null : `{${members.join(',')}}` };
}

test('a query is read as the standard says, whatever it holds', () => {
  const part = fc.oneof(
    fc.string(),
    fc.string().map(encodeURIComponent),
    fc.constantFrom('', '&', '=', '+', '%', '%2B', '%C3%A9', '%c3', '%EF%BB%BF', 'é', '?', '%00', '%25'),
    fc.constantFrom('a', '1', '02', '%31', '-1', '__proto__', 'constructor', '"', '\\'),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const query = parts.join('');
      const expected = reference(query);
      const { fields, json } = queryOf(`/proxy-call?${query}`);
      expect(new Map(Object.entries(fields))).toEqual(expected.fields);
      expect(json).toBe(expected.json);
    }),
    { numRuns: 4_000 },
  );
});

test.each(['/proxy-call', '/proxy-call?', '/proxy-call?&&'])('%s says nothing', (url) => {
  expect(queryOf(url)).toEqual({ fields: {}, json: '{}' });
});

test('no field is there that was not given', () => {
  expect(queryOf('/proxy-call?to=1').fields.toString).toBeUndefined();
});

test.each([
  ['as whole numbers', '2=b&1=a', '{"2":"b","1":"a"}'],
  ['like what objects inherit', '__proto__=a&constructor=b', '{"__proto__":"a","constructor":"b"}'],
])('parameters named %s keep their order', (_named, query, json) => {
  expect(queryOf(`/proxy-call?${query}`)).toMatchObject({ json });
});

test.each(['to=1&to=1', 'to=1&t%6f=2', '1=a&1=b'])('of %s something is given twice', (query) => {
  expect(queryOf(`/proxy-call?${query}`).json).toBeNull();
});
