import type { Context } from '../../context.js';
import { readCalls, wantedOf } from '../calls-read.js';
import type { CallsFlags } from '../commands/calls.js';
import { callDocument, callList, textDocument } from '../present-call-record.js';

export async function listCalls(
  context: Context,
  session: string | undefined,
  { since }: CallsFlags,
): Promise<undefined> {
  const { calls, texts } = await readCalls(context, await wantedOf(context, session, since));
  const { out } = context;
  // A long log is put into one form alone.
  const document = out.json
    ? { calls: calls.toReversed().map(callDocument), messages: texts.toReversed().map(textDocument) }
    : null;
  out.answer(document, () =>
    calls.length + texts.length === 0 ? 'No calls.' : callList(calls, texts, context.now(), out.width),
  );
}
