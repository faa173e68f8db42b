import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Voxproxy } from '../journeys/processes.js';
import { answerFields, type House, openHouse, type Paired, webhook } from '../listener/house.js';
import { webhookToken } from '../support/signed.js';

/** 1 is a share for every run; 20 and more is by hand: 10,000 connections and 100,000 forged requests. */
const SCALE = Number(process.env.ATTACK_SCALE ?? 1);
/** Milliseconds; Vonage waits for five seconds. */
const ANSWERED_WITHIN = 2_500;

let house: House;
let session: Paired;
let listener: Voxproxy;
let url: string;

beforeAll(async () => {
  house = await openHouse({ numbers: 1 });
  session = await house.pair(house.person(), house.person());
  listener = new Voxproxy(['serve', '--json', '--port', '0'], house.operator.env, house.operator.home);
  ({ url } = await listener.firstLine());
});
afterAll(async () => {
  const { code, stderr } = await listener.end('SIGTERM');
  expect(code).toBe(0);
  expect(stderr.length, 'a flood does not fill the log').toBeLessThan(200_000 * Math.max(1, SCALE / 4));
  await house.close();
});

/** Opens connections that say the same thing; `drip` is said again and again. */
async function crowd(count: number, said: string, drip = ''): Promise<{ leave: () => void }> {
  const { hostname, port } = new URL(url);
  const sockets: Socket[] = [];
  const timers: NodeJS.Timeout[] = [];
  for (let i = 0; i < count; i++) {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    socket.resume();
    if (said !== '') socket.write(said);
    if (drip !== '') timers.push(setInterval(() => socket.writable && socket.write(drip), 500));
    sockets.push(socket);
    // A listening queue holds some hundred at once.
    if (i % 200 === 199) await sleep(10);
  }
  return {
    leave: () => {
      for (const timer of timers) clearInterval(timer);
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Asks for a signed answer several times and returns the slowest, in milliseconds. */
async function slowestAnswer(times = 8): Promise<number> {
  let slowest = 0;
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    const fields = answerFields(session.a.realNumber, session.b.virtualNumber);
    const { status, body } = await webhook(`${url}/proxy-call`, house.signing, fields);
    slowest = Math.max(slowest, performance.now() - start);
    expect(status).toBe(200);
    expect(JSON.parse(body)[1].action).toBe('connect');
    await sleep(50);
  }
  return slowest;
}

/** Other tests share the machine: a round that they disturb says nothing of the attack, which goes on. */
async function slowestOfCalmestRound(rounds = 3): Promise<number> {
  const slowest = await slowestAnswer();
  if (slowest < ANSWERED_WITHIN || rounds === 1) return slowest;
  return Math.min(slowest, await slowestOfCalmestRound(rounds - 1));
}

async function forged(count: number): Promise<number[]> {
  const token = webhookToken({ ...house.signing, secret: 'another secret, as good as any' }, '{}');
  const statuses: number[] = [];
  const send = async () => {
    while (statuses.length < count) {
      statuses.push(0);
      const at = statuses.length - 1;
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const response = await fetch(`${url}/proxy-call`, { method: 'POST', headers, body: '{}' });
      await response.arrayBuffer();
      statuses[at] = response.status;
    }
  };
  await Promise.all(Array.from({ length: 32 }, send));
  return statuses;
}

describe('signed calls are answered in time', () => {
  it.each([
    ['connections that say nothing', 500, '', ''],
    ['headers that never end', 200, 'POST /proxy-call HTTP/1.1\r\nHost: localhost\r\n', 'X-A: b\r\n'],
    [
      'bodies that never end',
      200,
      'POST /proxy-call HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n',
      'x'.repeat(1_000),
    ],
    ['floods of headers', 200, `GET /proxy-call HTTP/1.1\r\n${'X-Flood: 1234567890\r\n'.repeat(2_000)}`, ''],
    [
      'requests on end in one connection',
      50,
      'GET /proxy-call HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(100),
      '',
    ],
  ])('beside %s', { timeout: 60_000 }, async (_what, count, said, drip) => {
    const attackers = await crowd(count * SCALE, said, drip);
    const slowest = await slowestOfCalmestRound();
    attackers.leave();
    expect(slowest).toBeLessThan(ANSWERED_WITHIN);
  });

  it('beside forged requests, each of which is refused', { timeout: 300_000 }, async () => {
    const flood = forged(2_000 * SCALE);
    const slowest = await slowestAnswer();
    expect(new Set(await flood)).toEqual(new Set([401]));
    expect(slowest).toBeLessThan(ANSWERED_WITHIN);
  });
});
