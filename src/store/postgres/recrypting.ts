import type { FieldCipher } from '../field-cipher.js';
import type { Access } from './access.js';
import type { Send } from './database.js';
import { type FrameRow, frameOf, keptLookupKey } from './frame.js';
import { waitForTurn } from './locks.js';
import { readMarked } from './marks.js';
import { NUMBER_COLUMNS, type NumberRow, numberOf, numberRow, PUT_NUMBER } from './number-rows.js';
import { Seals } from './seals.js';
import { readSessions } from './session-pages.js';

type Change = { from: Seals; to: Seals };

/** Seals every row anew as one step; others write nothing meanwhile, and calls are answered from what was. */
export async function recrypt(access: Access, cipher: FieldCipher | null): Promise<void> {
  const { database } = access;
  const change = { from: access.seals, to: new Seals(cipher, access.shown) };
  await database.transact(async (send) => {
    await waitForTurn(send);
    const { rows } = await send<FrameRow>(
      'SELECT version, encrypted, lookup_key, generation FROM voxproxy_store FOR UPDATE',
    );
    const row = rows[0] as FrameRow;
    if (isReadableWith(row, cipher, access.shown)) return;
    const { lookupKey } = frameOf(row, access.cipher, access.shown);
    await recryptSessions(send, change);
    await recryptNumbers(send, change);
    await recryptMarks(send, change);
    await send('UPDATE voxproxy_store SET encrypted = $1, lookup_key = $2, generation = generation + 1', [
      cipher !== null,
      keptLookupKey(lookupKey, cipher),
    ]);
  });
}

function isReadableWith(row: FrameRow, cipher: FieldCipher | null, shown: string): boolean {
  try {
    frameOf(row, cipher, shown);
    return true;
  } catch {
    return false;
  }
}

async function recryptSessions(send: Send, { from, to }: Change): Promise<void> {
  for await (const sessions of readSessions(send, from)) {
    await send(
      `UPDATE voxproxy_sessions s SET a_number = sealed.a, b_number = sealed.b
        FROM unnest($1::text[], $2::text[], $3::text[]) AS sealed(id, a, b) WHERE s.id = sealed.id`,
      [
        sessions.map(({ id }) => id),
        sessions.map((session) => to.realNumber(session, 'a')),
        sessions.map((session) => to.realNumber(session, 'b')),
      ],
    );
  }
}

async function recryptNumbers(send: Send, { from, to }: Change): Promise<void> {
  const { rows } = await send<NumberRow>(`SELECT ${NUMBER_COLUMNS} FROM voxproxy_numbers`);
  for (const row of rows) await send(PUT_NUMBER, numberRow(numberOf(row, from), to));
}

async function recryptMarks(send: Send, { from, to }: Change): Promise<void> {
  for (const { person, marks } of await readMarked(send, from))
    await send('UPDATE voxproxy_people SET seal = $2 WHERE person = $1', [person, to.ofMarks(person, marks)]);
}
