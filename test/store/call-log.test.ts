import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileCallLog } from '../../src/store/file-call-log.js';

let home: string;
let log: FileCallLog;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'voxproxy-log-'));
  log = new FileCallLog(home);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const DAY = Date.UTC(2026, 10, 22, 12);
const entry = (call: string, at = DAY) => ({ kind: 'declined' as const, call, at });
const line = (call: string, at = DAY) => `${JSON.stringify(entry(call, at))}\n`;
const fileOf = (day: string) => join(home, 'calls', `${day}.jsonl`);
const TODAY = '2026-11-22';

function write(text: string, day = TODAY) {
  mkdirSync(join(home, 'calls'), { recursive: true });
  appendFileSync(fileOf(day), text);
}

describe('reading on', () => {
  const reading = (since?: number) => {
    const reader = log.reader(since);
    return async () => {
      const found: string[] = [];
      for await (const some of reader.read())
        for (const one of some) found.push('call' in one ? one.call : one.text);
      return found;
    };
  };

  it('begins before there is a log, and finds each entry once', async () => {
    const read = reading();
    expect(await read()).toEqual([]);
    write(line('one'));
    expect(await read()).toEqual(['one']);
    expect(await read()).toEqual([]);
    write(line('two') + line('three'));
    expect(await read()).toEqual(['two', 'three']);
  });

  it('waits for the end of a line that is being written, amid a letter too', async () => {
    const read = reading();
    const bytes = Buffer.from(line('gr\u00fcn'));
    const half = bytes.indexOf(0xc3) + 1;
    write(line('one'));
    appendFileSync(fileOf(TODAY), bytes.subarray(0, half));
    expect(await read()).toEqual(['one']);
    expect(await read()).toEqual([]);
    appendFileSync(fileOf(TODAY), bytes.subarray(half));
    expect(await read()).toEqual(['gr\u00fcn']);
  });

  it('goes on in the next day, and in the one before', async () => {
    const read = reading();
    write(line('one'));
    expect(await read()).toEqual(['one']);
    write(line('two'), '2026-11-23');
    write(line('late'), '2026-11-21');
    expect(await read()).toEqual(['late', 'two']);
    write(line('later'), '2026-11-21');
    expect(await read()).toEqual(['later']);
  });

  it('bears a day that is forgotten, or begun anew', async () => {
    const read = reading();
    write(line('one') + line('two'));
    await read();
    rmSync(fileOf(TODAY));
    expect(await read()).toEqual([]);
    write(line('three'));
    expect(await read()).toEqual(['three']);
  });

  it('leaves out days that ended before', async () => {
    write(line('old', DAY - 86_400_000), '2026-11-21');
    write(line('new'));
    expect(await reading(DAY - 3_600_000)()).toEqual(['new']);
  });

  it('finds the entry behind one that a crash cut short', async () => {
    write(line('one').slice(0, 25) + line('two'));
    expect(await reading()()).toEqual(['two']);
  });

  it('finds everything in files of many pieces', async () => {
    const calls = Array.from({ length: 30_000 }, (_, i) => `call-${i}-${'x'.repeat(30)}`);
    write(calls.map((call) => line(call)).join(''));
    expect(await reading()()).toEqual(calls);
  });

  it('names the directory when it cannot be read', async () => {
    writeFileSync(join(home, 'calls'), '');
    await expect(reading()()).rejects.toMatchObject({ code: 'store' });
  });
});
