import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerFields, digits, type House, newUuid, openHouse, type Paired, webhook } from './house.js';

let house: House;
let listener: Awaited<ReturnType<House['operator']['serve']>>;
let session: Paired;

beforeAll(async () => {
  house = await openHouse({ numbers: 2 });
  session = await house.pair(house.person(), house.person());
  listener = await house.operator.serve();
});
afterAll(async () => {
  await listener?.stop();
  await house?.close();
});

const redacted = (number: string) => `+44•••••${number.slice(-4)}`;

describe('the answer to a rehearsed call', () => {
  it('says what was decided, and gives no number away to whoever repeats the request', async () => {
    const fields = {
      ...answerFields(session.a.realNumber, session.b.virtualNumber),
      uuid: `rehearsal-${newUuid()}`,
    };
    for (const _time of [1, 2]) {
      const { headers, body, ncco } = await webhook(listener.answerUrl, house.signing, fields);
      expect(JSON.parse(headers['voxproxy-route'] ?? '')).toEqual({ kind: 'connect', sessionId: session.id });
      expect(ncco[1].endpoint[0].number).toBe(redacted(session.b.realNumber));
      expect(body).not.toContain(digits(session.b.realNumber).slice(-7));
    }
  });

  it('counts for nothing: not in the call log, and not against a stranger', async () => {
    const stranger = house.person();
    for (let n = 0; n < 8; n++) {
      const fields = { ...answerFields(stranger, session.b.virtualNumber), uuid: `rehearsal-${newUuid()}` };
      expect((await webhook(listener.answerUrl, house.signing, fields)).ncco[0].text).toBe(
        'This number is not available.',
      );
    }
    expect((await house.operator.json(['calls'])).document.calls).toEqual([]);
  });

  it('is told to nobody about a real call', async () => {
    const fields = answerFields(session.a.realNumber, session.b.virtualNumber);
    const { headers, ncco } = await webhook(listener.answerUrl, house.signing, fields);
    expect(headers).not.toHaveProperty('voxproxy-route');
    expect(ncco[1].endpoint[0].number).toBe(digits(session.b.realNumber));
  });
});

describe('voxproxy call', () => {
  it('shows what the running listener decides, the number redacted unless it is to be revealed', async () => {
    const line = ['call', session.a.realNumber, session.b.virtualNumber];
    const { document } = await house.operator.json(line);
    expect(document.route).toEqual({ kind: 'connect', sessionId: session.id });
    expect(document.ncco[1].endpoint[0].number).toBe(redacted(session.b.realNumber));
    const whole = await house.operator.json([...line, '--reveal']);
    expect(whole.document.ncco[1].endpoint[0].number).toBe(digits(session.b.realNumber));
  });

  it('asks the latest of several listeners, and another one once that has ended', async () => {
    const line = ['call', session.a.realNumber, session.b.virtualNumber];
    const later = await house.operator.serve();
    const asked = async () => new URL((await house.operator.json(line)).document.ncco[1].eventUrl[0]).origin;
    expect(await asked()).toBe(later.url);
    await later.stop();
    expect(await asked()).toBe(listener.url);
  });

  it('sends nothing to whoever holds the port of a listener that was killed', async () => {
    const asked: string[] = [];
    const squatter = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => squatter.once('listening', resolve));
    const { port } = squatter.address() as AddressInfo;
    const other = await openHouse({ numbers: 1 });
    const url = `http://127.0.0.1:${port}`;
    writeFileSync(
      join(other.operator.home, 'listener.json'),
      JSON.stringify([{ pid: process.pid, url, base: url }]),
    );
    for (const env of [{}, { PORT: String(port) }]) {
      const line = ['call', other.person(), other.pool[0] as string];
      const { code, stderr } = await other.operator.run(line, { env });
      expect(code).toBe(7);
      expect(stderr).toContain('No listener of this profile runs on this machine.');
    }
    expect(new Set(asked)).toEqual(new Set(['GET /healthz']));
    squatter.close();
    await other.close();
  });

  it('sends nothing signed over plain http to another machine', async () => {
    const other = await openHouse({ numbers: 1 });
    await other.operator.run(['config', 'set', 'publicUrl', 'http://192.0.2.2:4713']);
    const { code, stderr } = await other.operator.run([
      'call',
      other.person(),
      other.pool[0] as string,
      '--public',
    ]);
    expect(code).toBe(3);
    expect(stderr).toContain('plain http');
    await other.close();
  });
});
