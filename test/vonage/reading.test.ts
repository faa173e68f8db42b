import { describe, expect, test } from 'vitest';
import { asApplication, changedApplication, readApplication } from '../../src/vonage/applications.js';
import { readNumbers, readOffered, readOwned } from '../../src/vonage/numbers.js';

describe('lists of numbers', () => {
  test.each([
    [{}, 0],
    [{ count: 0, numbers: [] }, 0],
    [{ count: 0 }, 0],
    [{ count: 12, numbers: [{ msisdn: '442079460000' }] }, 12],
    [{ numbers: [{ msisdn: '442079460000' }] }, 1],
  ])('%j', (body, count) => {
    expect(readNumbers(body).count).toBe(count);
  });

  test.each([null, 'page', [], { numbers: 'many' }, { numbers: [null] }, { numbers: {} }])(
    '%j is none',
    (body) => {
      expect(() => readNumbers(body)).toThrow("Vonage's list of numbers could not be understood.");
    },
  );
});

describe('a number', () => {
  const raw = { country: 'GB', msisdn: '442079460000', type: 'landline', features: ['SMS', 'VOICE'] };

  test('on offer has its prices as text with two decimals', () => {
    const offered = readOffered({ ...raw, cost: '1.2', initialPrice: 0.5 });
    expect([offered.monthlyCost.amount, offered.setupCost.amount]).toEqual(['1.20', '0.50']);
    expect(readOffered({ ...raw, cost: 'free' }).monthlyCost).toEqual({ amount: '0.00', currency: 'EUR' });
  });

  test('of the account keeps what an update would reset, but for its forwarding', () => {
    const owned = readOwned({
      ...raw,
      app_id: '',
      moHttpUrl: 'https://sms.example.com',
      voiceCallbackType: 'sip',
      voiceCallbackValue: 'sip:x@example.com',
    });
    expect(owned).toMatchObject({
      number: '+442079460000',
      applicationId: null,
      forwarding: { type: 'sip', to: 'sip:x@example.com' },
      kept: { moHttpUrl: 'https://sms.example.com' },
    });
    expect(readOwned({ ...raw, voiceCallbackType: 'app', voiceCallbackValue: 'id' }).forwarding).toBeNull();
  });

  test('that is none is an error', () => {
    expect(() => readOffered({ ...raw, msisdn: 'hidden' })).toThrow(
      'Vonage listed a number that is not one.',
    );
  });
});

describe('an application', () => {
  const urls = {
    answerUrl: 'https://a.example.com/proxy-call',
    fallbackUrl: 'https://a.example.com/proxy-call',
    eventUrl: 'https://a.example.com/event',
    inboundUrl: 'https://a.example.com/inbound-message',
    statusUrl: 'https://a.example.com/message-status',
  };
  const raw = {
    id: 'a1',
    name: 'Rides',
    keys: { public_key: 'PEM' },
    capabilities: {
      voice: {
        region: 'eu-west',
        signed_callbacks: false,
        webhooks: {
          answer_url: { address: 'https://old.example.com', http_method: 'GET', connect_timeout: 500 },
        },
      },
      vbc: {},
    },
    _links: { self: { href: '/x' } },
  };

  test.each(['<html>', null, [], {}, { id: 7 }])('is not %j', (body) => {
    expect(() => asApplication(body)).toThrow();
    expect(() => readApplication(body)).toThrow();
  });

  test('is pointed to us, everything else as it was; and put back word for word', () => {
    const pointed = changedApplication(raw, { webhooks: urls });
    expect(readApplication(pointed)).toMatchObject({
      webhooks: urls,
      answerMethod: 'POST',
      signedCallbacks: true,
    });
    expect(pointed).toMatchObject({
      name: 'Rides',
      keys: { public_key: 'PEM' },
      capabilities: {
        vbc: {},
        voice: { region: 'eu-west', webhooks: { answer_url: { connect_timeout: 500 } } },
      },
    });
    expect(pointed).not.toHaveProperty('_links');
    const { _links, ...whole } = raw;
    expect(changedApplication(pointed, { webhooks: readApplication(raw).saved })).toEqual(whole);
  });
});
