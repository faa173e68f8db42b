import type { Context } from '../../context.js';
import { CallBook } from '../../domain/call-book.js';
import { isOfCall } from '../../domain/call-record.js';
import { TextBook } from '../../domain/text-record.js';
import { wantedOf } from '../calls-read.js';
import type { CallsFlags } from '../commands/calls.js';
import { FollowedCalls } from '../followed-calls.js';

const PAUSE = 250;
/** Long enough for every event of a call. */
const REMEMBERED = 2 * 86_400_000;
const HOUR = 3_600_000;

/** Tells what is in the log, then what comes to it, until the run is to end. */
export async function followCalls(
  context: Context,
  session: string | undefined,
  { since }: CallsFlags,
): Promise<undefined> {
  const { out, now, signal } = context;
  const wanted = await wantedOf(context, session, since);
  const reader = (await context.callLog()).reader(wanted.readSince);
  const [calls, texts] = [new CallBook(), new TextBook()];
  const followed = new FollowedCalls(out, wanted);
  let swept = now();
  for (let isHistory = true; !signal.aborted; isHistory = false) {
    for await (const entries of reader.read()) {
      for (const entry of entries) {
        if (isOfCall(entry)) calls.add(entry);
        else texts.add(entry);
      }
      if (signal.aborted) return;
    }
    followed.tell(calls.changes(), texts.changes(), now());
    if (isHistory && out.isTerminal && !out.json) out.say('Waiting for calls. Ctrl-C ends it.');
    if (now() - swept > HOUR) {
      swept = now();
      for (const book of [calls, texts, followed]) book.forget(swept - REMEMBERED);
    }
    await context.sleep(PAUSE).catch((error) => {
      if (!signal.aborted) throw error;
    });
  }
}
