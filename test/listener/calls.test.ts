import { mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validateNcco } from '../../src/sandbox/ncco-validation.js';
import {
  type Answered,
  answerFields,
  digits,
  type Fields,
  type House,
  newUuid,
  openHouse,
  SENTENCES,
  spoken,
  webhook,
} from './house.js';

const DAY = 24 * 60 * 60 * 1000;
/** Of Vonage's, where no pool of ours is. */
const FOREIGN_NUMBER = '+442079469999';

let house: House;
let listener: Awaited<ReturnType<House['operator']['serve']>>;

beforeAll(async () => {
  house = await openHouse();
  listener = await house.operator.serve();
});
afterAll(async () => {
  await listener?.stop();
  await house?.close();
});

/** Asks as Vonage does, and has the answer checked as Vonage would. */
async function ask(fields: Fields, method: 'GET' | 'POST' = 'POST'): Promise<Answered> {
  const answered = await webhook(listener.answerUrl, house.signing, fields, method);
  expect(answered.status).toBe(200);
  expect(answered.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(answered.headers['cache-control']).toBe('no-store');
  expect(validateNcco(answered.ncco)).toEqual({ ncco: answered.ncco });
  return answered;
}

const call = (from: string, to: string, method: 'GET' | 'POST' = 'POST') =>
  ask(answerFields(from, to), method);

const connectTo = (number: string, callerId: string, limit?: number) => ({
  action: 'connect',
  from: digits(callerId),
  timeout: 30,
  ...(limit === undefined ? {} : { limit }),
  eventType: 'synchronous',
  eventUrl: [expect.stringMatching(`^${listener.url}/connect-event/[\\w.-]+$`)],
  eventMethod: 'POST',
  endpoint: [{ type: 'phone', number: digits(number) }],
});

describe.each(['GET', 'POST'] as const)('a call, asked about by %s', (method) => {
  it('connects each side to the other, under the number that leads back', async () => {
    const { a, b } = await house.pair(house.person(), house.person());
    expect((await call(a.realNumber, b.virtualNumber, method)).ncco).toEqual([
      spoken(SENTENCES.connecting),
      connectTo(b.realNumber, a.virtualNumber),
    ]);
    expect((await call(b.realNumber, a.virtualNumber, method)).ncco).toEqual([
      spoken(SENTENCES.connecting),
      connectTo(a.realNumber, b.virtualNumber),
    ]);
  });

  it('reads the caller with a plus, with 00 and with separators', async () => {
    const { a, b } = await house.pair(house.person(), house.person());
    const national = digits(a.realNumber).slice(2);
    for (const from of [
      a.realNumber,
      `00${digits(a.realNumber)}`,
      `+44 ${national.slice(0, 4)} ${national.slice(4)}`,
      `44-${national.slice(0, 4)}.${national.slice(4)}`,
      `+44 (${national.slice(0, 4)}) ${national.slice(4)}`,
    ]) {
      const { ncco } = await ask(answerFields(from, b.virtualNumber, { from }), method);
      expect(ncco[1], from).toEqual(connectTo(b.realNumber, a.virtualNumber));
    }
  });

  it('never guesses a national form', async () => {
    const { a, b } = await house.pair(house.person(), house.person());
    for (const from of [`0${digits(a.realNumber).slice(2)}`, digits(a.realNumber).slice(2)]) {
      const { ncco } = await ask(answerFields(from, b.virtualNumber, { from }), method);
      expect(ncco, from).toHaveLength(1);
      expect([SENTENCES.withheld, SENTENCES.unknown]).toContain(ncco[0].text);
    }
  });

  it('asks callers to show their number, whoever they could be', async () => {
    const { a, b } = await house.pair(house.person(), house.person());
    const to = b.virtualNumber;
    const shown = digits(a.realNumber);
    const withheld: Fields[] = [
      { from: undefined },
      { from: '' },
      { from: ' ' },
      { from: 'anonymous' },
      { from: 'Anonymous' },
      { from: 'unknown' },
      { from: 'restricted' },
      { from: 'private' },
      { from: `${shown}x` },
      { from: '447700' },
      { from: '4477009000000001' },
      { from: '266696687' },
      { from: '+266696687' },
      { from: '00266696687' },
      { from: undefined, from_user: 'JaneDoe' },
      { from: shown, from_user: 'JaneDoe' },
      { from: shown, endpoint_type: 'sip' },
      { from: shown, endpoint_type: 'app' },
      { from: shown, endpoint_type: 'websocket' },
      { from: shown, endpoint_type: 'vbc' },
      { from: shown, endpoint_type: 'PHONE' },
    ];
    for (const fields of withheld) {
      const { ncco } = await ask(answerFields(shown, to, fields), method);
      expect(ncco, JSON.stringify(fields)).toEqual([spoken(SENTENCES.withheld)]);
    }
    const unsaid = answerFields(shown, to, { endpoint_type: undefined });
    expect((await ask(unsaid, method)).ncco[1]).toEqual(connectTo(b.realNumber, a.virtualNumber));
  });

  it('is not in service at a number outside the pool, which the operator is told', async () => {
    const { a } = await house.pair(house.person(), house.person());
    expect((await call(a.realNumber, FOREIGN_NUMBER, method)).ncco).toEqual([spoken(SENTENCES.notInPool)]);
    expect((await call(a.realNumber, a.realNumber, method)).ncco).toEqual([spoken(SENTENCES.notInPool)]);
    const hidden = answerFields(a.realNumber, FOREIGN_NUMBER, { from: undefined });
    expect((await ask(hidden, method)).ncco).toEqual([spoken(SENTENCES.notInPool)]);
  });

  it('has ended for the participants while their legs are in quarantine', async () => {
    const closed = await house.pair(house.person(), house.person());
    await house.told(['unpair', closed.id]);
    const expired = await house.pair(house.person(), house.person(), '--ttl', '1h');
    house.rewrite(expired.id, { expiresAt: Date.now() - 1_000 });
    for (const { a, b } of [closed, expired]) {
      expect((await call(a.realNumber, b.virtualNumber, method)).ncco).toEqual([spoken(SENTENCES.ended)]);
      expect((await call(b.realNumber, a.virtualNumber, method)).ncco).toEqual([spoken(SENTENCES.ended)]);
    }
  });

  it('tells strangers the same, to the byte, whatever number they dial', async () => {
    const used = await house.pair(house.person(), house.person());
    const past = await house.pair(house.person(), house.person());
    const longAgo = Date.now() - 30 * DAY;
    house.rewrite(past.id, { createdAt: longAgo, closedAt: longAgo + 1_000 });
    const answers = [
      await call(house.person(), used.b.virtualNumber, method),
      await call(house.person(), used.a.virtualNumber, method),
      await call(past.a.realNumber, past.b.virtualNumber, method),
      await call(past.b.realNumber, past.a.virtualNumber, method),
      await call('+15555550100', used.b.virtualNumber, method),
    ];
    // A leg of the session that is not the caller's to use.
    if (used.a.virtualNumber !== used.b.virtualNumber)
      answers.push(await call(used.a.realNumber, used.a.virtualNumber, method));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]?.ncco).toEqual([spoken(SENTENCES.unknown)]);
  });
});

describe('a call', () => {
  it('is limited by the session, its end, and two hours', async () => {
    const limited = await house.pair(house.person(), house.person(), '--max-duration', '10m');
    expect((await call(limited.a.realNumber, limited.b.virtualNumber)).ncco[1].limit).toBe(600);

    const ending = await house.pair(house.person(), house.person(), '--ttl', '5m', '--hard-expiry');
    const { limit } = (await call(ending.a.realNumber, ending.b.virtualNumber)).ncco[1];
    expect(limit).toBeGreaterThan(290);
    expect(limit).toBeLessThanOrEqual(300);

    house.rewrite(ending.id, { expiresAt: Date.now() + 900 });
    expect((await call(ending.a.realNumber, ending.b.virtualNumber)).ncco[1].limit).toBe(1);

    const long = await house.pair(house.person(), house.person(), '--ttl', '5h', '--hard-expiry');
    expect((await call(long.a.realNumber, long.b.virtualNumber)).ncco[1].limit).toBe(7200);
  });

  it('is spoken to in the language of its session', async () => {
    const { id, a, b } = await house.pair(house.person(), house.person(), '--language', 'de');
    const [talk] = (await call(a.realNumber, b.virtualNumber)).ncco;
    expect(talk).toEqual(spoken('Bitte warten Sie, während wir Sie verbinden.', 'de-DE'));
    await house.told(['unpair', id]);
    expect((await call(a.realNumber, b.virtualNumber)).ncco).toEqual([
      spoken('Dieser Anruf kann nicht mehr verbunden werden: Die Sitzung ist beendet.', 'de-DE'),
    ]);
  });

  it('gets the same bytes when Vonage asks again', async () => {
    const { a, b } = await house.pair(house.person(), house.person(), '--ttl', '10m', '--hard-expiry');
    const fields = answerFields(a.realNumber, b.virtualNumber);
    const first = await ask(fields);
    await sleep(1_100);
    expect(await ask(fields)).toEqual(first);
    expect(await ask(fields, 'GET')).toEqual(first);
    const another = await ask({ ...fields, uuid: newUuid() });
    expect(another.ncco[1].limit).toBeLessThan(first.ncco[1].limit);
  });

  it('is refused when it is asked about again after the session was closed', async () => {
    const { id, a, b } = await house.pair(house.person(), house.person());
    const fields = answerFields(a.realNumber, b.virtualNumber);
    expect((await ask(fields)).ncco).toHaveLength(2);
    await house.told(['unpair', id]);
    expect((await ask(fields)).ncco).toEqual([spoken(SENTENCES.ended)]);
  });

  it('sees what another process did a moment ago', async () => {
    const [one, other] = [house.person(), house.person()];
    const number = house.pool[0] as string;
    expect((await call(one, number)).ncco).toEqual([spoken(SENTENCES.unknown)]);
    const { id, a, b } = await house.pair(one, other, '--ttl', '1h');
    expect((await call(one, b.virtualNumber)).ncco[1]).toEqual(connectTo(other, a.virtualNumber));
    await house.told(['unpair', id]);
    expect((await call(one, b.virtualNumber)).ncco).toEqual([spoken(SENTENCES.ended)]);
    const again = await house.pair(one, other, '--ttl', '2h');
    expect((await call(one, again.b.virtualNumber)).ncco[1]).toEqual(connectTo(other, again.a.virtualNumber));
  });

  it('ends with the second in which its session expires, though nobody swept', async () => {
    const { id, a, b } = await house.pair(house.person(), house.person(), '--ttl', '1h');
    house.rewrite(id, { expiresAt: Date.now() + 400 });
    expect((await call(a.realNumber, b.virtualNumber)).ncco).toHaveLength(2);
    await sleep(450);
    expect((await call(a.realNumber, b.virtualNumber)).ncco).toEqual([spoken(SENTENCES.ended)]);
  });
});

describe('while the store cannot be trusted, every caller hears an apology', () => {
  const aside = () => `${house.storePath}.aside`;
  const spoil: Record<string, { how: () => void; mend: () => void }> = {
    vanished: {
      how: () => renameSync(house.storePath, aside()),
      mend: () => renameSync(aside(), house.storePath),
    },
    'not JSON': {
      how: () => spoilWith(''),
      mend: mendFile,
    },
    'cut in half': {
      how: () => spoilWith(readFileSync(house.storePath, 'utf8').slice(0, -20)),
      mend: mendFile,
    },
    'one record damaged': {
      how: () => spoilWith(readFileSync(house.storePath, 'utf8').replace('"quarantine":', '"quarantine":-')),
      mend: mendFile,
    },
    'written by a newer voxproxy': {
      how: () => spoilWith(readFileSync(house.storePath, 'utf8').replace('"version":3', '"version":99')),
      mend: mendFile,
    },
    unreadable: {
      how: () => {
        renameSync(house.storePath, aside());
        mkdirSync(house.storePath);
      },
      mend: () => {
        rmdirSync(house.storePath);
        renameSync(aside(), house.storePath);
      },
    },
  };
  function spoilWith(text: string) {
    renameSync(house.storePath, aside());
    writeFileSync(house.storePath, text, { mode: 0o600 });
  }
  function mendFile() {
    rmSync(house.storePath);
    renameSync(aside(), house.storePath);
  }

  it.each(Object.keys(spoil))('%s, until it is mended', async (name) => {
    const { a, b } = await house.pair(house.person(), house.person());
    const connected = (await call(a.realNumber, b.virtualNumber)).ncco;
    expect(connected).toHaveLength(2);
    const { how, mend } = spoil[name] as { how: () => void; mend: () => void };
    how();
    try {
      for (const method of ['GET', 'POST'] as const) {
        const { body, ncco } = await call(a.realNumber, b.virtualNumber, method);
        expect(ncco).toEqual([spoken(SENTENCES.unavailable)]);
        expect(body).not.toContain(digits(b.realNumber));
      }
      const ready = await fetch(`${listener.url}/readyz`);
      expect([ready.status, await ready.text()]).toEqual([503, '{"status":"unavailable"}']);
      expect((await fetch(`${listener.url}/healthz`)).status).toBe(200);
    } finally {
      mend();
    }
    expect((await call(a.realNumber, b.virtualNumber)).ncco[1]).toEqual(
      connectTo(b.realNumber, a.virtualNumber),
    );
    expect((await fetch(`${listener.url}/readyz`)).status).toBe(200);
  });
});
