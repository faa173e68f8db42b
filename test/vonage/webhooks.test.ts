import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readInboundText, readTextStatus } from '../../src/vonage/text-webhooks.js';
import { readCallEvent, readInboundCall, readKeys } from '../../src/vonage/webhooks.js';

const anything = fc.dictionary(
  fc.constantFrom(
    ...[
      'channel',
      'message_type',
      'message_uuid',
      'from',
      'to',
      'text',
      'status',
      'client_ref',
      'dtmf',
      'uuid',
    ],
    ...['call_uuid', 'region_url', 'conversation_uuid', 'timestamp', 'price', 'digits'],
  ),
  fc.oneof(fc.anything(), fc.string(), fc.constantFrom('sms', 'text', '447400123456', '1#', null)),
);

test('nothing that comes in makes a reader fail', () => {
  fc.assert(
    fc.property(anything, (fields) => {
      for (const read of [readInboundCall, readInboundText, readTextStatus, readKeys, readCallEvent])
        expect(() => read(fields)).not.toThrow();
    }),
    { numRuns: 500 },
  );
});

describe('an inbound text', () => {
  const fields = {
    channel: 'sms',
    message_type: 'text',
    message_uuid: 'aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab',
    from: '447400123456',
    to: '442079460000',
    timestamp: '2026-11-01T12:00:00Z',
    text: 'I am here.',
    sms: { num_messages: '1', keyword: 'I' },
  };

  test('says who sent what to which of our numbers', () => {
    expect(readInboundText(fields)).toEqual({
      id: 'aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab',
      sender: '+447400123456',
      dialled: '+442079460000',
      text: 'I am here.',
    });
    const { message_type: _type, ...older } = fields;
    expect(readInboundText(older)).toEqual(readInboundText(fields));
  });

  test.each(['  \n', '👋🏽', 'x'.repeat(4_000)])('keeps its text as it is: %#', (text) => {
    expect(readInboundText({ ...fields, text })?.text).toBe(text);
  });

  test.each(['VOXPROXY', '', '12345', undefined, null, 447400123456, { number: '447400123456' }])(
    'has no sender when it comes from %j',
    (from) => {
      expect(readInboundText({ ...fields, from })).toMatchObject({ sender: undefined, text: 'I am here.' });
    },
  );

  test.each<[string, object]>([
    ['of another channel', { channel: 'whatsapp' }],
    ['without a channel', { channel: undefined }],
    ['that is a picture', { message_type: 'image', image: { url: 'https://example.com/a.jpg' } }],
    ['without a text', { text: undefined }],
    ['of nothing', { text: '' }],
    ['whose text is none', { text: 7 }],
    ['longer than any network lets it be', { text: 'x'.repeat(4_001) }],
  ])('has nothing to pass on when it is one %s', (_what, change) => {
    expect(readInboundText({ ...fields, ...change })).toEqual({ ...readInboundText(fields), text: null });
  });

  test.each<[string, object]>([
    ['without an id', { message_uuid: '' }],
    ['whose id is a number', { message_uuid: '447400123456' }],
    ['whose id is unfit for the log', { message_uuid: 'a\nb' }],
    ['to nowhere', { to: undefined }],
    ['to a name', { to: 'voxproxy' }],
    ['to a list', { to: ['442079460000'] }],
  ])('is not one %s', (_what, change) => {
    expect(readInboundText({ ...fields, ...change })).toBeUndefined();
  });

  test('is no call', () => {
    expect(readInboundCall(fields)).toBeUndefined();
  });
});

describe('the status of a text', () => {
  test('says of which it is, by what was given with it', () => {
    const fields = { message_uuid: 'm-1', status: 'delivered', client_ref: 'brave-otter/a/t-1', to: '4474' };
    expect(readTextStatus(fields)).toEqual({
      id: 'm-1',
      status: 'delivered',
      reference: 'brave-otter/a/t-1',
    });
  });

  test.each<[Record<string, unknown>, object]>([
    [{}, { id: '', status: '', reference: '' }],
    [{ client_ref: 'x'.repeat(100) }, { id: '', status: '', reference: 'x'.repeat(100) }],
    [{ client_ref: 'x'.repeat(101) }, { id: '', status: '', reference: '' }],
    [{ client_ref: ['a'] }, { id: '', status: '', reference: '' }],
    [
      { message_uuid: '447400123456', status: '447400123456' },
      { id: '', status: '', reference: '' },
    ],
    [{ status: 'delivered to\n+447400123456' }, { id: '', status: '', reference: '' }],
  ])('%j is as good as silent where it says nothing fit', (fields, read) => {
    expect(readTextStatus(fields)).toEqual(read);
  });
});

describe('the keys that were pressed', () => {
  test.each<[unknown, string]>([
    [{ digits: '1', timed_out: false }, '1'],
    [{ digits: '*0#' }, '*0#'],
    ['1', '1'],
    [{ digits: '', timed_out: true }, ''],
    [{ digits: null }, ''],
    [{ digits: 1 }, ''],
    [{ digits: 'one' }, ''],
    [{ digits: '1'.repeat(21) }, ''],
    [{}, ''],
    [null, ''],
    [undefined, ''],
    [[], ''],
  ])('%j are %j', (dtmf, keys) => {
    expect(readKeys({ dtmf })).toBe(keys);
  });

  test('are none of what was spoken, or of nothing', () => {
    expect(readKeys({ speech: { results: [{ text: '1' }] } })).toBe('');
    expect(readKeys({})).toBe('');
  });
});

describe('a call', () => {
  const fields = { from: '447400123456', to: '442079460000', uuid: 'u1', conversation_uuid: 'CON-1' };

  test.each(['https://api-us-3.vonage.com', 'https://api-eu-4.vonage.com', 'https://api-sg-1.nexmo.com'])(
    'is controlled where it says: %s',
    (region_url) => {
      expect(readInboundCall({ ...fields, region_url })?.regionHost).toBe(region_url);
    },
  );

  test.each([
    undefined,
    null,
    '',
    7,
    'api-us-3.vonage.com',
    'http://api-us-3.vonage.com',
    'https://api-us-3.vonage.com/',
    'https://api-us-3.vonage.com:8443',
    'https://api-us-3.vonage.com.example.com',
    'https://api-us-3.vonage.com@example.com',
    'https://evil.example.com/api-us-3.vonage.com',
    'https://example.com#https://api-us-3.vonage.com',
    'https://api-us-3.vonage.com\nHost: example.com',
    'https://xapi-us-3.vonage.com',
  ])('is controlled at the default for %j, and our token goes nowhere else', (region_url) => {
    expect(readInboundCall({ ...fields, region_url })?.regionHost).toBeNull();
  });
});

describe('what happened to a leg', () => {
  test('that a machine took is told by the id of the call', () => {
    const told = { call_uuid: 'leg-1', conversation_uuid: 'CON-1', status: 'machine', direction: 'outbound' };
    expect(readCallEvent(told)).toMatchObject({ uuid: 'leg-1', conversation: 'CON-1', status: 'machine' });
    expect(readCallEvent({ ...told, uuid: 'leg-2' })).toMatchObject({ uuid: 'leg-2' });
  });
});
