import type { Session } from '../../domain/session.js';
import type { Send } from './database.js';
import type { Seals } from './seals.js';
import { SESSION_JSON, type SessionJson, sessionOf } from './session-rows.js';

const PAGE = 5_000;

/** Every session, oldest first, a page at a time. */
export async function* readSessions(send: Send, seals: Seals): AsyncGenerator<Session[], void, undefined> {
  for (let after = -1; ; ) {
    const { rows } = await send<{ made: number; session: SessionJson }>(
      `SELECT s.made, ${SESSION_JSON} AS session FROM voxproxy_sessions s WHERE s.made > $1 ORDER BY s.made LIMIT ${PAGE}`,
      [after],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map(({ session }) => sessionOf(session, seals));
    after = last.made;
  }
}
