import { stripVTControlCharacters } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answerFields, fetched, type House, openHouse, type Paired, webhook } from './house.js';

/** What a terminal shows of what was written to it: its lines, wrapped at its width. */
class Terminal {
  #rows: string[] = [''];
  #row = 0;
  #column = 0;

  constructor(readonly columns: number) {}

  write(text: string): void {
    for (const [, sequence, amount = '1', command, character] of text.matchAll(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what terminals are about
      /(\x1b\[(\d*)([A-Za-z]))|([^\x1b])/gu,
    )) {
      if (sequence === undefined) this.#put(character ?? '');
      else if (command === 'A') this.#row = Math.max(0, this.#row - Number(amount || 1));
      else if (command === 'J') this.#eraseBelow();
      else if (command !== 'm') throw new Error(`an escape that nobody expects: ${JSON.stringify(sequence)}`);
    }
  }

  /** As much as is written, without empty lines at the end. */
  shown(): string[] {
    const rows = this.#rows.map((row) => row.trimEnd());
    while (rows.at(-1) === '') rows.pop();
    return rows;
  }

  #put(character: string): void {
    if (character === '\r') this.#column = 0;
    else if (character === '\n') this.#newLine();
    else {
      if (this.#column === this.columns) this.#newLine();
      const row = (this.#rows[this.#row] ?? '').padEnd(this.#column);
      this.#rows[this.#row] = row.slice(0, this.#column) + character + row.slice(this.#column + 1);
      this.#column++;
    }
  }

  #newLine(): void {
    this.#column = 0;
    this.#row++;
    this.#rows[this.#row] ??= '';
  }

  #eraseBelow(): void {
    this.#rows[this.#row] = (this.#rows[this.#row] ?? '').slice(0, this.#column);
    this.#rows.length = this.#row + 1;
  }
}

let house: House;
let session: Paired;
let ending: AbortController;

beforeAll(async () => {
  house = await openHouse();
  session = await house.pair(house.person(), house.person(), '--name', 'taxi');
});
afterAll(() => house?.close());
beforeEach(() => {
  ending = new AbortController();
});
afterEach(() => ending.abort());

const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 10_000 });
const ESCAPE = '\x1b';

/** Serves where somebody sits at a terminal. */
async function watch({ columns = 100, env = {} as Record<string, string>, argv = [] as string[] } = {}) {
  const terminal = new Terminal(columns);
  const shown = { stdout: '', stderr: '' };
  const ended = house.operator.run(['serve', '--port', '0', ...argv], {
    env: { TERM: 'xterm-256color', ...env },
    signal: ending.signal,
    terminal: { columns },
    onOutput: (text) => {
      shown.stdout += text;
    },
    onError: (text) => {
      shown.stderr += text;
      terminal.write(text);
    },
  });
  await eventually(() => shown.stdout).toContain('\n');
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(shown.stdout)?.[0] ?? '';
  return {
    url,
    shown,
    lines: () => terminal.shown(),
    /** The lines that stay, without their times. */
    told: () =>
      terminal
        .shown()
        .flatMap((line) => /^\d\d:\d\d:\d\d (.*)$/.exec(stripVTControlCharacters(line))?.[1]?.trim() ?? []),
    status: () => terminal.shown().at(-1) ?? '',
    end: async () => {
      ending.abort();
      return ended;
    },
  };
}

const place = (from: string, to: string, others: object = {}) => house.control.call({ from, to, ...others });
const anna = () => [session.a.realNumber, session.b.virtualNumber] as const;
const ben = () => [session.b.realNumber, session.a.virtualNumber] as const;

describe('serve on a terminal', { timeout: 20_000 }, () => {
  it('counts in one line where it is and what came, and takes that line away at the end', async () => {
    const view = await watch({ columns: 90 });
    await eventually(view.status).toBe(`0 calls put through · 0 refused · 0 texts · ${view.url}`);
    await place(...anna());
    await place(house.person(), session.b.virtualNumber);
    await house.text(session.a.realNumber, session.b.virtualNumber, 'Hello');
    await fetched(`${view.url}/proxy-call`);
    await eventually(view.status).toBe(
      '1 call put through, 1 answered · 1 refused · 1 text · 1 webhook refused',
    );
    const { code, stderr } = await view.end();
    expect(code).toBe(0);
    expect(view.lines().join('\n')).not.toContain('put through,');
    expect(view.told().at(-1)).toBe('the webhooks of the application are as they were before');
    expect(stderr).not.toMatch(/Hello/);
  });

  it('tells of each call when it comes and when it is over, by its session’s name', async () => {
    const view = await watch();
    await place(...anna());
    await place(...anna(), { outcome: 'busy' });
    await place(...ben(), { outcome: 'unanswered' });
    await eventually(view.told).toEqual([
      'call  taxi  a → b  put through',
      expect.stringMatching(/^call {2}taxi {2}a → b {2}ended after \d+ (second|minute)s/),
      'call  taxi  a → b  put through',
      'call  taxi  a → b  not taken: busy',
      'call  taxi  b → a  put through',
      'call  taxi  b → a  not taken: unanswered',
    ]);
    await view.end();
  });

  it('does not count as answered what somebody who was asked first did not take', async () => {
    const view = await watch();
    const { a, b } = await house.pair(house.person(), house.person(), '--screen');
    await place(a.realNumber, b.virtualNumber, { calleeKeys: '' });
    await eventually(() => view.told().at(-1)).toMatch(/not taken: rejected$/);
    expect(view.status()).toMatch(/^1 call put through, 0 answered · /);
    await place(a.realNumber, b.virtualNumber, { calleeKeys: '1' });
    await eventually(view.status).toMatch(/^2 calls put through, 1 answered · /);
  });

  it('tells why calls are refused, and of rehearsals without counting them', async () => {
    const view = await watch();
    await place(house.person(), session.b.virtualNumber);
    await webhook(
      `${view.url}/proxy-call`,
      house.signing,
      answerFields('anonymous', session.b.virtualNumber),
    );
    await house.operator.run(['call', ...anna()]);
    await eventually(view.told).toEqual([
      'call  refused: a stranger',
      'call  refused: the caller shows no number',
      'rehearsal  taxi  a → b  put through',
    ]);
    expect(view.status()).toContain('0 calls put through · 2 refused');
    await view.end();
  });

  it('tells of texts, and never what they say', async () => {
    const view = await watch();
    await house.text(session.a.realNumber, session.b.virtualNumber, 'see you at five');
    await house.text(session.b.realNumber, session.a.virtualNumber, 'HELP');
    await house.text(house.person(), session.b.virtualNumber, 'who is there');
    await eventually(view.told).toEqual([
      'text  taxi  a → b  passed on',
      'text  taxi  b → a  HELP: was told',
      'text  a stranger: not passed on',
    ]);
    await view.end();
    expect(view.shown.stderr).not.toMatch(/five|there/);
  });

  it('says how many calls go on, whatever order their ends are told in', async () => {
    const view = await watch();
    const fields = answerFields(...anna());
    await webhook(`${view.url}/proxy-call`, house.signing, fields);
    await eventually(view.status).toContain('1 call put through, 0 answered · 1 going on');
    const { conversation_uuid, uuid } = fields;
    const event = (direction: string, status: string, others: object = {}) =>
      webhook(`${view.url}/event`, house.signing, {
        uuid: direction === 'inbound' ? uuid : `${uuid}-b`,
        conversation_uuid,
        direction,
        status,
        ...others,
      });
    await event('outbound', 'answered');
    await eventually(view.status).toContain('1 answered · 1 going on');
    await event('inbound', 'completed', { duration: '65' });
    await event('outbound', 'completed', { duration: '61' });
    await event('outbound', 'completed', { duration: '61' });
    await eventually(view.told).toEqual([expect.stringContaining('put through'), expect.any(String)]);
    expect(view.told()[1]).toBe('call  taxi  a → b  ended after 1 minute 1 s');
    expect(view.status()).not.toContain('going on');
    await view.end();
  });

  it('stays calm when somebody knocks again and again', async () => {
    const view = await watch();
    for (let time = 0; time < 60; time++) await fetched(`${view.url}/proxy-call`);
    await eventually(view.status).toMatch(/ · [2-6]\d webhooks refused/);
    expect(view.told()).toEqual([expect.stringContaining('⚠ webhook refused · cause no token')]);
    await view.end();
  });

  it.each([20, 40, 60, 79])('keeps its count to one line of %d columns', async (columns) => {
    const view = await watch({ columns });
    await place(...anna());
    await house.text(session.a.realNumber, session.b.virtualNumber, 'Hello');
    const counts = () => view.lines().filter((line) => /calls? put/.test(line));
    await eventually(() => view.lines().join('')).toContain('passed on');
    expect(counts().length).toBeLessThanOrEqual(1);
    for (const line of counts()) expect(line.length).toBeLessThan(columns);
    await view.end();
    expect(counts()).toEqual([]);
  });

  it('has no colours with NO_COLOR or --no-color, and a count all the same', async () => {
    for (const way of [{ env: { NO_COLOR: '1' } }, { argv: ['--no-color'] }]) {
      const view = await watch(way);
      await eventually(view.status).toContain('0 calls put through');
      await fetched(`${view.url}/proxy-call`);
      await eventually(view.told).toHaveLength(1);
      ending.abort();
      await view.end();
      expect(view.shown.stderr).not.toMatch(new RegExp(`${ESCAPE}\\[\\d*m`));
      ending = new AbortController();
    }
  });

  it.each([{ TERM: 'dumb' }, { CI: 'true' }])('draws nothing anew with %o', async (env) => {
    const view = await watch({ env });
    await place(...anna());
    await eventually(() => view.shown.stderr).toContain('call · session');
    await view.end();
    for (const drawn of [ESCAPE, '\r', 'put through']) expect(view.shown.stderr).not.toContain(drawn);
  });

  it('shows nothing that a terminal would obey', async () => {
    const view = await watch();
    const evil = '\x1b[2J\x1b]0;owned\x07\r\u202egnp';
    await webhook(`${view.url}/proxy-call`, house.signing, answerFields(...anna(), { uuid: evil }));
    await webhook(`${view.url}/event`, house.signing, {
      uuid: evil,
      conversation_uuid: evil,
      status: evil,
      direction: 'inbound',
    });
    await eventually(view.told).toHaveLength(1);
    await view.end();
    for (const evilPart of ['owned', '\u202e', '\x07']) expect(view.shown.stderr).not.toContain(evilPart);
  });

  it('writes a log of JSON with --json, and no line of another kind', async () => {
    const view = await watch({ argv: ['--json'] });
    await place(...anna());
    await view.end();
    for (const line of view.shown.stderr.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg');
  });
});
