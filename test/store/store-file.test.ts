import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { liveLegsOf } from '../../src/domain/allocation.js';
import type { PersonId, Session } from '../../src/domain/session.js';
import { FieldCipher } from '../../src/store/field-cipher.js';
import { JsonStore } from '../../src/store/json-store.js';
import { Lines } from '../../src/store/lines.js';
import { readStoreFile } from '../../src/store/store-file.js';
import { ANNA, BEN, CLEO, counter, DAY, DORA, poolOf, request, START } from '../contract/fixtures.js';
import { isToBeForgotten } from '../contract/history.js';

const PEOPLE = [ANNA, BEN, CLEO, DORA];
const KEY = Buffer.alloc(32, 7);

let home: string;
let path: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'voxproxy-file-'));
  path = join(home, 'store.json');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const text = () => readFileSync(path, 'utf8');

async function filled(store: JsonStore, newId = counter()): Promise<void> {
  for (const number of poolOf(4)) await store.putNumber(number, START);
  await store.open([request(ANNA, BEN), request(CLEO, DORA), request(ANNA, CLEO)], START, newId);
}

describe.each([
  ['plain', null],
  ['encrypted', KEY],
] as const)('the file of a store, %s', (_how, key) => {
  const open = () => new JsonStore(path, () => {}, key && new FieldCipher(key));

  it('is one JSON document with a session on each line', async () => {
    await filled(open());
    expect(JSON.parse(text()).sessions).toHaveLength(3);
    expect(text().split('\n')).toHaveLength(5);
  });

  it('keeps the lines of the sessions that a change does not touch, byte for byte', async () => {
    await filled(open());
    const before = text().split('\n');
    await open().close('s2', START + 1);
    await open().open([request(BEN, DORA)], START + 1, () => 's4');
    const after = text().split('\n');
    expect([after[1], after[3]]).toEqual([before[1], before[3]]);
    expect(after[2]).not.toBe(before[2]);
    expect(after).toHaveLength(before.length + 1);
  });

  it('is followed, whatever others change, as a new reader reads it', async () => {
    const change = fc.record({
      what: fc.constantFrom('open', 'close', 'extend', 'erase', 'forget', 'rewrite', 'block'),
      who: fc.constantFrom(...PEOPLE),
      other: fc.constantFrom(...PEOPLE),
      days: fc.integer({ min: 0, max: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 12 }), async (changes) => {
        rmSync(path, { force: true });
        const newId = counter();
        await filled(open(), newId);
        const following = open();
        let now = START;
        for (const { what, who, other, days } of changes) {
          now += days * DAY;
          const store = open();
          const sessions = await store.sessions();
          const id = sessions[days % sessions.length]?.id ?? '';
          if (what === 'open' && who !== other) await store.open([request(who, other)], now, newId);
          if (what === 'close') await store.close(id, now);
          if (what === 'extend') await store.extend(id, 3600, now);
          if (what === 'erase') await store.erase(who, now);
          if (what === 'forget') await store.forgetEnded(now);
          if (what === 'block') await store.mark(who, 'blocked', days % 2 === 0);
          if (what === 'rewrite' && key === null) writeFileSync(path, JSON.stringify(JSON.parse(text())));
          expect(await following.sessions()).toEqual(await open().sessions());
          for (const caller of PEOPLE)
            for (const { number } of poolOf(4))
              expect(await following.locate(caller, number)).toEqual(await open().locate(caller, number));
          const all = await open().sessions();
          for (const session of all) expect(await following.session(session.id)).toEqual(session);
          // What commands look for without reading it all, they find as in all of it.
          const file = readStoreFile(readFileSync(path), key && new FieldCipher(key), null);
          const list = file?.state.sessions;
          if (list === undefined) continue;
          const counted = [...list.outlines.liveLegs(now)].filter(([, count]) => count > 0);
          expect(new Map(counted)).toEqual(liveLegsOf(all, now));
          expect(list.outlines.toBeForgotten(now)).toEqual(
            [...all.keys()].filter((at) => isToBeForgotten(all[at] as Session, now)),
          );
          const person = all[0]?.a.person as PersonId;
          expect(list.placesOf([person]).map((at) => list.at(at))).toEqual(
            all.filter(({ a, b }) => a.person === person || b.person === person),
          );
        }
      }),
      { numRuns: 20 },
    );
  }, 60_000);
});

describe('a plain file that somebody wrote by hand', () => {
  it('is read, and in its own form again after the next change', async () => {
    const store = new JsonStore(path, () => {});
    await filled(store);
    const state = JSON.parse(text());
    state.sessions[1].name = 'by hand';
    writeFileSync(path, JSON.stringify(state, null, 2));
    expect((await store.sessions())[1]).toMatchObject({ id: 's2', name: 'by hand', direction: 'both' });
    await store.close('s1', START + 1);
    expect(text().split('\n')).toHaveLength(5);
    expect((await new JsonStore(path, () => {}).sessions())[1]?.name).toBe('by hand');
  });

  it('rings nobody whose number took the place of another', async () => {
    await filled(new JsonStore(path, () => {}));
    writeFileSync(path, text().replace(`"realNumber":"${ANNA}"`, `"realNumber":"${DORA}"`));
    await expect(new JsonStore(path, () => {}).sessions()).rejects.toThrow(
      /session s1 has another person's real number/,
    );
  });

  it('is checked in each of its records, whatever digest it bears', async () => {
    await filled(new JsonStore(path, () => {}));
    writeFileSync(path, text().replace('"quarantine":604800', '"quarantine":"7 days"'));
    await expect(new JsonStore(path, () => {}).sessions()).rejects.toThrow(/session 1 of 3 is malformed/);
  });
});

describe('an encrypted file from which somebody without the key', () => {
  const lines = () => text().split('\n');
  const refused = async (changed: string[]) => {
    writeFileSync(path, changed.join('\n').replace('[\n,{', '[\n{'));
    const open = () => new JsonStore(path, () => {}, new FieldCipher(KEY));
    await expect(open().sessions()).rejects.toThrow(/was changed without its key/);
    await expect(open().close('s1', START)).rejects.toThrow(/was changed without its key/);
  };
  beforeEach(() => filled(new JsonStore(path, () => {}, new FieldCipher(KEY))));

  it('took a session is refused', () => refused(lines().toSpliced(3, 1)));
  it('put its lines into a file of the version before, which had no digest, is refused', async () => {
    const cipher = new FieldCipher(KEY);
    const { sessions } = JSON.parse(text());
    const store = new JsonStore(path, () => {}, cipher);
    const numbers = await store.numbers();
    const marked = { blocked: [], textsStopped: [] };
    const lookupKey = cipher.seal(
      Buffer.alloc(32).toString('base64'),
      'lookupKey',
      JSON.stringify([2, numbers, marked]),
    );
    const usual = { name: null, ttl: null, maxDuration: null, hardExpiry: false, direction: 'both' };
    const unsaid = { screen: null, detectMachines: null, maskNumbers: null };
    const remarks = { label: null, language: null, notifiedAt: null };
    const whole = sessions.map((one: { a: object; b: object }) => ({
      ...{ ...usual, ...unsaid, ...one, a: { ...remarks, ...one.a }, b: { ...remarks, ...one.b } },
    }));
    writeFileSync(
      path,
      JSON.stringify({ version: 2, numbers, marked, lookupKey, encrypted: true, sessions: whole }),
    );
    await expect(store.sessions()).rejects.toThrow(/session s1 was tampered with/);
  });
  it('took its digest is refused', () => refused([...lines().slice(0, -1), ']}']));
  it('took the newest session and kept all before is refused', async () => {
    const before = text();
    await new JsonStore(path, () => {}, new FieldCipher(KEY)).close('s3', START + 1);
    const tail = lines().at(-1) as string;
    await refused([...before.split('\n').slice(0, -1), tail]);
  });
});

describe('the lines that two files share', () => {
  const line = fc.constantFrom('a\n', 'b\n', 'aa\n', 'ba\n', '\n', `${'long'.repeat(20_000)}\n`);
  const file = fc.array(line, { maxLength: 9 });
  const linesOf = (all: string[]) => {
    const bounds = new Float64Array(all.length + 1);
    for (const [at, one] of all.entries()) bounds[at + 1] = (bounds[at] as number) + one.length;
    return new Lines(Buffer.from(all.join('')), bounds);
  };

  it('are the same at both ends, never counted twice, and all of them when nothing changed', () => {
    fc.assert(
      fc.property(file, file, file, file, (start, was, is, end) => {
        const [one, other] = [
          [...start, ...was, ...end],
          [...start, ...is, ...end],
        ];
        const before = linesOf(one);
        const after = linesOf(other);
        const { first, last } = after.sharedWith(before);
        expect(first + last).toBeLessThanOrEqual(Math.min(one.length, other.length));
        expect(other.slice(0, first)).toEqual(one.slice(0, first));
        expect(other.slice(other.length - last)).toEqual(one.slice(one.length - last));
        expect(first).toBeGreaterThanOrEqual(Math.min(start.length, one.length, other.length));
        expect(after.count).toBe(other.length);
        for (let at = 0; at < other.length; at++) expect(after.slice(at, at + 1).toString()).toBe(other[at]);
        if (one.join('') === other.join('')) expect(first + last).toBe(one.length);
      }),
    );
  });
});
