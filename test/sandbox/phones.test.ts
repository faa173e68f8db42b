import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PageEvents } from './page-events.js';
import { connectTo, NUMBER, OTHER, setStage, talk } from './stage.js';

const ANNA = '447700900123';
const BEN = '447700900456';

const stage = setStage();
let page: PageEvents;

const post = (path: string, body: object = {}, headers: Record<string, string> = {}) =>
  fetch(`${stage.sandbox.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const does = (id: string, deed: string, fields: object = {}) => post(`/sandbox/phones/${id}/${deed}`, fields);
const call = (id: string) => page.phone(id)?.call;
const stageOf = (id: string) => call(id)?.stage;
const statuses = () =>
  stage.answerer.at('/event').map(({ fields }) => `${fields.direction} ${fields.status}`);

beforeEach(async () => {
  page = await PageEvents.open(stage.sandbox.url);
});
afterEach(async () => {
  for (const id of ['anna', 'ben', 'stranger']) {
    await does(id, 'hang-up');
    await does(id, 'put-away');
  }
  await page.until(() => ['anna', 'ben', 'stranger'].every((id) => (call(id) ?? null) === null));
  page.close();
});

/** Anna dials, and Ben's phone rings. */
async function ring(action: object = {}): Promise<void> {
  stage.answerWith(connectTo(BEN, action));
  expect((await does('anna', 'dial', { to: `+${NUMBER}` })).status).toBe(204);
  await page.until(() => stageOf('ben') === 'ringing');
}

describe('a phone of the page', () => {
  test('rings until it is answered, shows the number of the network, and is joined', async () => {
    await ring();
    expect(call('ben')).toMatchObject({ way: 'in', number: '+44 20 7946 0002', stage: 'ringing' });
    expect(call('anna')).toMatchObject({ way: 'out', number: '+44 20 7946 0001', stage: 'ringing' });
    await does('ben', 'answer');
    await page.until(() => stageOf('anna') === 'joined' && stageOf('ben') === 'joined');
    await does('anna', 'hang-up');
    await page.until(() => stageOf('ben') === 'over');
    expect([call('anna')?.ending, call('ben')?.ending]).toEqual(['You hung up', 'The call has ended']);
    await expect.poll(() => statuses().at(-1)).toBe('inbound completed');
    expect(statuses()).toEqual([
      'inbound started',
      'inbound ringing',
      'inbound answered',
      'outbound started',
      'outbound ringing',
      'outbound answered',
      'outbound completed',
      'inbound completed',
    ]);
    expect(stage.answerer.at('/answer').at(-1)?.fields).toMatchObject({ from: ANNA, to: NUMBER });
  });

  test('hears what is said, and hangs up in the middle of it', async () => {
    stage.answerWith({ ...talk('Bitte warten.'), language: 'de-DE' }, connectTo(BEN));
    await does('anna', 'dial', { to: NUMBER });
    await page.until(() => call('anna')?.heard.length === 1);
    expect(call('anna')?.heard).toEqual([{ text: 'Bitte warten.', language: 'de-DE' }]);
    await does('anna', 'hang-up');
    await expect.poll(() => statuses().at(-1)).toBe('inbound completed');
    expect(statuses()).not.toContain('outbound started');
    expect(call('ben')).toBeNull();
  });

  test.each([
    ['decline', 'outbound rejected'],
    ['nothing', 'outbound timeout'],
  ])('that is called, and does %s, leaves the caller with what comes then', async (deed, status) => {
    await ring({ eventType: 'synchronous', eventUrl: [`${stage.answerer.url}/connect`], timeout: 3 });
    stage.answerer.on('/connect', ({ fields }) =>
      `outbound ${fields.status}` === status ? { body: [talk('Not available.')] } : { status: 204 },
    );
    if (deed === 'decline') await does('ben', 'decline');
    await page.until(() => call('anna')?.heard.at(-1)?.text === 'Not available.');
    expect(call('ben')?.ending).toBe(deed === 'decline' ? 'You declined' : 'Missed call');
  });

  test('misses a call when the caller hangs up', async () => {
    await ring();
    await does('anna', 'hang-up');
    await page.until(() => call('ben')?.ending === 'Missed call');
    await expect.poll(statuses).toContain('outbound cancelled');
  });

  test('that is in a call is busy, and so is the one that a fault makes so', async () => {
    await ring();
    await does('stranger', 'dial', { to: NUMBER });
    await expect.poll(statuses).toContain('outbound busy');
    await does('anna', 'hang-up');
    await page.until(() => stageOf('ben') === 'over');
    await stage.control.fault({ path: 'network', quirk: 'busy-callees' });
    stage.answerer.received.length = 0;
    await does('anna', 'dial', { to: NUMBER });
    await expect.poll(statuses).toContain('outbound busy');
  });

  test('is asked for keys before it is joined, and left alone when it presses none', async () => {
    const input = { action: 'input', type: ['dtmf'], dtmf: { maxDigits: 1, timeOut: 1 } };
    stage.answerer.on('/whisper', {
      body: [talk('Press 1.'), { ...input, eventUrl: [`${stage.answerer.url}/keys`] }],
    });
    const endpoint = [{ type: 'phone', number: BEN, onAnswer: { url: `${stage.answerer.url}/whisper` } }];
    await ring({ endpoint });
    await does('ben', 'answer');
    await page.until(() => call('ben')?.asks === true);
    expect(stageOf('anna')).toBe('ringing');
    expect((await does('ben', 'press', { key: 'x' })).status).toBe(409);
    await does('ben', 'press', { key: '1' });
    await page.until(() => stageOf('anna') === 'joined');
    expect(stage.answerer.at('/keys').at(-1)?.fields.dtmf).toEqual({ digits: '1', timed_out: false });
    await does('anna', 'hang-up');
    await page.until(() => stageOf('ben') === 'over');

    await ring({ endpoint });
    await does('ben', 'answer');
    await expect
      .poll(() => stage.answerer.at('/keys').at(-1)?.fields.dtmf, { timeout: 5000 })
      .toEqual({ digits: '', timed_out: true });
  });

  test('withholds its number when told to', async () => {
    await does('anna', 'withhold', { withheld: true });
    await ring();
    expect(stage.answerer.at('/answer').at(-1)?.fields).not.toHaveProperty('from');
    await does('anna', 'withhold', { withheld: false });
  });

  test('learns that a number is not in service', async () => {
    await does('anna', 'dial', { to: '+44 20 7946 0999' });
    await page.until(() => stageOf('anna') === 'over');
    expect(call('anna')?.heard.map(({ text }) => text)).toEqual([
      'The number you dialled is not in service.',
    ]);
  });

  test('texts, and is texted by the network', async () => {
    await does('anna', 'text', { to: NUMBER, text: 'Hello' });
    await page.until(() => page.phone('anna')?.texts.at(-1)?.sent === true);
    expect(stage.answerer.at('/inbound').at(-1)?.fields).toMatchObject({
      from: ANNA,
      to: NUMBER,
      text: 'Hello',
    });
    const { url } = stage.sandbox;
    await fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers: { authorization: stage.control.basic },
      body: JSON.stringify({
        channel: 'sms',
        message_type: 'text',
        from: OTHER,
        to: BEN,
        text: 'Hello, too',
      }),
    });
    await page.until(() => page.phone('ben')?.texts.at(-1)?.text === 'Hello, too');
    expect(page.phone('ben')).toMatchObject({ contacts: ['+44 20 7946 0002'] });
    await does('ben', 'text', { to: '+4420794609', text: 'Nobody there?' });
    await page.until(() => page.phone('ben')?.texts.at(-1)?.sent === false);
  });

  test('takes another number, which nobody else has, and forgets what the old one was told', async () => {
    const renumber = async (number: string) => (await does('stranger', 'renumber', { number })).status;
    expect(await renumber('+44 7700 900 222')).toBe(204);
    await page.until(() => page.phone('stranger')?.number === '+44 7700 900222');
    for (const taken of [`+${ANNA}`, `+${NUMBER}`, 'letters', '+1']) expect(await renumber(taken)).toBe(409);
    expect(await renumber('+44 7700 900789')).toBe(204);
  });

  test.each([
    ['dial', { to: 'a friend' }],
    ['dial', {}],
    ['answer', {}],
    ['decline', {}],
    ['hang-up', {}],
    ['text', { to: NUMBER, text: '' }],
  ])('refuses to %s when that makes no sense, and says why', async (deed, fields) => {
    const response = await does('anna', deed, fields);
    expect(response.status).toBe(409);
    expect(await response.json()).toEqual({ error: expect.stringMatching(/\.$/) });
  });

  test.each(['/sandbox/phones/nobody/dial', '/sandbox/phones/anna/fly', '/sandbox/phones/anna/constructor'])(
    'there is nothing at %s',
    async (path) => {
      expect((await post(path)).status).toBe(404);
    },
  );
});

describe('the page', () => {
  test('is told of no real number but to its owner, whatever happens', async () => {
    await does('anna', 'text', { to: NUMBER, text: 'Hello' });
    await ring({ eventType: 'synchronous', eventUrl: [`${stage.answerer.url}/connect`] });
    await does('ben', 'answer');
    await page.until(() => stageOf('anna') === 'joined');
    await does('ben', 'hang-up');
    await page.until(() => page.steps().some(({ what }) => what === 'caller’s leg: completed'));
    expect(page.text('anna')).toContain(ANNA);
    expect(page.text('anna')).not.toContain(BEN.slice(2));
    expect(page.text('ben')).not.toContain(ANNA.slice(2));
    expect(page.text(null)).not.toContain(ANNA.slice(2));
    expect(page.text(null)).not.toContain(BEN.slice(2));
    expect(page.shown('ben')).toMatchObject({ numbers: ['+44 20 7946 0002'], learned: [] });
  });

  test('is told of nobody else’s number either, in instructions or events', async () => {
    const somebody = '447700900321';
    stage.answerWith(connectTo(somebody));
    await does('anna', 'dial', { to: NUMBER });
    await page.until(() => page.steps().some(({ what }) => what === 'callee’s leg: failed'));
    expect(JSON.stringify(page.steps())).toContain('+44•••••0321');
    expect(page.text(null)).not.toContain(somebody.slice(2));
  });

  test('says so when somebody told the number after all', async () => {
    const { url } = stage.sandbox;
    await fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers: { authorization: stage.control.basic },
      body: JSON.stringify({
        ...{ channel: 'sms', message_type: 'text', from: OTHER, to: BEN },
        text: 'I have 07700 900123.',
      }),
    });
    await page.until(() => page.shown('ben')?.learned.length === 1);
    expect(page.shown('ben')?.learned).toEqual(['Anna']);
    expect(page.shown('anna')?.learned).toEqual([]);
    await does('ben', 'renumber', { number: '+44 7700 900457' });
    await does('ben', 'renumber', { number: `+${BEN}` });
    await page.until(() => page.shown('ben')?.learned.length === 0);
  });

  test('shows what the signature of a webhook was worth', async () => {
    await stage.control.fault({ path: 'network', quirk: 'unsigned', times: 3 });
    stage.answerer.on('/answer', { status: 401, body: {} });
    await does('anna', 'dial', { to: NUMBER });
    await page.until(() => stageOf('anna') === 'over');
    const asked = page.steps().findLast(({ kind }) => kind === 'webhook');
    expect(asked).toMatchObject({ what: 'POST /answer', good: false, facts: ['not signed', 'HTTP 401'] });
    await ring();
    expect(page.steps().findLast(({ kind }) => kind === 'webhook')?.facts).toEqual([
      expect.stringMatching(/^signature verified \(HS256, payload hash [0-9a-f]{8}…\)$/),
      'HTTP 200',
    ]);
  });

  test('finds everything again after a break, and an empty diagram once it was cleared', async () => {
    await ring();
    const again = await PageEvents.open(stage.sandbox.url);
    expect(again.steps().length).toBeGreaterThan(5);
    expect(again.phone('ben')?.call?.stage).toBe('ringing');
    await fetch(`${stage.sandbox.url}/sandbox/diagram`, { method: 'DELETE' });
    await again.until(() => again.steps().length === 0);
    again.close();
  });

  test.each([
    { origin: 'https://example.com' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'null' },
  ])('takes no orders from other pages: %o', async (headers) => {
    for (const path of ['/sandbox/phones/anna/withhold', '/sandbox/desk'])
      expect((await post(path, { withheld: true, do: 'serve' }, headers)).status).toBe(403);
    expect(page.phone('anna')?.withheld).toBe(false);
  });

  test.each([
    {},
    { do: 'config' },
    { do: 'provision', count: 99 },
    { do: 'pair', first: '--file', second: '/etc/passwd' },
    { do: 'pair', first: '+447400123456', second: '+447400654321 --reveal' },
    { do: 'close', session: '--help' },
    { do: 'lose', number: 'all' },
    { do: 'fault', fault: 'toString' },
    { do: '__proto__' },
  ])('has a desk that does nothing but what it offers: %o', async (order) => {
    expect((await post('/sandbox/desk', order)).status).toBe(400);
  });

  test('has a desk that does nothing when nobody lent it an operator', async () => {
    expect(page.desk()).toMatchObject({ isManned: false, serving: false });
    expect(await (await post('/sandbox/desk', { do: 'serve' })).json()).toEqual({ good: false });
  });
});

test('a number is taken away from the account by its own route', async () => {
  await stage.control.rent('GB', '442079460777');
  const lose = () =>
    fetch(`${stage.sandbox.url}/sandbox/numbers/442079460777`, { method: 'DELETE' }).then(
      ({ status }) => status,
    );
  expect([await lose(), await lose()]).toEqual([204, 404]);
});

describe('a text that tells a number', () => {
  test.each([
    ['after a character that JSON escapes', `\u0014${BEN}`],
    ['after half a character', `\ud834${BEN}`],
    ['as people write it at home', '07700 900456'],
    ['with two spaces', '+44  7700  900456'],
    ['with a zero in brackets', '+44 (0)7700 900456'],
    ['with slashes', '+44/7700/900456'],
    ['in digits of full width', '\uff10\uff17\uff17\uff10\uff10\uff19\uff10\uff10\uff14\uff15\uff16'],
  ])('tells nobody between the phones, %s', async (_how, text) => {
    const before = page.steps().length;
    expect((await does('anna', 'text', { to: `+${NUMBER}`, text })).status).toBe(204);
    await page.until(() => page.steps().length > before);
    const told = JSON.stringify(page.steps())
      .normalize('NFKC')
      .replace(/(?<=\d)[^\d"]{1,3}(?=\d)/g, '');
    expect(told).not.toMatch(/7700\(?0?\)?900456/);
    expect((await fetch(stage.sandbox.url)).status).toBe(200);
  });
});

test('who never reads is let go, and pages beyond the last thirty-two close the first', async () => {
  const pages = await Promise.all(Array.from({ length: 33 }, () => PageEvents.open(stage.sandbox.url)));
  await does('anna', 'withhold', { withheld: true });
  await pages.at(-1)?.until(() => pages.at(-1)?.phone('anna')?.withheld === true);
  await does('anna', 'withhold', { withheld: false });
  for (const one of pages) one.close();
});
