import type { Context } from '../../context.js';
import { type E164, redact } from '../../domain/phone-number.js';
import { isLive, type Session, SIDES } from '../../domain/session.js';
import { VoxproxyError } from '../../errors.js';
import type { EraseFlags } from '../commands/sessions.js';
import { realNumber } from '../real-number.js';

export async function erase(context: Context, text: string, flags: EraseFlags): Promise<undefined> {
  const number = realNumber(text, flags.country);
  if (!flags.yes && !flags.dryRun) context.prompts.needsAnswer('--yes', 'Erasing a person');
  const store = await context.store();
  const now = context.now();
  const holding = (await store.sessions()).filter((session) => holds(session, number));
  if (holding.length === 0) {
    throw new VoxproxyError(
      'not-found',
      'No session holds this number.',
      'Either it was never paired, or it is erased already.',
    );
  }
  const { out } = context;
  const live = holding.filter((session) => isLive(session, now));
  out.say(
    `${redact(number)} stands in ${holding.length} session${holding.length === 1 ? '' : 's'}, ${live.length} of them live.`,
  );
  if (flags.dryRun) {
    const erased = {
      sessions: holding.map(({ id }) => id),
      closed: live.map(({ id }) => id),
      reservedUntil: null,
    };
    out.answer({ erased, dryRun: true }, () => 'Nothing was changed.');
    return;
  }
  if (!flags.yes && !(await context.prompts.confirm('Erase this number? It cannot be undone.'))) {
    throw new VoxproxyError('declined', 'Nothing was changed.');
  }
  const { sessions, closed, reservedUntil } = await store.erase(number, now);
  const until = reservedUntil === null ? null : new Date(reservedUntil).toISOString();
  out.answer({ erased: { sessions, closed, reservedUntil: until } }, () =>
    [
      `${out.style.green('✔')} Erased the number and its label from ${sessions.length} session${sessions.length === 1 ? '' : 's'}: ${sessions.join(', ')}`,
      `  Closed: ${closed.length === 0 ? 'none was live' : closed.join(', ')}`,
      until === null
        ? '  Nothing of this person is left but a keyed hash and the names of the sessions.'
        : `  What they dialled stays reserved by a keyed hash until ${until}.`,
    ].join('\n'),
  );
  out.suggest('voxproxy audit');
}

function holds(session: Session, number: E164): boolean {
  return SIDES.some((side) => session[side].realNumber === number);
}
