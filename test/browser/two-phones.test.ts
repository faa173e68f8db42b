import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Voxproxy } from '../journeys/processes.js';

/** Debian's; never one that playwright would download. */
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Pictures to look at; that of the README is one of them. */
const PICTURES = process.env.SCREENSHOTS ?? join(tmpdir(), 'voxproxy-screenshots');

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const VIEWPORT = { width: 1190, height: 720 };

const ANNA = '7700900123';
const BEN = '7700900456';
const STRANGER = '7700900789';

/** Long enough for a sentence that is said. */
const SOON = { timeout: 10_000 };

const home = mkdtempSync(join(tmpdir(), 'voxproxy-browser-'));
let demo: Voxproxy;
let browser: Browser;
let page: Page;
/** What the page complained of: nothing, also of its own security policy. */
const complaints: string[] = [];
/** Addresses outside of the sandbox that it asked for. */
const elsewhere: string[] = [];

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  demo = new Voxproxy(['demo', '--open', '--json'], { VOXPROXY_HOME: home, TMPDIR: home }, home);
  const { url } = await demo.firstLine();
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  page = await browser.newPage({ viewport: VIEWPORT });
  page.setDefaultTimeout(SOON.timeout);
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!/^data:/.test(request.url()) && new URL(request.url()).origin !== url) elsewhere.push(request.url());
  });
  await page.goto(url);
});

afterAll(async () => {
  await browser?.close();
  await demo?.end('SIGINT');
  rmSync(home, { recursive: true, force: true });
});

const phone = (name: 'anna' | 'ben' | 'stranger') => page.locator(`#${name}`);
const press = (name: 'anna' | 'ben' | 'stranger', button: string) =>
  phone(name).getByRole('button', { name: button, exact: true }).click();
const desk = (button: string) => page.locator('.desk').getByRole('button', { name: button, exact: true });
const steps = () => page.locator('.sequence li.step');

/** Digits of everything that stands in a part of the page: text, attributes, and what is typed into fields. */
async function digitsOf(part: Locator): Promise<string> {
  const html = await part.evaluate((element) => {
    const typed = [...element.querySelectorAll('input')].map(({ value }) => value);
    return [element.outerHTML, ...typed].join(' ');
  });
  return html.replace(/(?<=\d)[\s().-]+(?=\d)/g, '');
}

/** Neither phone, nor what stands between them, holds a real number but its owner's own. */
async function expectPrivacy(): Promise<void> {
  const [anna, ben, network] = await Promise.all([
    digitsOf(phone('anna')),
    digitsOf(phone('ben')),
    digitsOf(page.locator('.network')),
  ]);
  expect(anna).toContain(ANNA);
  expect(ben).toContain(BEN);
  for (const other of [BEN, STRANGER]) expect(anna).not.toContain(other);
  for (const other of [ANNA, STRANGER]) expect(ben).not.toContain(other);
  for (const real of [ANNA, BEN, STRANGER]) expect(network).not.toContain(real);
  for (const line of await page.locator('.proof li').allInnerTexts())
    expect(line).toContain('✔ nobody’s real number');
}

/** Nothing that axe knows stands in the way of a keyboard, a screen reader, or weak eyes. */
async function expectAccess(): Promise<void> {
  await page.evaluate(AXE);
  const violations = await page.evaluate<{ id: string; nodes: { html: string }[] }[]>(
    'axe.run().then((result) => result.violations)',
  );
  expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([]);
}

async function dialContact(name: 'anna' | 'ben'): Promise<string> {
  const contact = phone(name).locator('.chip');
  const number = (await contact.innerText()).trim();
  await contact.click();
  await press(name, `${name === 'anna' ? 'Anna' : 'Ben'}: call`);
  return number;
}

async function putAway(...names: ('anna' | 'ben' | 'stranger')[]): Promise<void> {
  for (const name of names) {
    const close = phone(name).getByRole('button', { name: 'Close', exact: true });
    if ((await phone(name).locator('.calling').count()) > 0) await close.click();
  }
}

/** Small enough for a README: another visitor's, who sees the same. */
async function pictureForReadme(): Promise<void> {
  const visitor = await browser.newPage({ viewport: { width: 1190, height: 690 }, deviceScaleFactor: 0.72 });
  await visitor.goto(page.url());
  await visitor
    .locator('#anna')
    .getByText(/^Connected/)
    .waitFor();
  await visitor.screenshot({ path: join(PICTURES, 'two-phones.png') });
  await visitor.close();
}

const picture = (name: string) => page.screenshot({ path: join(PICTURES, `${name}.png`) });

describe('two phones in the browser', { timeout: 60_000 }, () => {
  beforeEach(() => putAway('anna', 'ben'));

  it('know only the virtual numbers that they were texted', async () => {
    await expect.poll(() => phone('anna').locator('.chip').count()).toBe(1);
    expect(await phone('ben').locator('.chip').count()).toBe(1);
    await expectPrivacy();
  });

  it('call each other: dial, ring, answer, captions, hang up, call back', async () => {
    const dialled = await dialContact('anna');
    await phone('ben').getByText('Incoming call').waitFor();
    const shown = await phone('ben').locator('.calling > .number').innerText();
    expect(shown).not.toBe(dialled);
    expect(await phone('anna').locator('.captions').innerText()).toBe(
      'Please wait while we connect your call.',
    );
    expect(await phone('anna').locator('.stage').innerText()).toBe('Ringing…');
    await picture('ringing');
    await expectAccess();
    await expectPrivacy();

    await press('ben', 'Answer');
    await phone('anna')
      .getByText(/^Connected/)
      .waitFor();
    await phone('ben')
      .getByText(/^Connected/)
      .waitFor();
    await pictureForReadme();
    await expectAccess();
    await expectPrivacy();

    await press('ben', 'Hang up');
    await phone('anna').getByText('The call has ended').waitFor();
    expect(await phone('ben').locator('.stage').innerText()).toBe('You hung up');
    await expectPrivacy();

    await press('ben', 'Call back');
    await phone('anna').getByText('Incoming call').waitFor();
    expect(await phone('anna').locator('.calling > .number').innerText()).toBe(dialled);
    await expectPrivacy();
    await press('anna', 'Decline');
    await phone('ben').getByText('The person you called is not available right now.').waitFor();
    await phone('ben').getByText('The call has ended').waitFor();
    await expectPrivacy();
  });

  it('have between them what the network saw', async () => {
    const seen = await steps().allInnerTexts();
    const order = [
      'Anna to Vonage: dials',
      'Vonage to voxproxy: POST /proxy-call',
      'signature verified',
      'Route: connect, session',
      'The leg belongs to session',
      'voxproxy to Vonage: NCCO: talk, then connect',
      'Vonage to Ben: rings, and shows',
      'Ben to Vonage: answers',
      'The two are joined.',
      'Ben to Vonage: hangs up',
      'callee’s leg: completed',
      'caller’s leg: completed',
    ];
    const all = seen.join('\n').replace(/\s+/g, ' ');
    let at = 0;
    for (const one of order) {
      const found = all.indexOf(one, at);
      expect(found, one).toBeGreaterThanOrEqual(at);
      at = found;
    }
    await steps().getByText('NCCO: talk, then connect').first().click();
    const ncco = await page.locator('.sequence details[open] pre').first().innerText();
    expect(JSON.parse(ncco)[1]).toMatchObject({ action: 'connect', endpoint: [{ number: '+44•••••0456' }] });
    await expectPrivacy();
  });

  it('ring until the caller gives up', async () => {
    await dialContact('anna');
    await phone('ben').getByText('Incoming call').waitFor();
    await press('anna', 'Hang up');
    await phone('ben').getByText('Missed call').waitFor();
    await expectPrivacy();
  });

  it('are used with the keyboard alone', async () => {
    const number = (await phone('anna').locator('.chip').innerText()).trim();
    await phone('anna').getByRole('textbox', { name: 'Anna: number to dial' }).fill(number);
    await page.keyboard.press('Enter');
    const answer = phone('ben').getByRole('button', { name: 'Answer', exact: true });
    await answer.focus();
    await page.keyboard.press('Enter');
    const key = phone('anna').getByRole('button', { name: 'press 4' });
    await key.focus();
    await page.keyboard.press('7');
    await phone('anna').getByText('keys: 7').waitFor();
    const hangUp = phone('anna').getByRole('button', { name: 'Hang up', exact: true });
    await hangUp.focus();
    await page.keyboard.press('Space');
    await phone('ben').getByText('The call has ended').waitFor();
    await expectPrivacy();
  });

  it('text each other', async () => {
    await phone('anna')
      .getByRole('button', { name: /^Messages/ })
      .click();
    await phone('anna').getByRole('textbox', { name: 'Anna: message' }).fill('I wait at the corner.');
    await page.keyboard.press('Enter');
    await phone('ben')
      .getByRole('button', { name: /^Messages/ })
      .click();
    await phone('ben').getByText('I wait at the corner.').waitFor();
    await expectAccess();
    await expectPrivacy();
    await press('anna', 'Keypad');
    await press('ben', 'Keypad');
  });

  it('say aloud what is said, once that is switched on', async () => {
    await page.evaluate(
      'window.said = []; speechSynthesis.speak = ({ text, lang }) => said.push([text, lang])',
    );
    await page.getByText('Speak what is said').click();
    await dialContact('anna');
    await phone('ben').getByText('Incoming call').waitFor();
    expect(await page.evaluate('said')).toEqual([['Please wait while we connect your call.', 'en-GB']]);
    await page.getByText('Speak what is said').click();
    await press('ben', 'Decline');
    await phone('anna').getByText('The call has ended').waitFor();
    expect(await page.evaluate('said.length')).toBe(1);
  });

  it('show a stranger, and a caller who withholds the number, nothing but a refusal', async () => {
    await page.getByText('Stranger’s phone').click();
    const number = (await phone('anna').locator('.chip').innerText()).trim();
    await phone('stranger').getByRole('textbox', { name: 'A stranger: number to dial' }).fill(number);
    await page.keyboard.press('Enter');
    await phone('stranger').getByText('This number is not available.').waitFor();
    await phone('anna').getByText('Withhold my number').click();
    await dialContact('anna');
    await phone('anna').getByText('Please call again with your number shown.').waitFor();
    await phone('anna').getByText('The call has ended').waitFor();
    await putAway('anna', 'stranger');
    await phone('anna').getByText('Withhold my number').click();
    await expectPrivacy();
    await page.getByText('Stranger’s phone').click();
  });

  it('look as they should in the dark and on a phone-sized screen', async () => {
    await dialContact('ben');
    await phone('anna').getByText('Incoming call').waitFor();
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    await picture('dark');
    await expectAccess();
    await page.setViewportSize({ width: 390, height: 844 });
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(overflow).toBeLessThanOrEqual(0);
    expect(await page.locator('.jump').isVisible()).toBe(true);
    await picture('narrow');
    await expectAccess();
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).not.toBe(dark);
    await page.setViewportSize(VIEWPORT);
    await press('anna', 'Decline');
    await phone('ben').getByText('The call has ended').waitFor();
  });

  it('reach nobody any more once the session is closed', async () => {
    await desk('Close').click();
    await page.locator('.terminal').getByText('voxproxy sessions close').waitFor();
    await page.locator('.desk option', { hasText: '(closed)' }).waitFor({ state: 'attached' });
    await dialContact('anna');
    await phone('anna').getByText('This call can no longer be connected: the session has ended.').waitFor();
    await phone('anna').getByText('The call has ended').waitFor();
    await steps().getByText('Route: refused: ended').waitFor();
    expect(await phone('ben').locator('.calling').count()).toBe(0);
    await expectPrivacy();
    await page.locator('.desk').scrollIntoViewIfNeeded();
    await picture('desk');
  });

  it('come with the command of every button, to copy', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'copy the command of: Pair', exact: true }).click();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
      `voxproxy pair +44${ANNA} +44${BEN} --ttl 2h`,
    );
  });

  it('are asked to press a key first when the session is screened', async () => {
    await page.getByText('the callee presses 1 to take a call').click();
    await desk('Pair').click();
    await page.locator('.desk option', { hasText: '(open)' }).waitFor({ state: 'attached' });
    await putAway('anna');
    await dialContact('anna');
    await press('ben', 'Answer');
    await phone('ben').getByText('Press a key').waitFor();
    await expectPrivacy();
    await press('ben', 'press 1');
    await phone('anna')
      .getByText(/^Connected/)
      .waitFor();
    await press('anna', 'Hang up');
    await phone('ben').getByText('The call has ended').waitFor();
  });

  it('take other real numbers, and know nothing of what the old ones were told', async () => {
    await press('anna', 'change');
    await phone('anna').getByRole('textbox', { name: 'Anna: new real number' }).fill('+44 7700 900 111');
    await page.keyboard.press('Enter');
    await phone('anna').getByText('+44 7700 900111').waitFor();
    expect(await phone('anna').locator('.chip').count()).toBe(0);
    expect(await digitsOf(phone('ben'))).not.toContain('7700900111');
    expect(await desk('Pair').locator('xpath=..').innerText()).toContain('+447700900111');
  });

  it('complain of nothing, and load nothing from elsewhere', () => {
    expect(complaints).toEqual([]);
    expect(elsewhere).toEqual([]);
  });
});
