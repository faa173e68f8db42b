import { renameSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MintedLinks } from '../../src/listener/minted-links.js';
import { validateNcco } from '../../src/sandbox/ncco-validation.js';
import { TokenMint } from '../../src/vonage/minted-token.js';
import { signedPost } from '../support/signed.js';
import {
  answerFields,
  digits,
  type Fields,
  fetched,
  type House,
  type Listener,
  openHouse,
  type Paired,
  SENTENCES,
  spoken,
  webhook,
} from './house.js';

const { connecting: CONNECTING, busy: BUSY, whisper: WHISPER, goodbye: GOODBYE } = SENTENCES;

let house: House;
let listener: Listener;

beforeAll(async () => {
  house = await openHouse();
  listener = await house.listen();
});
afterAll(async () => {
  await listener?.stop();
  await house?.close();
});

const pair = (...flags: string[]) => house.pair(house.person(), house.person(), ...flags);
const answer = ({ a, b }: Paired, others: Fields = {}) =>
  webhook(listener.answerUrl, house.signing, answerFields(a.realNumber, b.virtualNumber, others));
const callBy = ({ a, b }: Paired, fields: Fields = {}) =>
  house.control.call({ from: a.realNumber, to: b.virtualNumber, ...fields });
const post = (url: string, fields: unknown) => fetched(url, { method: 'POST', body: JSON.stringify(fields) });

const postSigned = (url: string, fields: unknown) =>
  fetched(url, signedPost(house.signing, JSON.stringify(fields)));

/** A call of `a`, as far as the callee's phone: where Vonage asks, and where it tells. */
async function atTheCallee(session: Paired, others: Fields = {}) {
  const fields = answerFields(session.a.realNumber, session.b.virtualNumber, others);
  const { ncco } = await webhook(listener.answerUrl, house.signing, fields);
  const [, connect] = ncco;
  const whisperUrl: string = connect.endpoint[0].onAnswer.url;
  const asked = await fetched(whisperUrl);
  return {
    conversation: fields.conversation_uuid as string,
    whisperUrl,
    connectUrl: connect.eventUrl[0] as string,
    answerUrl: asked.ncco[1].eventUrl[0] as string,
  };
}

const pressed = (keys: string) => ({
  uuid: 'aaaabbbbccccdddd0000111122223333',
  conversation_uuid: 'CON-2541d01c-253e-48be-a8e0-da4bbe4c3722',
  dtmf: { digits: keys, timed_out: keys === '' },
});
const event = (status: string, conversation = 'CON-2541d01c-253e-48be-a8e0-da4bbe4c3722') => ({
  uuid: 'aaaabbbbccccdddd0000111122223333',
  conversation_uuid: conversation,
  status,
  direction: 'outbound',
});

/** What both legs of a call ended with. */
const endings = ({ events }: { events: Fields[] }) =>
  events.filter(({ status }) => status === 'completed').map(({ direction }) => direction);

describe('a call to somebody who is asked first', () => {
  it('says where the callee is asked, and nothing else is different', async () => {
    const session = await pair('--screen');
    const { body, ncco } = await answer(session);
    expect(validateNcco(ncco)).toEqual({ ncco });
    expect(ncco).toEqual([
      spoken(CONNECTING),
      {
        action: 'connect',
        from: digits(session.a.virtualNumber),
        timeout: 30,
        eventType: 'synchronous',
        eventUrl: [expect.stringContaining(`${listener.url}/connect-event/`)],
        eventMethod: 'POST',
        endpoint: [
          {
            type: 'phone',
            number: digits(session.b.realNumber),
            onAnswer: { url: expect.stringMatching(`^${listener.url}/whisper/[\\w.-]+$`) },
          },
        ],
      },
    ]);
    expect(body).not.toContain(digits(session.a.realNumber));
  });

  it('gets the same bytes when Vonage asks again', async () => {
    const session = await pair('--screen');
    const fields = answerFields(session.a.realNumber, session.b.virtualNumber);
    const first = await webhook(listener.answerUrl, house.signing, fields);
    expect(await webhook(listener.answerUrl, house.signing, fields)).toEqual(first);
  });

  it.each(['GET', 'POST'] as const)('asks the callee, unsigned, by %s', async (method) => {
    const { whisperUrl } = await atTheCallee(await pair('--screen'));
    const { status, headers, ncco } = await fetched(whisperUrl, { method });
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'application/json; charset=utf-8',
      'no-store',
    ]);
    expect(validateNcco(ncco)).toEqual({ ncco });
    expect(ncco).toEqual([
      spoken(WHISPER),
      {
        action: 'input',
        type: ['dtmf'],
        dtmf: { maxDigits: 1, timeOut: 5 },
        eventUrl: [expect.stringMatching(`^${listener.url}/screen-answer/[\\w.-]+$`)],
        eventMethod: 'POST',
      },
    ]);
  });

  it('joins the two when the callee presses 1', async () => {
    const session = await pair('--screen');
    const call = await callBy(session, { calleeKeys: '1' });
    expect(call.error).toBeUndefined();
    expect(call.caller.hears).toEqual([CONNECTING]);
    expect(call.callee).toMatchObject({
      number: session.b.realNumber,
      callerId: session.a.virtualNumber,
      hears: [WHISPER],
      joined: true,
    });
    const { answerUrl } = await atTheCallee(session);
    const taken = await post(answerUrl, pressed('1'));
    expect([taken.status, taken.body]).toEqual([204, '']);
  });

  it.each([
    ['nothing', ''],
    ['another key', '2'],
    ['other keys, twice', '29'],
    ['the star and the hash', '*#'],
    ['zero', '00'],
  ])('asks twice and turns the caller away when the callee presses %s', async (_what, calleeKeys) => {
    const call = await callBy(await pair('--screen'), { calleeKeys });
    expect(call.error).toBeUndefined();
    expect(call.caller.hears).toEqual([CONNECTING, BUSY]);
    expect(call.callee?.joined).toBe(false);
    expect(call.callee?.hears.slice(0, 2)).toEqual([WHISPER, WHISPER]);
    expect([[], [GOODBYE]]).toContainEqual(call.callee?.hears.slice(2));
    expect(endings(call)).toEqual(['outbound', 'inbound']);
    for (const { delivered } of call.events) expect([200, 204]).toContain(delivered);
  });

  it('joins the two when the callee presses 1 at the second question', async () => {
    const call = await callBy(await pair('--screen'), { calleeKeys: '91' });
    expect(call.callee).toMatchObject({ hears: [WHISPER, WHISPER], joined: true });
    expect(call.caller.hears).toEqual([CONNECTING]);
  });

  it('counts as answered only when the call was taken', async () => {
    const session = await pair('--screen');
    await callBy(session, { calleeKeys: '1' });
    await callBy(session, { calleeKeys: '' });
    const outcomes = async () =>
      (await house.told(['calls', session.id])).calls.map(({ outcome, duration }: Fields) => [
        outcome,
        duration !== null,
      ]);
    await expect.poll(outcomes).toEqual([
      ['rejected', false],
      ['completed', true],
    ]);
  });

  it('is never answered for by a voicemail', async () => {
    const call = await callBy(await pair('--screen'), { outcome: 'machine' });
    expect(call.callee?.joined).toBe(false);
    expect(call.caller.hears).toEqual([CONNECTING, BUSY]);
    expect(endings(call)).toEqual(['outbound', 'inbound']);
  });

  it.each(['busy', 'unanswered', 'rejected', 'failed', 'timeout'])(
    'says one thing when the callee is %s, as ever',
    async (outcome) => {
      const call = await callBy(await pair('--screen'), { outcome, calleeKeys: '1' });
      expect(call.caller.hears).toEqual([CONNECTING, BUSY]);
      expect(call.callee).toMatchObject({ hears: [], joined: false });
    },
  );

  it('asks each side when the other one calls', async () => {
    const { a, b } = await pair('--screen');
    const call = await house.control.call({ from: b.realNumber, to: a.virtualNumber, calleeKeys: '1' });
    expect(call.callee).toMatchObject({ number: a.realNumber, hears: [WHISPER], joined: true });
  });

  it.each(['duplicate-events', 'events-out-of-order', 'unsigned-events'])(
    'goes on when the network does this: %s',
    async (quirk) => {
      await house.control.fault({ path: 'network', quirk, times: 100 });
      const session = await pair('--screen');
      const taken = await callBy(session, { calleeKeys: '1' });
      const declined = await callBy(session, { calleeKeys: '' });
      await house.control.clearFaults();
      expect(taken).toMatchObject({ caller: { hears: [CONNECTING] }, callee: { joined: true } });
      expect(declined.caller.hears).toEqual([CONNECTING, BUSY]);
      expect(declined.callee?.joined).toBe(false);
    },
  );
});

describe('a callee who leaves', () => {
  it('without having taken the call is not available', async () => {
    const { connectUrl, conversation } = await atTheCallee(await pair('--screen'));
    const { status, ncco } = await postSigned(connectUrl, event('completed', conversation));
    expect([status, ncco]).toEqual([200, [spoken(BUSY)]]);
  });

  it('is not believed to have left by whoever saw the URL, and can still take the call', async () => {
    const { connectUrl, answerUrl, conversation } = await atTheCallee(await pair('--screen'));
    expect((await post(connectUrl, event('completed', conversation))).status).toBe(204);
    expect((await postSigned(answerUrl, pressed('1'))).status).toBe(204);
    expect((await postSigned(connectUrl, event('completed', conversation))).status).toBe(204);
  });

  it('after the call was taken leaves nothing to be said', async () => {
    const { connectUrl, answerUrl, conversation } = await atTheCallee(await pair('--screen'));
    await post(answerUrl, pressed('1'));
    expect((await postSigned(connectUrl, event('completed', conversation))).status).toBe(204);
  });

  it('of another call is no concern of this one', async () => {
    const open = await atTheCallee(await pair('--screen'));
    const taken = await atTheCallee(await pair('--screen'));
    await post(taken.answerUrl, pressed('1'));
    expect((await postSigned(taken.connectUrl, event('completed', taken.conversation))).status).toBe(204);
    expect((await post(open.connectUrl, event('completed', taken.conversation))).status).toBe(204);
    expect((await postSigned(open.connectUrl, event('completed', open.conversation))).ncco).toEqual([
      spoken(BUSY),
    ]);
  });
});

describe('the question', () => {
  it('is in the language of the callee, and says what the callee knows the caller as', async () => {
    const session = await pair(
      '--screen',
      '--label-a',
      'Fahrer Sam',
      '--label-b',
      'your passenger',
      '--language-b',
      'de',
    );
    const there = await callBy(session, { calleeKeys: '' });
    const question = 'Ein Anruf für Sie: Fahrer Sam. Drücken Sie die 1, um ihn anzunehmen.';
    expect(there.callee?.hears.slice(0, 2)).toEqual([question, question]);
    expect(there.caller.hears).toEqual([CONNECTING, BUSY]);

    const { a, b } = session;
    const back = await house.control.call({ from: b.realNumber, to: a.virtualNumber, calleeKeys: '' });
    expect(back.callee?.hears[0]).toBe('A call from your passenger. Press 1 to take it.');
    expect(back.caller.hears).toEqual([
      'Bitte warten Sie, während wir Sie verbinden.',
      'Die angerufene Person ist gerade nicht erreichbar. Bitte versuchen Sie es später noch einmal.',
    ]);
  });

  it('speaks a label with markup in it as words', async () => {
    const { whisperUrl } = await atTheCallee(await pair('--screen', '--label-a', '<speak>Sam & Co'));
    const { ncco } = await fetched(whisperUrl);
    expect(validateNcco(ncco)).toEqual({ ncco });
    expect(ncco[0].text).not.toMatch(/[<>]/);
    expect(ncco[0].text).toContain('Sam & Co');
  });

  it('holds no real number, and neither do the URLs around it', async () => {
    const session = await pair('--screen');
    const { whisperUrl, answerUrl, connectUrl } = await atTheCallee(session);
    const urls = [whisperUrl, answerUrl, connectUrl];
    const bodies = [
      (await fetched(whisperUrl)).body,
      (await post(answerUrl, pressed('2'))).body,
      (await post(answerUrl, pressed('1'))).body,
      (await post(connectUrl, event('busy'))).body,
    ];
    const said = [...urls, ...bodies].join('\n');
    for (const { realNumber } of [session.a, session.b]) expect(said).not.toContain(realNumber.slice(-7));
  });

  it('reads nothing from its query', async () => {
    for (const query of ['?asked=9&callee=a', '?language=de-DE', '?dtmf=1&digits=1', '?uuid=x&to=1']) {
      const { whisperUrl, answerUrl } = await atTheCallee(await pair('--screen'));
      expect((await fetched(whisperUrl + query)).ncco[0]).toEqual(spoken(WHISPER));
      expect((await post(answerUrl + query, pressed(''))).ncco[0]).toEqual(spoken(WHISPER));
    }
  });

  it('is asked all the same while the store cannot be read', async () => {
    const { whisperUrl, answerUrl } = await atTheCallee(await pair('--screen', '--language', 'de'));
    const aside = `${house.storePath}.aside`;
    renameSync(house.storePath, aside);
    try {
      expect((await fetched(whisperUrl)).ncco[0]).toEqual(spoken(WHISPER));
      expect((await post(answerUrl, pressed('1'))).status).toBe(204);
    } finally {
      renameSync(aside, house.storePath);
    }
  });
});

describe('the answer', () => {
  it.each<[string, Fields]>([
    ['no keys', {}],
    ['keys that timed out', { dtmf: { digits: '', timed_out: true } }],
    ['two keys', { dtmf: { digits: '11' } }],
    ['a number', { dtmf: { digits: 1 } }],
    ['a list', { dtmf: ['1'] }],
    ['null', { dtmf: null }],
    ['words', { speech: { results: [{ text: 'one' }] } }],
    ['a key elsewhere', { digits: '1' }],
  ])('with %s is not taken for consent', async (_what, fields) => {
    const { answerUrl } = await atTheCallee(await pair('--screen'));
    const { ncco } = await post(answerUrl, { uuid: 'x', ...fields });
    expect(ncco.map(({ action }: Fields) => action)).toEqual(['talk', 'input']);
  });

  it('counts by itself: when Vonage brings the first one again, the callee is only asked the second time', async () => {
    const { answerUrl } = await atTheCallee(await pair('--screen'));
    const [first, again] = [
      await postSigned(answerUrl, pressed('')),
      await postSigned(answerUrl, pressed('')),
    ];
    expect(again.ncco[0]).toEqual(first.ncco[0]);
    expect(again.ncco).toHaveLength(2);
  });

  it('stands: what comes later, from whoever saw the URL, neither joins nor ends anything', async () => {
    const taken = await atTheCallee(await pair('--screen'));
    await post(taken.answerUrl, pressed('1'));
    for (let time = 0; time < 3; time++) expect((await post(taken.answerUrl, pressed('2'))).status).toBe(204);

    const declined = await atTheCallee(await pair('--screen'));
    const second = (await post(declined.answerUrl, pressed(''))).ncco[1].eventUrl[0];
    await post(second, pressed(''));
    for (const url of [declined.answerUrl, second])
      expect((await post(url, pressed('1'))).ncco).toEqual([{ ...spoken(GOODBYE), loop: 0 }]);
  });

  it('without consent keeps the callee from being joined for as long as the leg lives', async () => {
    const { answerUrl } = await atTheCallee(await pair('--screen'));
    const second = (await post(answerUrl, pressed(''))).ncco[1].eventUrl[0];
    const { ncco } = await post(second, pressed(''));
    expect(ncco).toEqual([{ ...spoken(GOODBYE), loop: 0 }]);
    expect(validateNcco(ncco)).toEqual({ ncco });
  });
});

describe('the token in a URL of the question', () => {
  const inAnHour = Math.floor(Date.now() / 1000) + 3600;
  const mint = () => new TokenMint(house.signing.secret);
  let session: Paired;
  let urls: Awaited<ReturnType<typeof atTheCallee>>;
  beforeAll(async () => {
    session = await pair('--screen');
    urls = await atTheCallee(session);
  });
  const minted = () => ({
    purpose: 'whisper' as const,
    call: 'x',
    details: [session.id, 'b', 'en-GB', '', '1'],
    expires: inAnHour,
  });
  const token = (url: string) => url.split('/').at(-1) as string;

  it('opens by itself', async () => {
    const whisper = await fetched(`${listener.url}/whisper/${mint().mint(minted())}`);
    expect(whisper.ncco[0]).toEqual(spoken(WHISPER));
    const answerToken = mint().mint({ ...minted(), purpose: 'answer' });
    expect((await post(`${listener.url}/screen-answer/${answerToken}`, pressed('1'))).status).toBe(204);
  });

  const closed: Record<string, () => string> = {
    absent: () => 'x',
    expired: () => mint().mint({ ...minted(), expires: Math.floor(Date.now() / 1000) - 1 }),
    'for the connect': () => token(urls.connectUrl),
    'of another secret': () => new TokenMint('another').mint(minted()),
    'with other words': () =>
      `whisper.x.${inAnHour}.${session.id}.a.en-GB..1.${token(urls.whisperUrl).split('.').at(-1)}`,
    'without signature': () => token(urls.whisperUrl).replace(/[^.]+$/, ''),
    'cut short': () => token(urls.whisperUrl).slice(0, -1),
    empty: () => '.',
  };
  it.each(Object.entries(closed))('opens nothing when it is %s', async (_name, forged) => {
    for (const answered of [
      await fetched(`${listener.url}/whisper/${forged()}`),
      await post(`${listener.url}/whisper/${forged()}`, {}),
      await post(`${listener.url}/screen-answer/${forged()}`, pressed('1')),
    ])
      expect([answered.status, answered.body]).toEqual([401, '{}']);
  });

  it('opens only what it was made for', async () => {
    for (const url of [
      `${listener.url}/whisper/${token(urls.answerUrl)}`,
      `${listener.url}/screen-answer/${token(urls.whisperUrl)}`,
      `${listener.url}/connect-event/${token(urls.whisperUrl)}`,
      `${listener.url}/connect-event/${token(urls.answerUrl)}`,
    ])
      expect(await post(url, { ...pressed('1'), ...event('busy') })).toMatchObject({
        status: 401,
        body: '{}',
      });
  });

  it('is not spared by being asked with another method', async () => {
    for (const method of ['PUT', 'DELETE', 'GET']) {
      const answered = await fetched(`${listener.url}/screen-answer/${token(urls.answerUrl)}`, { method });
      expect([answered.status, answered.body]).toEqual([404, '{}']);
    }
  });

  it('with a signature beside it joins nobody unasked when it is none of ours', async () => {
    const farewell = [{ ...spoken(GOODBYE), loop: 0 }];
    expect((await postSigned(`${listener.url}/whisper/no-token`, {})).ncco).toEqual(farewell);
    const answerUrl = `${listener.url}/screen-answer/no-token`;
    for (const keys of ['', '2']) expect((await postSigned(answerUrl, pressed(keys))).ncco).toEqual(farewell);
    const taken = await postSigned(answerUrl, pressed('1'));
    expect([taken.status, taken.body]).toEqual([204, '']);
  });

  it('names no host that is none of Vonage’s', () => {
    const links = new MintedLinks(mint(), () => '');
    const hostIn = (host: string) => {
      const details = [session.id, 'b', 'en-GB', host, '1'];
      const made = mint().mint({ ...minted(), purpose: 'answer', details });
      return links.readScreening('answer', made, Date.now())?.host;
    };
    expect(['api-us-1_vonage_com', 'evil_example', 'api-us_vonage_com_evil_example'].map(hostIn)).toEqual([
      'https://api-us-1.vonage.com',
      null,
      null,
    ]);
  });
});

describe('whether the callee is asked', () => {
  const asks = async (...flags: string[]) =>
    (await answer(await pair(...flags))).ncco[1].endpoint[0].onAnswer !== undefined;

  it('is up to the session, then to the setting', async () => {
    expect([await asks(), await asks('--screen'), await asks('--no-screen')]).toEqual([false, true, false]);
    await listener.stop();
    await house.setting('screen', 'true');
    listener = await house.listen();
    expect([await asks(), await asks('--screen'), await asks('--no-screen')]).toEqual([true, true, false]);
    const call = await callBy(await pair(), { calleeKeys: '' });
    expect(call).toMatchObject({ caller: { hears: [CONNECTING, BUSY] }, callee: { joined: false } });
    await listener.stop();
    await house.unset('screen');
    listener = await house.listen();
  });
});

describe('when Vonage does not do as it is told', () => {
  const FAILED = [
    'the caller could not be told that nobody took the call',
    'the leg of a callee who did not take the call could not be ended',
  ];

  it.each([
    ['an error', { status: 500 }],
    ['no answer', { drop: true }],
    ['a leg that it does not know', { status: 404 }],
  ])('%s leaves the callee unjoined, and is logged', async (_what, fault) => {
    const session = await pair('--screen');
    await house.control.fault({ path: '/v1/calls/*', times: 100, ...fault });
    const call = await callBy(session, { calleeKeys: '' });
    // It would be tried for some seconds more.
    await listener.stop();
    await house.control.clearFaults();
    expect(call.callee?.joined).toBe(false);
    expect(call.caller.hears[0]).toBe(CONNECTING);
    for (const msg of FAILED) {
      const line = listener.log(msg).at(-1);
      expect(line).toMatchObject({ level: 'error', error: expect.any(String) });
      expect(JSON.stringify(line)).not.toContain(digits(session.b.realNumber).slice(-7));
    }
    listener = await house.listen();
  });

  it('at first, nobody is joined either, and both legs end', async () => {
    await house.control.fault({ path: '/v1/calls/*', times: 1, status: 500 });
    const call = await callBy(await pair('--screen'), { calleeKeys: '' });
    await house.control.clearFaults();
    expect(call.callee?.joined).toBe(false);
    expect(endings(call)).toEqual(['outbound', 'inbound']);
  });
});
