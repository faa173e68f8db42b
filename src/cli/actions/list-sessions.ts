import type { Context } from '../../context.js';
import { type SessionStatus, statusAt } from '../../domain/session.js';
import type { ListFlags } from '../commands/sessions.js';
import { oneOf } from '../flags.js';
import { sessionDocument } from '../present-session.js';
import { sessionTable } from '../session-table.js';

const STATUSES: readonly SessionStatus[] = ['open', 'expired', 'closed'];

export async function listSessions(context: Context, flags: ListFlags): Promise<undefined> {
  const status = flags.status === undefined ? null : oneOf('--status', flags.status, STATUSES);
  const showing = { now: context.now(), reveal: context.globals.reveal };
  const all = await (await context.store()).sessions();
  const sessions = all
    .filter((session) => status === null || statusAt(session, showing.now) === status)
    .reverse();
  const { out } = context;
  out.answer({ sessions: sessions.map((session) => sessionDocument(session, showing)) }, () =>
    sessions.length === 0 ? 'No sessions.' : sessionTable(sessions, showing, out.width),
  );
  if (all.length === 0) out.suggest('voxproxy pair <number> <number>');
}
