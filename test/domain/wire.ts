import { expect } from 'vitest';

type Fields = Record<string, unknown>;

/** The fields that each action that we send has to have, and may have, by the documentation. */
const FIELDS: Record<string, { must: string[]; may: string[] }> = {
  talk: { must: ['text'], may: ['language', 'style', 'loop'] },
  stream: { must: ['streamUrl'], may: ['loop'] },
  input: { must: ['type', 'dtmf', 'eventUrl'], may: ['eventMethod'] },
  connect: {
    must: ['endpoint', 'from'],
    may: ['timeout', 'limit', 'machineDetection', 'eventType', 'eventUrl', 'eventMethod'],
  },
};

/** Fails unless Vonage would carry these instructions out, told from its documentation alone. */
export function expectFitForWire(ncco: unknown): void {
  // What is undefined or not finite would be lost or change on its way.
  expect(JSON.parse(JSON.stringify(ncco))).toEqual(ncco);
  expect(Array.isArray(ncco) && ncco.length > 0).toBe(true);
  const actions = ncco as Fields[];
  for (const [i, action] of actions.entries()) {
    const { must, may } = FIELDS[String(action.action)] ?? { must: ['no such action'], may: [] };
    const { action: kind, ...fields } = action;
    expect(Object.keys(fields)).toEqual(expect.arrayContaining(must));
    expect([...must, ...may]).toEqual(expect.arrayContaining(Object.keys(fields)));
    if (kind === 'talk') expectSpeech(fields);
    if (kind === 'stream') expectAddresses(fields.streamUrl);
    if (kind === 'input') expectInput(fields);
    if (kind === 'connect') expectConnect(fields);
    if ('eventUrl' in fields) expectAddresses(fields.eventUrl);
    if ('eventMethod' in fields) expect(['GET', 'POST']).toContain(fields.eventMethod);
    if ('loop' in fields) expectWhole(fields.loop, 0, Number.MAX_SAFE_INTEGER);
    // Nothing is ever reached after what has no end.
    if (fields.loop === 0) expect(i).toBe(actions.length - 1);
  }
}

function expectSpeech({ text, language, style }: Fields): void {
  const said = String(text);
  expect(typeof text).toBe('string');
  const isMarkup = said.startsWith('<speak');
  const words = isMarkup ? said.replace(/<[^>]*>/g, '') : said;
  if (isMarkup) expect(said).toMatch(/^<speak[^<>]*>.*<\/speak\s*>$/s);
  expect(words).not.toMatch(/[<>]/);
  expect(words.trim()).not.toBe('');
  expect(words.length).toBeLessThanOrEqual(1500);
  if (language !== undefined) expect(language).toMatch(/^[a-z]{2}-[A-Z]{2}$/);
  if (style !== undefined) expectWhole(style, 0, Number.MAX_SAFE_INTEGER);
}

function expectInput({ type, dtmf }: Fields): void {
  expect(type).toEqual(['dtmf']);
  const { maxDigits, timeOut, ...others } = dtmf as Fields;
  expectWhole(maxDigits, 1, 20);
  expectWhole(timeOut, 0, 10);
  expect(others).toEqual({});
}

function expectConnect({ endpoint, from, timeout, limit, machineDetection, eventType }: Fields): void {
  expect(from).toMatch(/^\d{7,15}$/);
  expectWhole(timeout, 3, 7200);
  if (limit !== undefined) expectWhole(limit, 1, 7200);
  if (machineDetection !== undefined) expect(['continue', 'hangup']).toContain(machineDetection);
  expect(eventType).toBe('synchronous');
  expect(endpoint).toHaveLength(1);
  const [{ type, number, onAnswer, ...others }] = endpoint as [Fields];
  expect(type).toBe('phone');
  expect(number).toMatch(/^\d{7,15}$/);
  expect(others).toEqual({});
  if (onAnswer === undefined) return;
  const { url, ...beside } = onAnswer as Fields;
  expectAddresses([url]);
  expect(beside).toEqual({});
}

function expectAddresses(urls: unknown): void {
  expect(urls).toHaveLength(1);
  const [url] = urls as [string];
  expect(new URL(url).protocol).toMatch(/^https?:$/);
  expect(url).not.toMatch(/\s/);
}

function expectWhole(value: unknown, least: number, most: number): void {
  expect(Number.isInteger(value)).toBe(true);
  expect(value).toBeGreaterThanOrEqual(least);
  expect(value).toBeLessThanOrEqual(most);
}
