import type { Session } from '../../domain/session.js';
import type { Send } from './database.js';
import type { Seals } from './seals.js';
import { type Row, SESSION_COLUMNS, sessionOf } from './session-rows.js';

const PAGE = 5_000;

/** Every session, oldest first, a page at a time. */
export async function* readSessions(send: Send, seals: Seals): AsyncGenerator<Session[], void, undefined> {
  for (let after = -1; ; ) {
    const { rows } = await send<Row & { made: number }>(
      `SELECT s.made, ${SESSION_COLUMNS} FROM voxproxy_sessions s WHERE s.made > $1 ORDER BY s.made LIMIT ${PAGE}`,
      [after],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map((row) => sessionOf(row, seals));
    after = last.made;
  }
}
