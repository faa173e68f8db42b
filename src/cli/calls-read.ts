import type { Context } from '../context.js';
import { CallBook } from '../domain/call-book.js';
import { type CallRecord, isOfCall } from '../domain/call-record.js';
import type { Instant } from '../domain/session.js';
import { TextBook, type TextRecord } from '../domain/text-record.js';
import { findSession } from '../use-cases/find-session.js';
import { durationFlag } from './flags.js';

/** What Vonage's clock may be off: its events can lie in the file of the day before. */
const CLOCK_SKEW = 600_000;

/** Which calls and texts are asked for. */
export type Wanted = {
  since: Instant;
  /** Where reading begins: nothing before it can belong to what is wanted. */
  readSince: Instant;
  has: (at: Instant, sessionId: string) => boolean;
};

/** @throws VoxproxyError `usage` or `not-found` when the session or the time is none */
export async function wantedOf(
  context: Context,
  session: string | undefined,
  flag: string | undefined,
): Promise<Wanted> {
  const since = flag === undefined ? 0 : context.now() - durationFlag('--since', flag) * 1000;
  const only =
    session === undefined ? null : (await findSession(await context.store(), session, context.now())).id;
  return {
    since,
    readSince: since - CLOCK_SKEW,
    has: (at, sessionId) => at >= since && (only === null || sessionId === only),
  };
}

/** The calls and texts that are wanted, oldest first. */
export async function readCalls(
  context: Context,
  wanted: Wanted,
): Promise<{ calls: CallRecord[]; texts: TextRecord[] }> {
  const [callBook, textBook] = [new CallBook(), new TextBook()];
  for await (const entries of (await context.callLog()).reader(wanted.readSince).read()) {
    context.signal.throwIfAborted();
    for (const entry of entries) {
      if (isOfCall(entry)) callBook.add(entry);
      else textBook.add(entry);
    }
  }
  return {
    calls: callBook.calls().filter(({ startedAt, sessionId }) => wanted.has(startedAt, sessionId)),
    texts: textBook.texts().filter(({ at, sessionId }) => wanted.has(at, sessionId)),
  };
}
