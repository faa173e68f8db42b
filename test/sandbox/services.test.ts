import { tokenGenerate } from '@vonage/jwt';
import type { Vonage } from '@vonage/server-sdk';
import parsePhoneNumber from 'libphonenumber-js/max';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { countriesForSale, numbersOf } from '../../src/sandbox/number-catalogue.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js';
import { startAnswerer } from './answerer.js';
import { controlOf } from './control.js';
import { failure, sdkFor } from './sdk.js';

let sandbox: Sandbox;
let control: ReturnType<typeof controlOf>;
let vonage: Vonage;

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  control = controlOf(sandbox);
  vonage = sdkFor(sandbox.env);
});
afterAll(() => sandbox.close());
beforeEach(() => control.reset());

const GB = '442079460000';
const FAILED = { 'error-code': '420', 'error-code-label': 'method failed' };

const search = (country: string, more: object = {}) =>
  vonage.numbers.getAvailableNumbers({ country, ...more });
const buy = (country: string, msisdn: string) => vonage.numbers.buyNumber({ country, msisdn });
const own = (filter: object = {}) => vonage.numbers.getOwnedNumbers(filter as never);

describe('numbers for sale', () => {
  test('are valid in their country, and many', () => {
    const countries = countriesForSale();
    expect(countries.length).toBeGreaterThanOrEqual(12);
    for (const country of countries) {
      const numbers = numbersOf(country);
      expect(new Set(numbers.map(({ msisdn }) => msisdn)).size).toBe(numbers.length);
      for (const { msisdn } of numbers.filter((_, i) => i % 97 === 0)) {
        const parsed = parsePhoneNumber(`+${msisdn}`);
        expect([msisdn, parsed?.country, parsed?.isValid()]).toEqual([msisdn, country, true]);
      }
    }
  });

  test.each([
    ['GB', /^4420794600\d\d$/],
    ['US', /^1\d{3}55501\d\d$/],
  ])('%s offers numbers from fiction, with voice and SMS', async (country, pattern) => {
    const { count, numbers = [] } = await search(country, { features: ['SMS', 'VOICE'], size: 100 });
    expect(count).toBeGreaterThanOrEqual(1000);
    expect(numbers).toHaveLength(100);
    for (const number of numbers) {
      expect(number.msisdn).toMatch(pattern);
      expect(number).toMatchObject({ country, cost: expect.any(String), initialPrice: expect.any(String) });
      expect(number.features).toEqual(expect.arrayContaining(['SMS', 'VOICE']));
    }
  });

  test('are found by type, feature, pattern and page', async () => {
    const types = await search('GB', { type: 'landline-toll-free' });
    expect(
      types.numbers?.every(
        ({ type, features }) => type === 'landline-toll-free' && features?.join() === 'VOICE',
      ),
    ).toBe(true);
    const pages = await Promise.all([1, 2].map((index) => search('GB', { index })));
    expect(pages.flatMap(({ numbers = [] }) => numbers.map(({ msisdn }) => msisdn))).toEqual(
      Array.from({ length: 20 }, (_, i) => `4420794600${String(i).padStart(2, '0')}`),
    );
    const first = async (filter: object) => (await search('GB', filter)).numbers?.[0]?.msisdn;
    expect(await first({ endsWith: '123' })).toBe('442079460123');
    expect(await first({ startsWith: '44161' })).toBe('441614960000');
    expect(await first({ contains: '6049' })).toBe('442079460490');
  });

  test('say nothing at all when nothing matches', async () => {
    expect(await search('ZZ')).toEqual({});
    expect(await own()).toEqual({ count: 0, numbers: [] });
  });

  test.each([
    ['/number/search', { country: 'Is required.' }],
    ['/number/search?country=Britain', { country: 'Is invalid.' }],
    ['/number/search?country=GB&size=101', { size: 'Must be between 1 and 100.' }],
    ['/number/search?country=GB&index=0', { index: 'Must be at least 1.' }],
    ['/number/search?country=GB&search_pattern=3', { search_pattern: 'Must be one of: 0, 1, 2.' }],
    ['/number/search?country=GB&features=FAX', { features: 'Is invalid.' }],
    ['/account/numbers?size=0', { size: 'Must be between 1 and 100.' }],
  ])('%s is refused', async (path, body) => {
    expect(await control.get(path)).toMatchObject({ status: 400, body });
  });
});

describe('renting', () => {
  test('a number costs its fee and a month, and takes it off the market', async () => {
    expect(await buy('GB', GB)).toEqual({ errorCode: '200', errorCodeLabel: 'success' });
    expect(await vonage.accounts.getBalance()).toEqual({ value: 98.04, autoReload: false });
    expect(await search('GB', { pattern: GB })).toEqual({});
    expect(await own()).toEqual({
      count: 1,
      numbers: [{ country: 'GB', msisdn: GB, type: 'landline', features: ['SMS', 'VOICE'] }],
    });
  });

  test('ends with a cancellation', async () => {
    await buy('GB', GB);
    expect(await vonage.numbers.cancelNumber({ country: 'GB', msisdn: GB })).toMatchObject({
      errorCode: '200',
    });
    expect(await own()).toEqual({ count: 0, numbers: [] });
    expect(await search('GB', { pattern: GB })).toMatchObject({ count: 1 });
  });

  test('is refused in the same words for every cause but one', async () => {
    await buy('GB', GB);
    await control.post('/sandbox/balance', { value: 5 });
    expect(await failure(buy('GB', GB))).toMatchObject({ status: 420, body: FAILED });
    expect(await failure(buy('GB', '447700900000'))).toMatchObject({ status: 420, body: FAILED });
    expect(await failure(buy('BR', '5511935000000'))).toMatchObject({ status: 420, body: FAILED });
    expect(await failure(vonage.numbers.cancelNumber({ country: 'US', msisdn: GB }))).toMatchObject({
      status: 420,
    });
    const german = await failure(buy('DE', '4915792300000'));
    expect(german.body['error-code-label']).toContain('valid local address');
  });

  test('needs to be told which number', async () => {
    expect(await control.form('/number/buy', { msisdn: GB })).toMatchObject({
      status: 400,
      body: { country: 'Is required.' },
    });
    expect(await control.form('/number/cancel', {})).toMatchObject({
      status: 400,
      body: { country: 'Is required.', msisdn: 'Is required.' },
    });
    const json = await control.post(
      '/number/buy',
      { country: 'GB', msisdn: GB },
      { authorization: control.basic },
    );
    expect(json).toMatchObject({ status: 200, body: { 'error-code': '200' } });
  });

  test('is for those with credentials', async () => {
    const stranger = sdkFor(sandbox.env, { VONAGE_API_SECRET: 'wrong' });
    const body = { 'error-code': '401', 'error-code-label': 'authentication failed' };
    expect(await failure(stranger.numbers.buyNumber({ country: 'GB', msisdn: GB }))).toMatchObject({
      status: 401,
      body,
    });
    expect(await failure(stranger.accounts.getBalance())).toMatchObject({ status: 401 });
    expect(await failure(stranger.applications.getApplicationPage({}))).toMatchObject({
      status: 401,
      body: { title: 'Invalid credentials supplied' },
    });
    expect(await failure(stranger.numberInsights.basicLookup('447400123456'))).toMatchObject({ status: 401 });
  });
});

describe('the settings of a number', () => {
  test('are linked to an application, and found by it', async () => {
    await buy('GB', GB);
    await buy('US', '12025550100');
    const appId = sandbox.env.VONAGE_APPLICATION_ID;
    const linked = { country: 'GB', msisdn: GB, appId, moHttpUrl: 'https://example.com/sms' };
    expect(await vonage.numbers.updateNumber(linked)).toMatchObject({ errorCode: '200' });
    expect(await own({ applicationId: appId })).toMatchObject({
      count: 1,
      numbers: [{ msisdn: GB, app_id: appId, moHttpUrl: 'https://example.com/sms' }],
    });
    expect(await own({ hasApplication: true })).toMatchObject({ count: 1 });
    expect(await own({ hasApplication: false })).toMatchObject({ numbers: [{ msisdn: '12025550100' }] });
    expect(await own({ country: 'US' })).toMatchObject({ count: 1 });
  });

  test('are reset when an update leaves them out', async () => {
    await control.rent('GB', GB, {
      app_id: sandbox.env.VONAGE_APPLICATION_ID,
      moHttpUrl: 'https://example.com/sms',
      voiceCallbackType: 'tel',
      voiceCallbackValue: '447400123456',
    });
    await vonage.numbers.updateNumber({ country: 'GB', msisdn: GB });
    expect(await own()).toEqual({
      count: 1,
      numbers: [{ country: 'GB', msisdn: GB, type: 'landline', features: ['SMS', 'VOICE'] }],
    });
  });

  test('name an application that exists, on a number that is ours', async () => {
    await buy('GB', GB);
    const update = (fields: Record<string, string>) =>
      control.form('/number/update', { country: 'GB', msisdn: GB, ...fields });
    expect(await update({ app_id: 'nobody' })).toMatchObject({ status: 420, body: FAILED });
    expect(await update({ msisdn: '442079460001' })).toMatchObject({ status: 420, body: FAILED });
    expect((await update({ voiceCallbackType: 'fax' })).status).toBe(400);
    expect((await update({ voiceCallbackType: 'tel' })).status).toBe(400);
  });
});

describe('applications', () => {
  const webhooks = {
    answer_url: { address: 'https://example.com/answer', http_method: 'POST' },
    event_url: { address: 'https://example.com/event' },
  };
  const createBody = (voice: object) => ({ name: 'voxproxy', capabilities: { voice } });
  const put = (path: string, body: unknown) =>
    control.json(path, {
      method: 'PUT',
      body: JSON.stringify(body),
      headers: { authorization: control.basic },
    });
  /** With a key brought along: making a new pair takes time. */
  const create = async (body: object) => {
    const { keys } = (await control.get(`/v2/applications/${sandbox.env.VONAGE_APPLICATION_ID}`)).body;
    return control.post('/v2/applications', { keys, ...body }, { authorization: control.basic });
  };

  test('start with one that takes calls, but does not say where', async () => {
    const application = await vonage.applications.getApplication(sandbox.env.VONAGE_APPLICATION_ID);
    expect(application.capabilities?.voice).toMatchObject({ webhooks: {}, signedCallbacks: true });
    expect(application.keys).toMatchObject({ publicKey: expect.stringContaining('PUBLIC KEY') });
    expect(application.keys).not.toHaveProperty('privateKey');
  });

  test('are created with a key that is told once, and defaults filled in', async () => {
    const created = await vonage.applications.createApplication({
      name: 'voxproxy',
      capabilities: {
        voice: { webhooks: { answerUrl: { address: 'https://example.com/answer', httpMethod: 'POST' } } },
      },
    } as never);
    expect(created.keys).toMatchObject({ privateKey: expect.stringContaining('BEGIN PRIVATE KEY') });
    const { body } = await control.get(`/v2/applications/${created.id}`);
    expect(body).toEqual({
      id: created.id,
      name: 'voxproxy',
      capabilities: {
        voice: {
          webhooks: {
            answer_url: {
              address: 'https://example.com/answer',
              http_method: 'POST',
              connect_timeout: 1000,
              socket_timeout: 5000,
            },
          },
          signed_callbacks: true,
          conversations_ttl: 48,
          leg_persistence_time: 2,
        },
      },
      privacy: { improve_ai: true },
      keys: { public_key: created.keys?.publicKey },
      _links: { self: { href: `/v2/applications/${created.id}` } },
    });
  });

  test('go through the SDK and back unchanged', async () => {
    const { body } = await create(createBody({ webhooks, signed_callbacks: false, region: 'eu-west' }));
    const before = (await control.get(`/v2/applications/${body.id}`)).body;
    const application = await vonage.applications.getApplication(body.id);
    const updated = await vonage.applications.updateApplication(application);
    expect(updated.keys).not.toHaveProperty('privateKey');
    expect((await control.get(`/v2/applications/${body.id}`)).body).toEqual(before);
  });

  test('are replaced by an update, key included', async () => {
    const { body: created } = await create(createBody({ webhooks }));
    const { body } = await put(`/v2/applications/${created.id}`, { name: 'Other' });
    expect(body).toMatchObject({
      name: 'Other',
      capabilities: {},
      keys: { private_key: expect.any(String) },
    });
    expect(body.keys.public_key).not.toBe(created.keys.public_key);
  });

  test('take the older name of the connect timeout too', async () => {
    const answer_url = { address: 'https://example.com/', connection_timeout: 300 };
    const { body } = await create(createBody({ webhooks: { answer_url } }));
    expect(body.capabilities.voice.webhooks.answer_url).toMatchObject({
      http_method: 'GET',
      connect_timeout: 300,
    });
    expect(body.capabilities.voice.webhooks.answer_url).not.toHaveProperty('connection_timeout');
  });

  test('keep a key that was brought along', async () => {
    const { status, body } = await create({ name: 'Other' });
    expect(status).toBe(201);
    expect(body.keys).toEqual({ public_key: expect.stringContaining('PUBLIC KEY') });
    expect(await create({ name: 'Other', keys: { public_key: 'nonsense' } })).toMatchObject({
      status: 400,
      body: { invalid_parameters: [{ name: 'keys.public_key' }] },
    });
  });

  test('are listed page by page', async () => {
    await create({ name: 'Second' });
    const page = await vonage.applications.getApplicationPage({ pageSize: 1, page: 2 } as never);
    expect(page).toMatchObject({
      totalItems: 2,
      totalPages: 2,
      _embedded: { applications: [{ name: 'Second' }] },
    });
    const names: string[] = [];
    for await (const { name } of vonage.applications.listAllApplications({ pageSize: 1 } as never))
      names.push(name);
    expect(names).toEqual(['Sandbox', 'Second']);
  });

  test('are gone once deleted, and their numbers unlinked', async () => {
    const { id } = (await create({ name: 'Brief' })).body;
    await control.rent('GB', '442079460000', { app_id: id });
    await vonage.applications.deleteApplication(id);
    expect(await failure(vonage.applications.getApplication(id))).toMatchObject({
      status: 404,
      body: { detail: `ID '${id}' does not exist, or you do not have access` },
    });
    const linked = await control.get('/account/numbers?has_application=true');
    expect(linked.body).toMatchObject({ count: 0 });
  });

  const voice = 'capabilities.voice.webhooks.answer_url';
  test.each([
    [{}, 'name', 'is required'],
    [
      { answer_url: { address: 'https://example.com/', http_method: 'PUT' } },
      `${voice}.http_method`,
      'must be one of: GET, POST',
    ],
    [{ answer_url: { address: 'example.com' } }, `${voice}.address`, 'must be an http or https URL'],
    [
      { answer_url: { address: 'https://a.example/', connect_timeout: 299 } },
      `${voice}.connect_timeout`,
      'must be a whole number between 300 and 1000',
    ],
    [
      { answer_url: { address: 'https://a.example/', socket_timeout: 5001 } },
      `${voice}.socket_timeout`,
      'must be a whole number between 1000 and 5000',
    ],
    [{ event_url: 'https://a.example/' }, 'capabilities.voice.webhooks.event_url', 'must be an object'],
  ])('refuse %j', async (webhooks, name, reason) => {
    const body = name === 'name' ? {} : createBody({ webhooks });
    expect(await create(body)).toMatchObject({
      status: 400,
      body: { title: 'Bad Request', invalid_parameters: [{ name, reason }] },
    });
  });
});

describe('number insight', () => {
  test.each([
    ['447400123456', 'GB', 'GBR', 'United Kingdom', '44'],
    ['447700900123', 'GB', 'GBR', 'United Kingdom', '44'],
    ['17005550100', 'US', 'USA', 'United States', '1'],
    ['447911123456', 'GB', 'GBR', 'United Kingdom', '44'],
    ['79161234567', 'RU', 'RUS', 'Russia', '7'],
  ])('knows %s', async (number, country_code, country_code_iso3, country_name, country_prefix) => {
    expect(await vonage.numberInsights.basicLookup(number)).toMatchObject({
      status: 0,
      status_message: 'Success',
      international_format_number: number,
      country_code,
      country_code_iso3,
      country_name,
      country_prefix,
    });
  });

  test.each(['447400120000', '12', 'hello', '99912345678'])('does not know %s', async (number) => {
    expect(await vonage.numberInsights.basicLookup(number)).toMatchObject({ status: 3 });
  });

  test('reads a national number with its country', async () => {
    expect(await vonage.numberInsights.basicLookup('07400123456', { country: 'GB' } as never)).toMatchObject({
      status: 0,
      international_format_number: '447400123456',
    });
  });
});

describe('identity insights', () => {
  const ask = (phone_number: unknown, token: string) =>
    control.post(
      '/identity-insights/v1/requests',
      { phone_number, insights: { format: {} } },
      { authorization: `Bearer ${token}` },
    );
  const token = (options: object = {}) =>
    tokenGenerate(sandbox.env.VONAGE_APPLICATION_ID, sandbox.env.VONAGE_PRIVATE_KEY, options as never);

  test('know a format, with a leading plus', async () => {
    expect(await ask('447400123456', token())).toMatchObject({
      status: 200,
      body: {
        insights: {
          format: {
            country_code: 'GB',
            number_international: '+447400123456',
            is_format_valid: true,
            status: { code: 'OK' },
          },
        },
      },
    });
  });

  test('say which format is invalid', async () => {
    expect((await ask('447400120000', token())).body.insights.format).toMatchObject({
      is_format_valid: false,
      status: { code: 'INVALID_NUMBER_FORMAT' },
    });
    expect((await ask(undefined, token())).status).toBe(422);
  });

  test('are for the application alone', async () => {
    const stranger = await startSandbox({ port: 0 });
    const forged = tokenGenerate(sandbox.env.VONAGE_APPLICATION_ID, stranger.env.VONAGE_PRIVATE_KEY);
    await stranger.close();
    for (const bad of [forged, 'a.b.c', token({ issued_at: 1_700_000_000, ttl: 60 })]) {
      const reply = await ask('447400123456', bad);
      expect(reply.status).toBe(401);
      expect(reply.headers.get('content-type')).toContain('application/problem+json');
    }
  });
});

describe('texts', () => {
  const text = (fields: object = {}) =>
    ({
      messageType: 'text',
      channel: 'sms',
      to: '447400123456',
      from: GB,
      text: 'Call this number.',
      ...fields,
    }) as never;

  test('are sent from a number of ours, with either way to sign in', async () => {
    await control.rent('GB', GB);
    const { messageUUID } = await vonage.messages.send(text());
    const withoutKey = sdkFor(sandbox.env, { VONAGE_PRIVATE_KEY: '' });
    await withoutKey.messages.send(text({ text: 'Again.' }));
    const { messages } = (await control.get('/sandbox/messages')).body;
    expect(messages).toMatchObject([
      {
        message_uuid: messageUUID,
        from: `+${GB}`,
        to: '+447400123456',
        text: 'Call this number.',
        at: expect.any(String),
      },
      { text: 'Again.' },
    ]);
  });

  test.each([
    [{ from: '442079460001' }, '1120'],
    [{ from: '441614960000' }, '1120'],
    [{ to: '+447400123456' }, '1170'],
    [{ text: '' }, '1110'],
    [{ text: 'x'.repeat(1001) }, '1110'],
    [{ channel: 'pigeon' }, '1110'],
  ])('with %j are refused', async (fields, code) => {
    await control.rent('GB', GB);
    await control.rent('GB', '441614960000');
    const before = (await control.get('/sandbox/messages')).body;
    const { status, body } = await failure(vonage.messages.send(text(fields)));
    expect([status, body.type]).toEqual([422, `https://developer.vonage.com/api-errors/messages#${code}`]);
    expect((await control.get('/sandbox/messages')).body).toEqual(before);
  });

  test('need credentials', async () => {
    const stranger = sdkFor(sandbox.env, { VONAGE_APPLICATION_ID: 'nobody' });
    expect(await failure(stranger.messages.send(text()))).toMatchObject({ status: 401 });
  });

  test('are followed by what became of them', async () => {
    const answerer = await startAnswerer(sandbox.env.VONAGE_SIGNATURE_SECRET);
    await control.rent('GB', GB);
    await control.pointAt(answerer.url);
    const { messageUUID } = await vonage.messages.send(text({ clientRef: 'session-1' }));
    await expect.poll(() => answerer.at('/status').length).toBe(2);
    expect(answerer.at('/status').map(({ signed, fields }) => ({ signed, ...fields }))).toMatchObject([
      {
        signed: true,
        status: 'submitted',
        message_uuid: messageUUID,
        client_ref: 'session-1',
        channel: 'sms',
      },
      { signed: true, status: 'delivered', message_uuid: messageUUID },
    ]);
    await answerer.close();
  });

  test('come in, signed, for the application of the number', async () => {
    const answerer = await startAnswerer(sandbox.env.VONAGE_SIGNATURE_SECRET);
    answerer.on('/inbound', { status: 200 });
    await control.rent('GB', GB);
    await control.pointAt(answerer.url);
    const sent = await control.post('/sandbox/messages', {
      from: '+447400123456',
      to: `+${GB}`,
      text: 'stop it',
    });
    expect(sent.body).toEqual({ message_uuid: expect.any(String), delivered: 200 });
    expect(answerer.at('/inbound')[0]).toMatchObject({
      signed: true,
      fields: {
        channel: 'sms',
        from: '447400123456',
        to: GB,
        text: 'stop it',
        sms: { num_messages: '1', keyword: 'STOP' },
      },
    });
    const nowhere = await control.post('/sandbox/messages', {
      from: '+447400123456',
      to: '+442079460999',
      text: 'hi',
    });
    expect(nowhere.body.delivered).toBe(null);
    expect((await control.post('/sandbox/messages', { from: 'me', to: GB, text: 'hi' })).status).toBe(400);
    await answerer.close();
  });
});
