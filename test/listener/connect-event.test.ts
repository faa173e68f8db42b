import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validateNcco } from '../../src/sandbox/ncco-validation.js';
import { TokenMint } from '../../src/vonage/minted-token.js';
import { signedPost, webhookToken } from '../support/signed.js';
import {
  answerFields,
  digits,
  type Fields,
  fetched,
  type House,
  openHouse,
  type Paired,
  SENTENCES,
  spoken,
  webhook,
} from './house.js';

let house: House;
let listener: Awaited<ReturnType<House['operator']['serve']>>;
let session: Paired;
let eventUrl: string;

beforeAll(async () => {
  house = await openHouse({ numbers: 1 });
  session = await house.pair(house.person(), house.person());
  listener = await house.operator.serve();
  eventUrl = await eventUrlOf(session);
});
afterAll(async () => {
  await listener?.stop();
  await house?.close();
});

async function eventUrlOf({ a, b }: Paired): Promise<string> {
  const fields = answerFields(a.realNumber, b.virtualNumber);
  return (await webhook(listener.answerUrl, house.signing, fields)).ncco[1].eventUrl[0];
}

/** What Vonage tells about the leg to the callee. */
const event = (status: unknown, others: Fields = {}): string =>
  JSON.stringify({
    headers: {},
    from: digits(session.a.virtualNumber),
    to: digits(session.b.realNumber),
    uuid: 'aaaabbbbccccdddd0000111122223333',
    conversation_uuid: 'CON-2541d01c-253e-48be-a8e0-da4bbe4c3722',
    direction: 'outbound',
    timestamp: '2026-10-01T20:45:34.796Z',
    status,
    ...others,
  });
const unsigned = (url: string, body: string) =>
  fetched(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
const signed = (url: string, body: string) => fetched(url, signedPost(house.signing, body));

const BUSY = [spoken(SENTENCES.busy)];

describe('the event URL of a connect', () => {
  it.each(['busy', 'rejected', 'unanswered', 'failed', 'timeout', 'machine'])(
    '%s: one sentence, and the cause is not told',
    async (status) => {
      for (const detail of [{}, { detail: 'number_out_of_service', sip_code: 404 }]) {
        for (const answered of [
          await unsigned(eventUrl, event(status, detail)),
          await signed(eventUrl, event(status, detail)),
        ]) {
          expect(answered.status).toBe(200);
          expect(answered.headers['content-type']).toBe('application/json; charset=utf-8');
          expect(answered.ncco).toEqual(BUSY);
          expect(validateNcco(answered.ncco)).toEqual({ ncco: answered.ncco });
        }
      }
    },
  );

  it.each([
    'started',
    'ringing',
    'answered',
    'completed',
    'cancelled',
    'human',
    'disconnected',
    'brand-new',
    'BUSY',
    '',
    null,
    ['busy'],
    { busy: true },
    1,
    undefined,
  ])('%o: nothing to add', async (status) => {
    const { status: code, body } = await unsigned(eventUrl, event(status));
    expect([code, body]).toEqual([204, '']);
  });

  it('has nothing to add to what it cannot read', async () => {
    for (const body of ['', '{', '[]', '"busy"', 'status=busy', '\u0000', 'x'.repeat(1024 * 1024)]) {
      const answered = await unsigned(eventUrl, body);
      expect([answered.status, answered.body]).toEqual([204, '']);
    }
  });

  it('speaks the language of the session', async () => {
    const german = await house.pair(house.person(), house.person(), '--language', 'de');
    expect((await unsigned(await eventUrlOf(german), event('busy'))).ncco).toEqual([
      spoken(
        'Die angerufene Person ist gerade nicht erreichbar. Bitte versuchen Sie es später noch einmal.',
        'de-DE',
      ),
    ]);
  });

  it('reads nothing from its query', async () => {
    for (const query of [
      '?status=busy',
      '?language=de-DE&status=busy',
      `?to=${digits(session.b.virtualNumber)}`,
    ]) {
      const answered = await unsigned(eventUrl + query, event('completed'));
      expect([answered.status, answered.body]).toEqual([204, '']);
      expect((await unsigned(eventUrl + query, event('busy'))).ncco).toEqual(BUSY);
    }
  });

  it('never answers with a number, whatever it is asked', async () => {
    const question = event('busy', answerFields(session.a.realNumber, session.b.virtualNumber));
    for (const { body } of [await unsigned(eventUrl, question), await signed(eventUrl, question)]) {
      expect(body).not.toMatch(/\d/);
    }
  });

  it('has no number in it', () => {
    const said = decodeURIComponent(eventUrl);
    for (const { realNumber } of [session.a, session.b])
      expect(said).not.toContain(digits(realNumber).slice(-7));
  });
});

describe('the token in the event URL', () => {
  const mint = () => new TokenMint(house.signing.secret);
  const inAnHour = Math.floor(Date.now() / 1000) + 3600;
  const minted = { purpose: 'connect' as const, call: 'x', details: ['en-GB'], expires: inAnHour };
  const at = (token: string) => `${listener.url}/connect-event/${token}`;
  const own = () => eventUrl.split('/').at(-1) as string;

  it('opens by itself, and so does a JWT by itself', async () => {
    expect((await unsigned(at(mint().mint(minted)), event('busy'))).status).toBe(200);
    expect((await signed(at('no-token'), event('busy'))).ncco).toEqual(BUSY);
    expect((await signed(at(mint().mint({ ...minted, expires: 1 })), event('busy'))).ncco).toEqual(BUSY);
  });

  it('opens though the JWT beside it is wrong: either will do', async () => {
    const headers = { authorization: 'Bearer nothing' };
    expect((await fetched(eventUrl, { method: 'POST', headers, body: event('busy') })).ncco).toEqual(BUSY);
  });

  const closed: Record<string, () => string> = {
    absent: () => 'x',
    expired: () => mint().mint({ ...minted, expires: Math.floor(Date.now() / 1000) - 1 }),
    'for the whisper': () => mint().mint({ ...minted, purpose: 'whisper' }),
    'for an answer': () => mint().mint({ ...minted, purpose: 'answer' }),
    'for something else': () => mint().mint({ ...minted, purpose: 'input' as 'connect' }),
    'of another secret': () => new TokenMint('another').mint(minted),
    'signed with the secret itself': () => webhookToken(house.signing, event('busy')),
    'with other words': () => `connect.x.9999999999.en-GB.${own().split('.').at(-1)}`,
    'with a later end': () => own().replace(/(?<=\.)\d{10}(?=\.)/, '9999999999'),
    'with one letter of its signature changed': () =>
      `${own().slice(0, -2)}${own().at(-2) === 'A' ? 'B' : 'A'}${own().at(-1)}`,
    'without signature': () => own().replace(/[^.]+$/, ''),
    'without a word': () => own().split('.').at(-1) as string,
    'with a word behind': () => `${own()}.x`,
    padded: () => `${own()}=`,
    'in capitals': () => own().toUpperCase(),
    'cut short': () => own().slice(0, -1),
    empty: () => '.',
    'very long': () => 'x'.repeat(2_000),
  };
  it.each(Object.entries(closed))('opens nothing when it is %s', async (_name, token) => {
    const answered = await unsigned(at(token()), event('busy'));
    expect([answered.status, answered.body]).toEqual([401, '{}']);
  });

  it('opens no other route', async () => {
    const question = JSON.stringify(answerFields(session.a.realNumber, session.b.virtualNumber));
    for (const authorization of [`Bearer ${own()}`, `Bearer x.${own()}`]) {
      const init = { method: 'POST', headers: { authorization }, body: question };
      expect((await fetched(listener.answerUrl, init)).status).toBe(401);
      expect((await fetched(listener.eventUrl, init)).status).toBe(401);
    }
  });

  it('does not spare a signed body its hash', async () => {
    const init = signedPost(house.signing, event('busy'));
    const answered = await fetched(at('no-token'), { ...init, body: event('rejected') });
    expect([answered.status, answered.body]).toEqual([401, '{}']);
  });
});

describe('events', () => {
  it.each(['GET', 'POST'] as const)('are taken by %s and answered with nothing', async (method) => {
    for (const fields of [
      JSON.parse(event('completed')),
      { status: 'answered', start_time: null, rate: null },
      { type: 'transfer', conversation_uuid_from: 'CON-a', conversation_uuid_to: 'CON-b' },
      { reason: 'Syntax error in NCCO. Invalid value type or action.' },
      { dtmf: { digits: '12', timed_out: true } },
      {},
    ]) {
      const { status, body } = await webhook(listener.eventUrl, house.signing, fields, method);
      expect([status, body]).toEqual([204, '']);
    }
  });
});
