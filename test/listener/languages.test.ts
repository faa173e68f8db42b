import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { validateNcco } from '../../src/sandbox/ncco-validation.js';
import {
  answerFields,
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

const GERMAN = {
  connecting: 'Bitte warten Sie, während wir Sie verbinden.',
  busy: 'Die angerufene Person ist gerade nicht erreichbar. Bitte versuchen Sie es später noch einmal.',
  ended: 'Dieser Anruf kann nicht mehr verbunden werden: Die Sitzung ist beendet.',
  unknown: 'Diese Nummer ist nicht erreichbar.',
  withheld: 'Bitte rufen Sie noch einmal mit sichtbarer Rufnummer an.',
};
const FRENCH = 'Veuillez patienter pendant que nous vous mettons en relation.';

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

const german = () => house.foreigner('+491512');
const pair = (...flags: string[]) => house.pair(house.person(), house.person(), ...flags);
const there = ({ a, b }: Paired) => ({ from: a.realNumber, to: b.virtualNumber });
const back = ({ a, b }: Paired) => ({ from: b.realNumber, to: a.virtualNumber });
const ask = async ({ from, to }: { from: string; to: string }, others: Fields = {}) => {
  const fields = answerFields(from, to, others);
  const { ncco } = await webhook(listener.answerUrl, house.signing, fields);
  expect(validateNcco(ncco)).toEqual({ ncco });
  return ncco;
};
const first = async (way: { from: string; to: string }) => (await ask(way))[0];

/** Serves with these settings for one test; afterwards they are gone. */
async function servedWith(settings: Record<string, unknown>): Promise<void> {
  await listener.stop();
  for (const [name, value] of Object.entries(settings)) await house.setting(name, value);
  listener = await house.listen();
}

describe('a participant', () => {
  it('hears the language of the country that the number is of', async () => {
    const session = await house.pair(house.person(), german());
    expect(await first(there(session))).toEqual(spoken(SENTENCES.connecting));
    expect(await first(back(session))).toEqual(spoken(GERMAN.connecting, 'de-DE'));
  });

  it.each([
    ['+491512', 'de-DE'],
    ['+3361', 'fr-FR'],
    ['+3461', 'es-ES'],
    ['+81901', 'ja-JP'],
    ['+1415', 'en-US'],
    ['+35387', 'en-GB'],
    // Nobody speaks Greek here.
    ['+30691', 'en-GB'],
  ])('of %s… hears %s', async (prefix, language) => {
    const session = await house.pair(house.foreigner(prefix), house.person());
    expect((await first(there(session))).language).toBe(language);
  });

  it('hears all of a call in it, whatever becomes of it', async () => {
    const session = await house.pair(house.person(), german());
    const busy = await house.control.call({ ...back(session), outcome: 'busy' });
    expect(busy.caller.hears).toEqual([GERMAN.connecting, GERMAN.busy]);
    const other = await house.control.call({ ...there(session), outcome: 'busy' });
    expect(other.caller.hears).toEqual([SENTENCES.connecting, SENTENCES.busy]);
    await house.told(['unpair', session.id]);
    expect(await ask(back(session))).toEqual([spoken(GERMAN.ended, 'de-DE')]);
    expect(await ask(there(session))).toEqual([spoken(SENTENCES.ended)]);
  });

  it('who is blocked is spoken to as strangers are: nothing tells them', async () => {
    const session = await house.pair(house.person(), german(), '--language-b', 'fr');
    await house.told(['numbers', 'block', session.b.realNumber]);
    expect(await ask(back(session))).toEqual([spoken(SENTENCES.unknown)]);
  });

  it('hears what was given for them, else what was given for both', async () => {
    const one = await house.pair(german(), house.person(), '--language-a', 'fr');
    expect(await first(there(one))).toEqual(spoken(FRENCH, 'fr-FR'));
    expect(await first(back(one))).toEqual(spoken(SENTENCES.connecting));
    const both = await pair('--language', 'de', '--language-b', 'fr');
    expect(await first(there(both))).toEqual(spoken(GERMAN.connecting, 'de-DE'));
    expect(await first(back(both))).toEqual(spoken(FRENCH, 'fr-FR'));
  });
});

describe('a stranger', () => {
  it('hears English: their number says nothing of them', async () => {
    const to = house.pool[0] as string;
    expect(await ask({ from: german(), to })).toEqual([spoken(SENTENCES.unknown)]);
    expect(await ask({ from: 'anonymous', to })).toEqual([spoken(SENTENCES.withheld)]);
  });
});

describe('with settings', () => {
  afterEach(async () => {
    for (const name of ['language', 'sentences', 'voices']) await house.unset(name);
  });

  it('one language is everybody’s who was given no other', async () => {
    await servedWith({ language: 'de' });
    expect(await first(there(await pair()))).toEqual(spoken(GERMAN.connecting, 'de-DE'));
    const frenchman = await house.pair(house.foreigner('+3361'), house.person(), '--language-b', 'en');
    expect(await first(there(frenchman))).toEqual(spoken(GERMAN.connecting, 'de-DE'));
    expect(await first(back(frenchman))).toEqual(spoken(SENTENCES.connecting));
    const to = house.pool[0] as string;
    expect(await ask({ from: house.person(), to })).toEqual([spoken(GERMAN.unknown, 'de-DE')]);
    expect(await ask({ from: 'anonymous', to })).toEqual([spoken(GERMAN.withheld, 'de-DE')]);
  });

  it('sentences are replaced: for everybody, by language, and the others stay', async () => {
    const speech = '<speak>Grüß <emphasis>Gott</emphasis>.</speak>';
    await servedWith({
      sentences: {
        unknown: 'Wrong number.',
        connecting: { de: speech, 'en-US': 'Hold on.' },
        whisper: 'Hey, {contact}! Press 1.',
        busy: { fr: 'Occupé.' },
      },
    });
    expect(await ask({ from: house.person(), to: house.pool[0] as string })).toEqual([
      spoken('Wrong number.'),
    ]);
    const session = await house.pair(german(), house.person(), '--screen', '--label-a', 'Sam');
    expect(await first(there(session))).toEqual(spoken(speech, 'de-DE'));
    expect(await first(back(session))).toEqual(spoken(SENTENCES.connecting));
    expect((await first(there(await pair('--language', 'en-US')))).text).toBe('Hold on.');
    const call = await house.control.call({ ...there(session), calleeKeys: '1' });
    expect(call.callee).toMatchObject({ hears: ['Hey, Sam! Press 1.'], joined: true });
    const busy = await house.control.call({ ...there(session), outcome: 'busy' });
    expect(busy.caller.hears[1]).toBe(GERMAN.busy);
    const french = await pair('--language', 'fr');
    expect((await house.control.call({ ...there(french), outcome: 'busy' })).caller.hears).toEqual([
      FRENCH,
      'Occupé.',
    ]);
  });

  it('voices are given by their languages', async () => {
    await servedWith({ voices: { de: 1, 'en-GB': 11 } });
    const session = await house.pair(german(), house.person());
    expect(await first(there(session))).toEqual({ ...spoken(GERMAN.connecting, 'de-DE'), style: 1 });
    expect(await first(back(session))).toEqual({ ...spoken(SENTENCES.connecting), style: 11 });
    const french = await pair('--language', 'fr');
    expect(await first(there(french))).toEqual(spoken(FRENCH, 'fr-FR'));
    const [, connect] = await ask(there(session));
    const busy = await fetched(connect.eventUrl[0], { method: 'POST', body: '{"status":"busy"}' });
    expect(busy.ncco).toEqual([{ ...spoken(GERMAN.busy, 'de-DE'), style: 1 }]);
  });

  describe('that name recordings', () => {
    let server: Server;
    let base: string;
    const asked: string[] = [];

    beforeAll(async () => {
      server = createServer(({ method, url }, response) => {
        asked.push(`${method} ${url}`);
        const [, kind] = /^\/(\w+)/.exec(url ?? '') ?? [];
        response.writeHead(kind === 'gone' ? 404 : 200, {
          'content-type': kind === 'page' ? 'text/html' : 'audio/mpeg',
        });
        response.end();
      }).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterAll(() => server.close());

    it('plays them in place of the words, also to a callee who is asked', async () => {
      await servedWith({
        sentences: {
          connecting: { stream: `${base}/there.mp3` },
          whisper: { de: { stream: `${base}/there-de.mp3` } },
          goodbye: { stream: `${base}/there-end.mp3` },
          busy: { stream: `${base}/there-busy.mp3` },
        },
      });
      const session = await house.pair(house.person(), german(), '--screen');
      expect(await first(there(session))).toEqual({
        action: 'stream',
        streamUrl: [`${base}/there.mp3`],
      });
      const call = await house.control.call({ ...there(session), calleeKeys: '' });
      expect(call.error).toBeUndefined();
      expect(call.caller.hears).toEqual([`♪ ${base}/there.mp3`, `♪ ${base}/there-busy.mp3`]);
      expect(call.callee?.hears[0]).toBe(`♪ ${base}/there-de.mp3`);
      expect(call.callee?.joined).toBe(false);
    });

    it('warns of those that callers would not hear, and starts all the same', async () => {
      await servedWith({
        sentences: {
          connecting: { stream: `${base}/there.mp3` },
          busy: { de: { stream: `${base}/gone.mp3` } },
          ended: { stream: `${base}/page` },
          unknown: { stream: 'http://127.0.0.1:9/closed.mp3' },
        },
      });
      await expect.poll(() => listener.said().match(/⚠ The recording/g)?.length).toBe(3);
      expect(listener.said()).toContain(`${base}/gone.mp3 is not there (404)`);
      expect(listener.said()).toContain(`${base}/page is no audio (text/html)`);
      expect(listener.said()).toContain('http://127.0.0.1:9/closed.mp3 cannot be reached');
      expect(asked).toContain('HEAD /there.mp3');
      expect((await ask(there(await pair())))[0].action).toBe('stream');
    });
  });

  it.each<[string, unknown]>([
    ['an unknown name', { hello: 'Hi.' }],
    ['a sentence that is none', { busy: 7 }],
    ['an empty one', { busy: ' ' }],
    ['a language that nobody speaks', { busy: { xx: 'Hi.' } }],
    ['a contact where nobody knows one', { busy: 'Not {contact}.' }],
    ['open markup', { busy: '<speak><b>no</speak>' }],
    ['a recording as a text message', { undelivered: { stream: 'https://example.com/a.mp3' } }],
    ['a recording without an address', { busy: { stream: 'a.mp3' } }],
    ['too long a sentence', { busy: 'x'.repeat(1_501) }],
    ['no JSON', '{'],
    ['a list', []],
  ])('that are wrong the listener does not start, and says which: %s', async (_what, sentences) => {
    const path = join(house.operator.home, 'config.json');
    const before = readFileSync(path, 'utf8');
    writeFileSync(path, JSON.stringify({ ...JSON.parse(before), sentences }), { mode: 0o600 });
    const { code, document } = await house.operator.json(['serve', '--port', '0']);
    writeFileSync(path, before, { mode: 0o600 });
    expect(code).toBe(3);
    expect(document.error.message).toContain('The setting sentences');
  });
});
