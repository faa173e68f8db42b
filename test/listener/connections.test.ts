import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signedGet, webhookToken } from '../support/signed.js';
import { Operator } from '../support/voxproxy.js';
import { answerFields, digits, fetched, type House, openHouse, type Paired, webhook } from './house.js';
import { answersIn, RawConnection } from './raw.js';

let house: House;
let session: Paired;

beforeAll(async () => {
  house = await openHouse({ numbers: 1 });
  session = await house.pair(house.person(), house.person());
});
afterAll(() => house?.close());

/** A signed call, cut in two in the middle of its body. */
function halves(): [string, string] {
  const body = JSON.stringify(answerFields(session.a.realNumber, session.b.virtualNumber));
  const head = [
    'POST /proxy-call HTTP/1.1',
    'Host: localhost',
    `Authorization: Bearer ${webhookToken(house.signing, body)}`,
    `Content-Length: ${body.length}`,
  ].join('\r\n');
  return [`${head}\r\n\r\n${body.slice(0, 20)}`, body.slice(20)];
}

/** The same call as Vonage usually asks for it. */
function signedQuery({ version = '1.1', connection = '' } = {}): string {
  const fields = answerFields(session.a.realNumber, session.b.virtualNumber);
  const { query, init } = signedGet(house.signing, fields as Record<string, string>);
  const head = [
    `GET /proxy-call${query} HTTP/${version}`,
    'Host: localhost',
    `Authorization: ${init.headers.authorization}`,
    ...(connection === '' ? [] : [`Connection: ${connection}`]),
  ];
  return `${head.join('\r\n')}\r\n\r\n`;
}

const whole = () => halves().join('');
const calleeOf = (body: string) => JSON.parse(body)[1].endpoint[0].number;

/** Milliseconds that it took. */
async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

describe.concurrent('slow clients', () => {
  it('are cut off in the end, and hold up nobody meanwhile', { timeout: 20_000 }, async () => {
    const listener = await house.operator.serve();
    const open = async (text: string, drip = '') => {
      const connection = await RawConnection.to(listener.url);
      if (text !== '') connection.send(text);
      const dripping = drip === '' ? undefined : setInterval(() => connection.send(drip), 300);
      const duration = await timed(() => connection.until((_so, ended) => ended, 15_000));
      clearInterval(dripping);
      return { duration, received: connection.received };
    };
    const endless = 'POST /proxy-call HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n';
    const all = Promise.all([
      open(''),
      open('POST /proxy-call HTTP/1.1\r\n'),
      open('POST /proxy-call HTTP/1.1\r\n', 'X-Slow: 1\r\n'),
      open(endless, '{'),
      open(halves()[0]),
    ]);
    for (let round = 0; round < 5; round++) {
      const fields = answerFields(session.a.realNumber, session.b.virtualNumber);
      expect(await timed(() => webhook(listener.answerUrl, house.signing, fields))).toBeLessThan(1_000);
      await sleep(200);
    }
    const [silent, halfHead, drippedHead, drippedBody, halfBody] = await all;
    for (const { duration, received } of [silent, halfHead, drippedHead]) {
      expect(duration).toBeLessThan(5_500);
      expect(received).toMatch(
        /^(HTTP\/1\.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n)?$/,
      );
    }
    expect(drippedBody.duration).toBeLessThan(8_000);
    expect(drippedBody.received).toMatch(/^HTTP\/1\.1 401 /);
    expect(halfBody.duration).toBeLessThan(8_000);
    expect(halfBody.received).toMatch(/^HTTP\/1\.1 408 [^{}]*$/);
    await listener.stop();
  });

  it.each([
    ['has said nothing', ''],
    ['is in the middle of a header', 'POST /proxy-call HTTP/1.1\r\nHost: loc'],
    [
      'has a refused body to send',
      'POST /proxy-call HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{',
    ],
    ['has a signed body to send, which never comes', () => halves()[0]],
  ])('do not keep the listener from ending, though one %s', async (_name, text) => {
    const operator = new Operator(house.sandbox.env);
    const listener = await operator.serve();
    const connection = await RawConnection.to(listener.url);
    if (text !== '') connection.send(typeof text === 'string' ? text : text());
    await sleep(50);
    expect(await timed(listener.stop)).toBeLessThan(5_000);
    await connection.until((_so, ended) => ended);
    operator.clean();
  });
});

describe('a listener that is told to end', () => {
  it('ends at once, though idle connections are kept open', async () => {
    const listener = await house.operator.serve();
    const kept = await RawConnection.to(listener.url);
    await kept.send(whole()).until((so) => answersIn(so).length === 1);
    await fetched(`${listener.url}/healthz`);
    expect(await timed(listener.stop)).toBeLessThan(1_500);
    await kept.until((_so, ended) => ended);
    await expect(fetched(`${listener.url}/healthz`)).rejects.toThrow();
  });

  it('lets answers in flight finish, also those that come over an open connection', async () => {
    const listener = await house.operator.serve();
    const [first, second] = halves();
    const [inFlight, another] = [await RawConnection.to(listener.url), await RawConnection.to(listener.url)];
    const [anotherFirst, anotherSecond] = halves();
    inFlight.send(first);
    another.send(anotherFirst);
    await sleep(100);
    const stopped = listener.stop();
    await sleep(300);
    await expect(RawConnection.to(listener.url)).rejects.toThrow();

    another.send(anotherSecond + whole());
    const received = await another.until((so) => answersIn(so).length === 2);
    for (const { status, body } of answersIn(received)) {
      expect(status).toBe(200);
      expect(calleeOf(body)).toBe(digits(session.b.realNumber));
    }
    inFlight.send(second);
    const [answer] = answersIn(await inFlight.until((so) => answersIn(so).length > 0));
    expect(answer?.status).toBe(200);
    expect(calleeOf(answer?.body ?? '')).toBe(digits(session.b.realNumber));
    const duration = await timed(async () => expect((await stopped).code).toBe(0));
    expect(duration).toBeLessThan(1_500);
  });
});

it('answers whoever asks and says at once that nothing more will come', async () => {
  const listener = await house.operator.serve();
  const ask = async (question: string) => {
    const connection = await RawConnection.to(listener.url);
    const received = await connection
      .send(question)
      .finish()
      .until((_so, ended) => ended);
    return answersIn(received).map(({ status, body }) => [status, calleeOf(body)]);
  };
  const right = [[200, digits(session.b.realNumber)]];
  for (let round = 0; round < 20; round++) expect(await ask(signedQuery())).toEqual(right);
  const together = await Promise.all(Array.from({ length: 50 }, () => ask(signedQuery())));
  expect(together).toEqual(Array(50).fill(right));
});

describe('the answer to a signed GET', () => {
  let listener: Awaited<ReturnType<House['listen']>>;
  beforeAll(async () => {
    listener = await house.listen();
  });
  afterAll(() => listener?.stop());

  /** All that is received after this, as soon as so many answers are whole, or when the connection ends. */
  const receivedFor = async (text: string, answers = Number.POSITIVE_INFINITY) => {
    const connection = await RawConnection.to(listener.url);
    const received = await connection
      .send(text)
      .until((so, ended) => ended || answersIn(so).length === answers);
    const { ended } = connection;
    connection.close();
    return { received, ended };
  };
  const headOf = (received: string) => received.slice(0, received.indexOf('\r\n\r\n')).split('\r\n');

  it('has the same head, line by line, as the answer to a POST', async () => {
    const [got, posted] = await Promise.all([receivedFor(signedQuery(), 1), receivedFor(whole(), 1)]);
    const lines = headOf(got.received);
    const dated = lines.find((line) => line.startsWith('Date: ')) ?? '';
    const undated = (head: string[]) => head.map((line) => line.replace(/^(Date:) .*/, '$1'));
    expect(undated(lines)).toEqual(undated(headOf(posted.received)));
    expect(lines).toContain('Connection: keep-alive');
    expect(dated).toMatch(/^Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
    expect(Math.abs(Date.parse(dated.slice(6)) - Date.now())).toBeLessThan(2_000);
    await sleep(1_100);
    const later = headOf((await receivedFor(signedQuery(), 1)).received);
    expect(later).not.toContain(dated);
  });

  it('ends the connection of whoever wants that, and says so', async () => {
    for (const wish of [{ connection: 'close' }, { version: '1.0' }]) {
      const { received, ended } = await receivedFor(signedQuery(wish));
      expect(ended).toBe(true);
      expect(headOf(received)).toContain('Connection: close');
      expect(answersIn(received).map(({ body }) => calleeOf(body))).toEqual([digits(session.b.realNumber)]);
    }
  });

  it('keeps its place among those that are asked for at once on one connection', async () => {
    const questions = Array.from({ length: 9 }, (_, i) => (i % 3 === 1 ? whole() : signedQuery()));
    const { received } = await receivedFor(questions.join(''), questions.length);
    const answers = answersIn(received);
    expect(answers.map(({ status }) => status)).toEqual(questions.map(() => 200));
    for (const [i, question] of questions.entries()) {
      const asked = /\buuid(?:=|":")([0-9a-f]{32})/.exec(question)?.[1];
      expect(asked).toBeDefined();
      // The URL for the events of a call names the call.
      expect(answers[i]?.body).toContain(asked);
    }
  });

  it('comes whole, however many are asked for at once', async () => {
    const many = 400;
    const { received } = await receivedFor(Array.from({ length: many }, () => signedQuery()).join(''), many);
    const callees = new Set(answersIn(received).map(({ body }) => calleeOf(body)));
    expect(callees).toEqual(new Set([digits(session.b.realNumber)]));
  });
});
