import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_POLICY, route } from '../../src/domain/routing.js';
import { FieldCipher } from '../../src/store/field-cipher.js';
import { JsonStore } from '../../src/store/json-store.js';
import { ANNA, BEN, CLEO, counter, DORA, HOUR, request, START, virtualNumber } from '../contract/fixtures.js';

const KEY = Buffer.alloc(32, 7);
const LOOKUP_KEY = 'kcnKC0Z1mZ3Yt6kq2m2r6m2r3V9oX4bq9m2r6m2r3V8=';
const personOf = (number: string) =>
  createHmac('sha256', Buffer.from(LOOKUP_KEY, 'base64')).update(number).digest('base64url');

/** A store as the first version wrote it: Anna and Ben speak German, Cleo and Dora nothing that was given. */
const FIRST = {
  version: 1,
  numbers: [
    {
      number: '+442079460001',
      country: 'GB',
      type: 'landline',
      features: ['VOICE', 'SMS'],
      state: 'linked',
      order: null,
    },
    {
      number: '+442079460002',
      country: 'GB',
      type: 'landline',
      features: ['VOICE', 'SMS'],
      state: 'linked',
      order: null,
    },
  ],
  sessions: [
    {
      id: 'brave-otter',
      name: 'trip',
      createdAt: START,
      expiresAt: START + 2 * HOUR,
      closedAt: null,
      ttl: 7200,
      quarantine: 604_800,
      language: 'de-DE',
      maxDuration: 600,
      hardExpiry: true,
      a: {
        person: personOf(ANNA),
        realNumber: ANNA,
        country: 'GB',
        virtualNumber: '+442079460002',
        label: 'Anna',
        notifiedAt: START + 1000,
      },
      b: {
        person: personOf(BEN),
        realNumber: BEN,
        country: 'GB',
        virtualNumber: '+442079460001',
        label: null,
        notifiedAt: null,
      },
    },
    {
      id: 'calm-heron',
      name: null,
      createdAt: START,
      expiresAt: null,
      closedAt: START + HOUR,
      ttl: null,
      quarantine: 604_800,
      language: null,
      maxDuration: null,
      hardExpiry: false,
      a: {
        person: personOf(CLEO),
        realNumber: CLEO,
        country: 'GB',
        virtualNumber: '+442079460002',
        label: null,
        notifiedAt: null,
      },
      b: {
        person: personOf(DORA),
        realNumber: null,
        country: 'GB',
        virtualNumber: '+442079460001',
        label: null,
        notifiedAt: null,
      },
    },
  ],
};

/** The fields of each session that a sealed number was bound to. */
function recordOf({ a, b, ...session }: Written['sessions'][number]): string {
  const bare = [a, b].map(({ realNumber, ...rest }) => ({ ...rest, erased: realNumber === null }));
  return JSON.stringify(
    [session, ...bare].map((fields) =>
      Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1)),
    ),
  );
}

const NEW_TERMS = { direction: 'both', screen: null, detectMachines: null, maskNumbers: null };
const UPGRADED = FIRST.sessions.map(({ language, ...session }) => ({
  ...session,
  ...NEW_TERMS,
  a: { ...session.a, language },
  b: { ...session.b, language },
}));

/** The same store as the second version wrote it. */
const SECOND = { ...FIRST, version: 2, sessions: UPGRADED, marked: { blocked: [], textsStopped: [] } };

type Written = typeof FIRST | typeof SECOND;

function sealed(store: Written): object {
  const cipher = new FieldCipher(KEY);
  const sealedSide = (session: Written['sessions'][number], side: 'a' | 'b') => {
    const { realNumber } = session[side];
    return {
      ...session[side],
      realNumber:
        realNumber === null ? null : cipher.seal(realNumber, `${session.id}/${side}`, recordOf(session)),
    };
  };
  const frame = 'marked' in store ? JSON.stringify([store.version, store.numbers, store.marked]) : '';
  return {
    ...store,
    encrypted: true,
    lookupKey: cipher.seal(LOOKUP_KEY, 'lookupKey', frame),
    sessions: store.sessions.map((one) => ({ ...one, a: sealedSide(one, 'a'), b: sealedSide(one, 'b') })),
  };
}

let home: string;
let path: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'voxproxy-upgrade-'));
  path = join(home, 'store.json');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

// biome-ignore lint/suspicious/noExplicitAny: what the file holds is what is tested
const content = (): any => JSON.parse(readFileSync(path, 'utf8'));

const plain = (store: Written) => ({ ...store, encrypted: false, lookupKey: LOOKUP_KEY });

describe.each([
  ['first version, in plain text', () => plain(FIRST), null],
  ['first version, sealed', () => sealed(FIRST), KEY],
  ['second version, in plain text', () => plain(SECOND), null],
  ['second version, sealed', () => sealed(SECOND), KEY],
] as const)('a store of the %s', (_how, file, key) => {
  const open = () => new JsonStore(path, () => {}, key && new FieldCipher(key));
  beforeEach(() => writeFileSync(path, JSON.stringify(file())));

  it('is read whole: both hear the language of the session, and the rest is up to the settings', async () => {
    expect(await open().sessions()).toEqual(UPGRADED);
    expect(await open().numbers()).toEqual(FIRST.numbers);
  });

  it('is not written by reading', async () => {
    const before = readFileSync(path, 'utf8');
    const store = open();
    await store.sessions();
    await store.locate(ANNA, virtualNumber(1));
    await store.preview([request(ANNA, BEN)], START);
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  it('connects its people as before, in their language, and nobody in it is blocked', async () => {
    const store = open();
    const located = await store.locate(BEN, virtualNumber(2));
    expect(route(located, START + HOUR, DEFAULT_POLICY)).toMatchObject({
      kind: 'connect',
      sessionId: 'brave-otter',
      callee: ANNA,
      caller: { language: 'de-DE' },
      limit: 600,
      screen: false,
    });
    expect(await store.marksOf(ANNA)).toEqual({ blocked: false, textsStopped: false });
  });

  it('is of the third version from the next change on, and readable by others', async () => {
    const store = open();
    await store.mark(CLEO, 'blocked', true);
    const { version, sessions, marked, encrypted } = content();
    expect([version, encrypted]).toEqual([3, key !== null]);
    expect(marked).toEqual({ blocked: [personOf(CLEO)], textsStopped: [] });
    for (const session of sessions) {
      expect(session).not.toHaveProperty('language');
      // What is usual is not written.
      for (const term of Object.keys(NEW_TERMS)) expect(session).not.toHaveProperty(term);
    }
    expect(
      sessions.map(({ a, b }: Record<string, { language: string }>) => [a?.language, b?.language]),
    ).toEqual([
      ['de-DE', 'de-DE'],
      [undefined, undefined],
    ]);
    expect(await open().sessions()).toEqual(UPGRADED);
    expect(await open().marksOf(CLEO)).toEqual({ blocked: true, textsStopped: false });
    expect(await store.sessions()).toEqual(UPGRADED);
    if (key !== null)
      for (const real of [ANNA, BEN, CLEO]) expect(readFileSync(path, 'utf8')).not.toContain(real);
  });

  it('gives the same two their session again', async () => {
    const [again, other] = await open().open(
      [request(BEN, ANNA), request(CLEO, BEN, { given: { direction: 'a-to-b' } })],
      START + HOUR,
      counter(),
    );
    expect(again).toMatchObject({ kind: 'existing', session: { id: 'brave-otter' } });
    expect(other).toMatchObject({ kind: 'created', session: { direction: 'a-to-b' } });
  });

  it('is refused when it is damaged, as damaged', async () => {
    const state = content();
    delete state.sessions[0].hardExpiry;
    if (key === null) {
      writeFileSync(path, JSON.stringify(state));
      await expect(open().sessions()).rejects.toThrow(/session 1 of 2 is malformed/);
      writeFileSync(path, JSON.stringify({ ...file(), sessions: [null] }));
      await expect(open().sessions()).rejects.toThrow(/session 1 of 1 is malformed/);
    } else {
      writeFileSync(path, JSON.stringify(state));
      await expect(open().sessions()).rejects.toThrow(/session brave-otter was tampered with/);
    }
  });

  it('cannot be told to be of another version, or of one to come', async () => {
    for (const [version, message] of [
      [0, /version is unknown/],
      [1.5, /version is unknown/],
      [4, /newer voxproxy/],
    ] as const) {
      writeFileSync(path, JSON.stringify({ ...file(), version }));
      await expect(open().sessions()).rejects.toThrow(message);
    }
    if (content().version > 1) return;
    writeFileSync(path, JSON.stringify({ ...file(), version: 2 }));
    await expect(open().sessions()).rejects.toThrow(key === null ? /damaged/ : /was changed without it/);
  });
});

describe('a store of today that is said to be of the first version', () => {
  const demote = () => writeFileSync(path, JSON.stringify({ ...content(), version: 1 }));

  it('is refused when it is sealed', async () => {
    writeFileSync(path, JSON.stringify(sealed(FIRST)));
    const open = () => new JsonStore(path, () => {}, new FieldCipher(KEY));
    await open().mark(DORA, 'blocked', true);
    demote();
    await expect(open().sessions()).rejects.toThrow(/was changed without it/);
  });

  it('is refused in plain text as well: what is usual was always written then', async () => {
    writeFileSync(path, JSON.stringify(plain(FIRST)));
    const open = () => new JsonStore(path, () => {});
    await open().mark(DORA, 'blocked', true);
    demote();
    await expect(open().sessions()).rejects.toThrow(/session 1 of 2 is malformed/);
  });
});

it('who is blocked, and which numbers there are, is not changed without the key', async () => {
  writeFileSync(path, JSON.stringify(sealed(FIRST)));
  const open = () => new JsonStore(path, () => {}, new FieldCipher(KEY));
  await open().mark(DORA, 'blocked', true);
  const text = readFileSync(path, 'utf8');
  const state = content();
  for (const change of [
    { marked: { blocked: [], textsStopped: [] } },
    { marked: { ...state.marked, textsStopped: [personOf(ANNA)] } },
    { numbers: state.numbers.slice(1) },
  ]) {
    writeFileSync(path, JSON.stringify({ ...state, ...change }));
    await expect(open().marksOf(DORA)).rejects.toThrow(/was changed without it/);
  }
  writeFileSync(path, text);
  expect(await open().marksOf(DORA)).toMatchObject({ blocked: true });
});

it('a plain store of the first version is sealed, re-keyed and opened again as one of today', async () => {
  writeFileSync(path, JSON.stringify(plain(FIRST)));
  const store = new JsonStore(path, () => {});
  const before = await store.sessions();
  await store.mark(BEN, 'textsStopped', true);
  for (const cipher of [new FieldCipher(KEY), new FieldCipher(Buffer.alloc(32, 8)), null]) {
    await store.recrypt(cipher);
    const other = new JsonStore(path, () => {}, cipher);
    expect(await other.sessions()).toEqual(before);
    expect(await other.marksOf(BEN)).toEqual({ blocked: false, textsStopped: true });
    expect(content().version).toBe(3);
  }
});
