import type { Context } from '../../context.js';
import { VoxproxyError } from '../../errors.js';
import type { BlockFlags } from '../commands/numbers.js';
import { personal } from '../format-number.js';
import { realNumber } from '../real-number.js';

/** Blocks a person, or takes their calls again. */
export async function block(
  context: Context,
  text: string,
  blocked: boolean,
  { country }: BlockFlags,
): Promise<undefined> {
  const number = realNumber(text, country);
  const store = await context.store();
  if (blocked && (await store.numbers()).some((kept) => kept.number === number)) {
    throw new VoxproxyError(
      'invalid-number',
      'The number is one of your virtual numbers.',
      'Give it back instead: voxproxy numbers release <number>',
    );
  }
  const changed = await store.mark(number, 'blocked', blocked);
  const { out, globals } = context;
  const shown = personal(number, globals.reveal);
  out.answer({ number: shown, blocked, changed }, () => {
    if (!changed) return `${shown} was ${blocked ? 'blocked already' : 'not blocked'}`;
    const now = blocked ? 'is blocked: calls and texts are refused' : 'is no longer blocked';
    return `${out.style.green('✔')} ${shown} ${now}`;
  });
}
