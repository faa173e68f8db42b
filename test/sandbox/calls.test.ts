import { beforeEach, describe, expect, test } from 'vitest';
import { CALLEE, CALLER, connectTo, NUMBER, OTHER, setStage, statuses, talk } from './stage.js';

const stage = setStage();
const { answerWith } = stage;

describe('an ordinary call', () => {
  test('is answered, connected under the virtual number, and reported', async () => {
    answerWith(talk('Please wait.'), connectTo(CALLEE));
    const report = await stage.control.call({ from: `+${CALLER}`, to: `+${NUMBER}`, talkSeconds: 30 });
    expect(report.caller.hears).toEqual(['Please wait.']);
    expect(report.callee).toMatchObject({ number: `+${CALLEE}`, callerId: `+${OTHER}` });
    expect(report.ncco).toHaveLength(2);
    expect(report.webhooks).toEqual([
      { url: `${stage.answerer.url}/answer`, method: 'POST', status: 200, attempt: 1 },
    ]);
    expect(statuses(report.events)).toEqual([
      'inbound started',
      'inbound ringing',
      'inbound answered',
      'outbound started',
      'outbound ringing',
      'outbound answered',
      'outbound completed',
      'inbound completed',
    ]);
    expect(stage.answerer.at('/event').map(({ fields }) => fields.status)).toEqual(
      report.events.map((e) => e.status),
    );
    expect(report.events.every((e) => e.delivered === 204)).toBe(true);
  });

  test('asks with the fields Vonage sends, digits without a plus', async () => {
    answerWith(talk('Hello.'));
    await stage.control.call({ from: `+${CALLER}`, to: `+${NUMBER}` });
    expect(stage.answerer.at('/answer')[0]?.fields).toEqual({
      to: NUMBER,
      from: CALLER,
      conversation_uuid: expect.stringMatching(/^CON-[0-9a-f-]{36}$/),
      uuid: expect.stringMatching(/^[0-9a-f]{32}$/),
      endpoint_type: 'phone',
      region_url: 'https://api-eu-3.vonage.com',
    });
  });

  test('shares one conversation between legs of their own', async () => {
    answerWith(connectTo(CALLEE));
    const { id, events } = await stage.control.call({ from: CALLER, to: NUMBER });
    expect(new Set(events.map((e) => e.conversation_uuid))).toEqual(new Set([id]));
    expect(new Set(events.map((e) => e.uuid)).size).toBe(2);
    const outbound = events.filter((e) => e.direction === 'outbound');
    expect(outbound.every((e) => e.from === OTHER && e.to === CALLEE)).toBe(true);
  });

  test('ends with amounts in strings and times in milliseconds', async () => {
    answerWith(connectTo(CALLEE));
    const { events } = await stage.control.call({ from: CALLER, to: NUMBER, talkSeconds: 30 });
    const completed = events.find((e) => e.direction === 'outbound' && e.status === 'completed');
    expect(completed).toMatchObject({
      headers: {},
      duration: '30',
      rate: '0.01200000',
      price: '0.00600000',
      disconnected_by: 'platform',
      sip_code: 200,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    expect(events.find((e) => e.status === 'answered')).toMatchObject({
      start_time: null,
      rate: null,
      network: null,
    });
  });

  test('goes on with what follows when the callee hangs up first', async () => {
    answerWith(connectTo(CALLEE), talk('They are gone.'));
    expect((await stage.control.call({ from: CALLER, to: NUMBER })).caller.hears).toEqual([]);
    const report = await stage.control.call({ from: CALLER, to: NUMBER, endedBy: 'callee' });
    expect(report.caller.hears).toEqual(['They are gone.']);
    expect(report.events.filter((e) => e.status === 'completed').map((e) => e.disconnected_by)).toEqual([
      'user',
      'platform',
    ]);
  });

  test('is cut off at the limit', async () => {
    answerWith(connectTo(CALLEE, { limit: 10 }));
    const { events } = await stage.control.call({ from: CALLER, to: NUMBER, talkSeconds: 600 });
    expect(events.find((e) => e.direction === 'outbound' && e.status === 'completed')).toMatchObject({
      duration: '10',
      disconnected_by: 'platform',
    });
  });

  test('sends the events of connect to its own URL', async () => {
    answerWith(connectTo(CALLEE, { eventUrl: [`${stage.answerer.url}/leg`] }));
    await stage.control.call({ from: CALLER, to: NUMBER });
    expect(stage.answerer.at('/leg').map(({ fields }) => fields.status)).toEqual([
      'started',
      'ringing',
      'answered',
      'completed',
    ]);
    expect(stage.answerer.at('/event').every(({ fields }) => fields.direction === 'inbound')).toBe(true);
  });
});

describe('callers as carriers show them', () => {
  test.each([['anonymous'], [''], ['0044 7400 123456'], ['+266696687']])('passes %j on', async (from) => {
    answerWith(talk('Hello.'));
    await stage.control.call({ from, to: NUMBER });
    expect(stage.answerer.at('/answer')[0]?.fields.from).toBe(from.replace('+', ''));
  });

  test('leaves the caller out when the network does', async () => {
    answerWith(talk('Hello.'));
    await stage.control.call({ to: NUMBER, from_user: 'jane', endpoint_type: 'app' });
    const { fields } = stage.answerer.at('/answer')[0] ?? { fields: {} };
    expect(fields).not.toHaveProperty('from');
    expect(fields).toMatchObject({ from_user: 'jane', endpoint_type: 'app' });
  });

  test('shows a caller ID that is not ours as unknown', async () => {
    answerWith(connectTo(CALLEE, { from: CALLER }));
    expect((await stage.control.call({ from: CALLER, to: NUMBER })).callee?.callerId).toBe('unknown');
  });
});

describe('signatures', () => {
  test.each(['POST', 'GET'])('cover the content of a %s, answer and events alike', async (http_method) => {
    const target = (path: string) => ({ address: `${stage.answerer.url}${path}`, http_method });
    await stage.control.pointAt(stage.answerer.url, {
      webhooks: { answer_url: target('/answer?tenant=a%20b'), event_url: target('/event') },
    });
    answerWith(connectTo(CALLEE));
    await stage.control.call({ from: CALLER, to: NUMBER });
    expect(stage.answerer.received.length).toBe(9);
    for (const { signed, method, claims } of stage.answerer.received) {
      expect({ signed, method }).toEqual({ signed: true, method: http_method });
      expect(claims).toMatchObject({
        iss: 'Vonage',
        api_key: stage.sandbox.env.VONAGE_API_KEY,
        application_id: stage.sandbox.env.VONAGE_APPLICATION_ID,
        jti: expect.any(String),
      });
      expect(Math.abs(Number(claims.iat) - Date.now() / 1000)).toBeLessThan(5);
    }
  });

  test('are left out when the application says so', async () => {
    const answer_url = { address: `${stage.answerer.url}/answer`, http_method: 'POST' };
    await stage.control.pointAt(stage.answerer.url, { webhooks: { answer_url }, signed_callbacks: false });
    answerWith(talk('Hello.'));
    await stage.control.call({ from: CALLER, to: NUMBER });
    expect(stage.answerer.received.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });
});

describe('a callee who does not answer', () => {
  test.each([
    ['busy', ['started', 'busy'], { sip_code: 486 }],
    ['unanswered', ['started', 'ringing', 'unanswered'], { sip_code: 480, detail: 'unavailable' }],
    ['rejected', ['started', 'ringing', 'rejected'], { sip_code: 603, detail: 'declined' }],
    ['failed', ['started', 'failed'], { sip_code: 404 }],
    ['timeout', ['started', 'ringing', 'timeout'], {}],
  ])('%s: a synchronous connect may say what happens instead', async (outcome, expected, fields) => {
    answerWith(
      connectTo(CALLEE, { eventType: 'synchronous', eventUrl: [`${stage.answerer.url}/leg`] }),
      talk('The rest.'),
    );
    stage.answerer.on('/leg', ({ fields: { status } }) =>
      status === outcome ? { body: [talk('Not available.')] } : { status: 204 },
    );
    const report = await stage.control.call({ from: CALLER, to: NUMBER, outcome });
    expect(report.caller.hears).toEqual(['Not available.']);
    expect(stage.answerer.at('/leg').map((webhook) => webhook.fields.status)).toEqual(expected);
    expect(stage.answerer.at('/leg').at(-1)?.fields).toMatchObject(fields);
  });

  test.each([[{ status: 204 }], [{ status: 200 }]])(
    'goes on after connect when the answer is %j',
    async (reply) => {
      answerWith(
        connectTo(CALLEE, { eventType: 'synchronous', eventUrl: [`${stage.answerer.url}/leg`] }),
        talk('The rest.'),
      );
      stage.answerer.on('/leg', reply);
      expect((await stage.control.call({ from: CALLER, to: NUMBER, outcome: 'busy' })).caller.hears).toEqual([
        'The rest.',
      ]);
    },
  );

  test('asks the fallback URL when the synchronous answer is no NCCO', async () => {
    const target = (path: string) => ({ address: stage.answerer.url + path, http_method: 'POST' });
    await stage.control.pointAt(stage.answerer.url, {
      webhooks: {
        answer_url: target('/answer'),
        fallback_answer_url: target('/fallback'),
        event_url: target('/event'),
      },
    });
    answerWith(connectTo(CALLEE, { eventType: 'synchronous' }));
    stage.answerer.on('/event', ({ fields }) =>
      fields.status === 'busy' ? { body: { no: 'array' } } : { status: 204 },
    );
    stage.answerer.on('/fallback', { body: [talk('Sorry.')] });
    expect((await stage.control.call({ from: CALLER, to: NUMBER, outcome: 'busy' })).caller.hears).toEqual([
      'Sorry.',
    ]);
    expect(stage.answerer.at('/fallback')[0]?.fields).toMatchObject({
      status: 'busy',
      original_request: { url: `${stage.answerer.url}/event`, type: 'event' },
    });
  });

  test('cancelled: the caller hangs up and hears no more', async () => {
    answerWith(connectTo(CALLEE), talk('The rest.'));
    const report = await stage.control.call({ from: CALLER, to: NUMBER, outcome: 'cancelled' });
    expect(report.caller.hears).toEqual([]);
    expect(statuses(report.events).slice(-2)).toEqual(['outbound cancelled', 'inbound completed']);
    expect(report.events.at(-1)?.disconnected_by).toBe('user');
  });
});

describe('an answer URL in trouble', () => {
  const attempts = [
    ['drops the connection', 'drop', ['Connection closed.', 'Connection closed.']],
    ['answers 503', { status: 503 }, [503, 503]],
    ['answers 500', { status: 500 }, [500]],
    ['answers 401', { status: 401 }, [401]],
    ['redirects', { status: 302 }, [302]],
    ['answers HTML', { type: 'text/html', body: JSON.stringify([talk('Hello.')]) }, [200]],
    ['answers no NCCO', { body: [{ action: 'dance' }] }, [200]],
    ['answers no JSON', { body: 'Hello' }, [200]],
    ['answers nothing', { status: 204 }, [204]],
  ] as const;

  test.each(attempts)(
    'that %s ends the call after the right number of attempts',
    async (_what, reply, expected) => {
      stage.answerer.on('/answer', reply);
      const report = await stage.control.call({ from: CALLER, to: NUMBER });
      expect(report.webhooks.map(({ status }) => status)).toEqual(expected);
      expect(report.webhooks.map(({ attempt }) => attempt)).toEqual(expected.map((_, i) => i + 1));
      expect(report).toMatchObject({
        ncco: null,
        callee: null,
        caller: { hears: [] },
        error: expect.any(String),
      });
      expect(new Set(stage.answerer.at('/answer').map(({ fields }) => fields.uuid)).size).toBe(1);
      expect(statuses(report.events).at(-1)).toBe('inbound failed');
    },
  );

  test('that hangs is asked once more', async () => {
    stage.answerer.on('/answer', () =>
      stage.answerer.at('/answer').length === 1 ? 'hang' : { body: [talk('Hello.')] },
    );
    const report = await stage.control.call({ from: CALLER, to: NUMBER });
    expect(report.webhooks.map(({ status }) => status)).toEqual(['Socket timeout.', 200]);
    expect(report.caller.hears).toEqual(['Hello.']);
  });

  test('gives way to the fallback URL, which is told why', async () => {
    const target = (path: string) => ({ address: stage.answerer.url + path, http_method: 'POST' });
    await stage.control.pointAt(stage.answerer.url, {
      webhooks: { answer_url: target('/answer'), fallback_answer_url: target('/fallback') },
    });
    stage.answerer.on('/answer', 'drop');
    stage.answerer.on('/fallback', { body: [talk('Sorry.')] });
    const report = await stage.control.call({ from: CALLER, to: NUMBER });
    expect(report.caller.hears).toEqual(['Sorry.']);
    expect(report.webhooks.map(({ url, status }) => [url, status])).toEqual([
      [`${stage.answerer.url}/answer`, 'Connection closed.'],
      [`${stage.answerer.url}/answer`, 'Connection closed.'],
      [`${stage.answerer.url}/fallback`, 200],
    ]);
    expect(stage.answerer.at('/fallback')[0]).toMatchObject({
      signed: true,
      fields: {
        from: CALLER,
        to: NUMBER,
        reason: 'Connection closed.',
        original_request: { url: `${stage.answerer.url}/answer`, type: 'answer' },
      },
    });
  });

  test('is told about a bad NCCO by an error event', async () => {
    answerWith({ action: 'talk', text: '' });
    const report = await stage.control.call({ from: CALLER, to: NUMBER });
    expect(report.error).toBe('action 1: "text" must be 1 to 1500 characters, SSML inside <speak>');
    const error = stage.answerer.at('/event').find(({ fields }) => 'reason' in fields);
    expect(error?.fields).toEqual({
      reason: 'Syntax error in NCCO. Invalid value type or action.',
      conversation_uuid: report.id,
      timestamp: expect.any(String),
    });
  });
});

describe('the other actions', () => {
  test('input posts the keys pressed, and its answer replaces the rest', async () => {
    const menu = {
      action: 'input',
      type: ['dtmf'],
      dtmf: { maxDigits: 1 },
      eventUrl: [`${stage.answerer.url}/keys`],
    };
    answerWith(talk('Press 1.'), menu, talk('The rest.'));
    stage.answerer.on('/keys', ({ fields }) =>
      (fields.dtmf as { digits: string }).digits === '1'
        ? { body: [talk('You pressed 1.')] }
        : { status: 204 },
    );
    expect((await stage.control.call({ from: CALLER, to: NUMBER, keys: '1' })).caller.hears).toEqual([
      'Press 1.',
      'You pressed 1.',
    ]);
    expect((await stage.control.call({ from: CALLER, to: NUMBER })).caller.hears).toEqual([
      'Press 1.',
      'The rest.',
    ]);
    expect(stage.answerer.at('/keys').map(({ fields }) => fields.dtmf)).toEqual([
      { digits: '1', timed_out: false },
      { digits: '', timed_out: true },
    ]);
  });

  test('a menu without end does not keep the sandbox', async () => {
    const menu = [
      talk('Press 1.'),
      { action: 'input', type: ['dtmf'], eventUrl: [`${stage.answerer.url}/answer`] },
    ];
    stage.answerer.on('/answer', { body: menu });
    expect((await stage.control.call({ from: CALLER, to: NUMBER })).caller.hears).toHaveLength(50);
  });

  test('stream, record, wait and notify are carried out', async () => {
    const notify = { action: 'notify', payload: { step: 1 }, eventUrl: [`${stage.answerer.url}/notice`] };
    const stream = { action: 'stream', streamUrl: ['https://example.com/hold.mp3'] };
    answerWith({ action: 'record' }, { action: 'wait', timeout: 5 }, notify, stream, {
      action: 'conversation',
      name: 'room',
    });
    const report = await stage.control.call({ from: CALLER, to: NUMBER, talkSeconds: 7 });
    expect(report.caller.hears).toEqual(['♪ https://example.com/hold.mp3']);
    expect(stage.answerer.at('/notice')[0]?.fields.payload).toEqual({ step: 1 });
    expect(report.events.at(-1)).toMatchObject({ status: 'completed', disconnected_by: 'user' });
  });

  test('a callee hears the whisper before being joined', async () => {
    const endpoint = [{ type: 'phone', number: CALLEE, onAnswer: { url: `${stage.answerer.url}/whisper` } }];
    answerWith({ action: 'connect', from: OTHER, endpoint });
    stage.answerer.on('/whisper', { body: [talk('A call from your driver.')] });
    const report = await stage.control.call({ from: CALLER, to: NUMBER });
    expect(report.callee?.hears).toEqual(['A call from your driver.']);
    expect(stage.answerer.at('/whisper')[0]).toMatchObject({
      method: 'GET',
      signed: true,
      fields: { to: CALLEE, from: OTHER },
    });
  });

  test('a callee who is asked for a key in the whisper presses it', async () => {
    const endpoint = [{ type: 'phone', number: CALLEE, onAnswer: { url: `${stage.answerer.url}/whisper` } }];
    answerWith({ action: 'connect', from: OTHER, endpoint });
    const eventUrl = [`${stage.answerer.url}/screen`];
    stage.answerer.on('/whisper', {
      body: [talk('Press 1.'), { action: 'input', type: ['dtmf'], dtmf: { maxDigits: 1 }, eventUrl }],
    });
    stage.answerer.on('/screen', ({ fields }) =>
      (fields.dtmf as { digits: string }).digits === '1'
        ? { body: [talk('Connecting.')] }
        : { body: [{ ...talk('Goodbye.'), loop: 0 }] },
    );
    const accepted = await stage.control.call({ from: CALLER, to: NUMBER, calleeKeys: '1', talkSeconds: 60 });
    expect(accepted.callee?.hears).toEqual(['Press 1.', 'Connecting.']);
    expect(Number(accepted.events.at(-1)?.duration)).toBeGreaterThan(60);
    const refused = await stage.control.call({ from: CALLER, to: NUMBER, talkSeconds: 60 });
    expect(refused.callee?.hears).toEqual(['Press 1.', 'Goodbye.']);
    expect(Number(refused.events.at(-1)?.duration)).toBeLessThan(60);
  });

  test("randomFromNumber picks one of the application's numbers", async () => {
    answerWith({ action: 'connect', randomFromNumber: true, endpoint: [{ type: 'phone', number: CALLEE }] });
    const report = await stage.control.call({ from: CALLER, to: NUMBER });
    expect([`+${NUMBER}`, `+${OTHER}`]).toContain(report.callee?.callerId);
  });
});

describe('calls that lead to calls', () => {
  test('one of our own numbers as callee is really called', async () => {
    stage.answerer.on('/answer', ({ fields }) => ({
      body: fields.to === NUMBER ? [connectTo(OTHER)] : [talk('Inner.')],
    }));
    const report = await stage.control.call({ from: CALLER, to: NUMBER });
    expect(report.callee?.call?.caller.hears).toEqual(['Inner.']);
    expect(stage.answerer.at('/answer').map(({ fields }) => [fields.from, fields.to])).toEqual([
      [CALLER, NUMBER],
      [OTHER, OTHER],
    ]);
  });

  test('a loop of numbers is cut off', async () => {
    answerWith(connectTo(NUMBER));
    await stage.control.call({ from: CALLER, to: NUMBER });
    expect(stage.answerer.at('/answer')).toHaveLength(4);
  });

  test('a second call can be made while the first one rings', async () => {
    stage.answerer.on('/answer', ({ fields }) => ({
      body: fields.from === CALLER ? [connectTo(CALLEE)] : [talk('Engaged.')],
    }));
    const report = await stage.control.call({
      from: CALLER,
      to: NUMBER,
      meanwhile: { from: CALLEE, to: OTHER },
    });
    expect(report.meanwhile?.caller.hears).toEqual(['Engaged.']);
    const order = stage.answerer.received.map(({ fields }) => fields.status ?? fields.from);
    expect(order.indexOf(CALLEE)).toBeLessThan(order.lastIndexOf('answered'));
  });
});

describe('a number that is not in service', () => {
  test.each([
    ['is not rented', '442079460999', undefined, 'does not rent'],
    ['is not linked', '442079460003', {}, 'not linked'],
    ['forwards calls', '442079460004', { voiceCallbackType: 'tel', voiceCallbackValue: CALLEE }, 'overrides'],
  ])('because it %s', async (_why, to, settings, error) => {
    if (settings) await stage.control.rent('GB', to, settings);
    const report = await stage.control.call({ from: CALLER, to });
    expect(report).toMatchObject({
      ncco: null,
      callee: null,
      webhooks: [],
      events: [],
      error: expect.stringContaining(error),
    });
    expect(report.caller.hears).toEqual(['The number you dialled is not in service.']);
  });

  test.each([
    [{}, '"to" must'],
    [{ to: 'home' }, '"to" must'],
    [{ to: NUMBER, outcome: 'asleep' }, '"outcome" must be one of'],
    [{ to: NUMBER, form: CALLER }, '"form" is not known'],
    [{ to: NUMBER, meanwhile: {} }, 'meanwhile: "to" must'],
  ])('refuses %j', async (body, error) => {
    const reply = await stage.control.post('/sandbox/calls', body);
    expect(reply).toMatchObject({ status: 400, body: { error: expect.stringContaining(error) } });
  });
});

describe('an imperfect network', () => {
  const events = () =>
    stage.answerer.at('/event').map(({ fields }) => `${fields.direction} ${fields.status}`);
  beforeEach(() => answerWith(talk('Hello.')));

  test('sends webhooks unsigned', async () => {
    await stage.control.fault({ path: 'network', quirk: 'unsigned', times: 3 });
    await stage.control.call({ from: CALLER, to: NUMBER });
    expect(stage.answerer.received.map(({ signed }) => signed)).toEqual([false, false, false, true, true]);
  });

  test('sends events alone unsigned', async () => {
    await stage.control.fault({ path: 'network', quirk: 'unsigned-events', times: 9 });
    await stage.control.call({ from: CALLER, to: NUMBER });
    expect(stage.answerer.received.map(({ path, signed }) => `${path} ${signed}`)).toEqual([
      '/event false',
      '/event false',
      '/answer true',
      '/event false',
      '/event false',
    ]);
  });

  test('duplicates events', async () => {
    await stage.control.fault({ path: 'network', quirk: 'duplicate-events' });
    await stage.control.call({ from: CALLER, to: NUMBER });
    expect(events()).toEqual([
      'inbound started',
      'inbound started',
      'inbound ringing',
      'inbound answered',
      'inbound completed',
    ]);
  });

  test('loses events', async () => {
    await stage.control.fault({ path: 'network', quirk: 'lose-events', times: 3 });
    const report = await stage.control.call({ from: CALLER, to: NUMBER });
    expect(events()).toEqual(['inbound completed']);
    expect(report.events.map(({ delivered }) => delivered)).toEqual(['lost', 'lost', 'lost', 204]);
  });

  test('lets events overtake each other', async () => {
    await stage.control.fault({ path: 'network', quirk: 'events-out-of-order' });
    await stage.control.call({ from: CALLER, to: NUMBER });
    expect(events()).toEqual(['inbound ringing', 'inbound started', 'inbound completed', 'inbound answered']);
  });
});
