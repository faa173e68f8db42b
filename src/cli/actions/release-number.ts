import type { Context } from '../../context.js';
import { type E164, fromNetwork } from '../../domain/phone-number.js';
import type { PoolNumber } from '../../domain/pool.js';
import { sessionsUsing, usageOf } from '../../domain/pool-usage.js';
import { VoxproxyError } from '../../errors.js';
import { inUse, releaseNumber } from '../../use-cases/release-number.js';
import type { ReleaseFlags } from '../commands/numbers.js';
import { spaced } from '../format-number.js';
import { virtualNumbers } from '../virtual-numbers.js';

export async function release(context: Context, text: string, flags: ReleaseFlags): Promise<undefined> {
  const [number] = virtualNumbers([text]) as [E164];
  if (!flags.yes && !flags.dryRun) context.prompts.needsAnswer('--yes', 'Giving a number back');
  const vonage = await context.vonage();
  const store = await context.store();
  const kept = (await store.numbers()).find((one) => one.number === number);
  if (kept === undefined) {
    throw new VoxproxyError(
      'not-found',
      'This number is not in the pool.',
      'See what is: voxproxy numbers list',
    );
  }
  const { out } = context;
  const usage = usageOf(await store.sessions(), context.now()).get(number) ?? { live: 0, quarantined: 0 };
  out.say(`${spaced(number)} carries ${usage.live} live and ${usage.quarantined} quarantined legs.`);
  if (flags.dryRun) {
    out.answer({ released: null, closed: [], dryRun: true }, () => 'Nothing was changed.');
    return;
  }
  const users = sessionsUsing(number, await store.sessions(), context.now());
  // What an interrupted release has begun was agreed to then.
  const begun = kept.state === 'releasing';
  const force = flags.force === true || begun;
  if (users.length > 0 && !force) throw inUse(number, users);
  if (!begun) await agreeToRelease(context, kept, flags);
  const closed = await releaseNumber({ store, vonage, now: context.now }, kept, force);
  out.answer({ released: number, closed: closed.map(({ id }) => id) }, () =>
    [
      `${out.style.green('✔')} ${spaced(number)} was given back and is routed no more.`,
      ...(closed.length === 0 ? [] : [`  Closed: ${closed.map(({ id }) => id).join(', ')}`]),
    ].join('\n'),
  );
}

async function agreeToRelease(
  { prompts }: Context,
  { number }: PoolNumber,
  { yes }: ReleaseFlags,
): Promise<void> {
  if (yes) return;
  const typed = await prompts.input(`Type ${number} to give it back:`);
  if (fromNetwork(typed) !== number)
    throw new VoxproxyError('declined', 'That is another number: nothing was changed.');
}
