import type { Context } from '../../context.js';
import { formatDuration } from '../../domain/duration.js';
import { type E164, fromNetwork } from '../../domain/phone-number.js';
import type { PoolNumber } from '../../domain/pool.js';
import { sessionsUsing, usageOf } from '../../domain/pool-usage.js';
import { type Instant, quarantineEndOf, type Session } from '../../domain/session.js';
import { VoxproxyError } from '../../errors.js';
import { inUse, releaseNumber, releaseWhenIdle, someOf } from '../../use-cases/release-number.js';
import type { ReleaseFlags } from '../commands/numbers.js';
import { iso } from '../plain-text.js';
import { spaced } from '../spaced-number.js';
import { virtualNumbers } from '../virtual-numbers.js';

export async function release(context: Context, text: string, flags: ReleaseFlags): Promise<undefined> {
  const [number] = virtualNumbers([text]) as [E164];
  if (flags.force && flags.whenIdle)
    throw new VoxproxyError('usage', '--force closes sessions, and --when-idle waits for them.', 'Give one.');
  if (!flags.yes && !flags.dryRun) context.prompts.needsAnswer('--yes', 'Giving a number back');
  const vonage = await context.vonage();
  const applicationId = await (await context.settings()).get('applicationId');
  const store = await context.store();
  const kept = (await store.numbers()).find((one) => one.number === number);
  if (kept === undefined) {
    throw new VoxproxyError(
      'not-found',
      'This number is not in the pool.',
      'See what is: voxproxy numbers list',
    );
  }
  const { out, now } = context;
  const usage = usageOf(await store.sessions(), now()).get(number) ?? { live: 0, quarantined: 0 };
  out.say(`${spaced(number)} carries ${usage.live} live and ${usage.quarantined} quarantined legs.`);
  const users = sessionsUsing(number, await store.sessions(), now());
  const waits = flags.whenIdle === true;
  if (flags.dryRun) {
    if (waits && users.length > 0) out.say(waitingText(users, now()));
    out.answer({ released: null, closed: [], dryRun: true }, () => 'Nothing was changed.');
    return;
  }
  // What an interrupted release has begun was agreed to then.
  const begun = kept.state === 'releasing';
  const force = flags.force === true || begun;
  if (users.length > 0 && !force && !waits) throw inUse(number, users);
  if (!begun && !(waits && kept.state === 'draining')) await agreeToRelease(context, kept, flags);
  if (waits && !begun && users.length > 0)
    out.say(`${spaced(number)} is handed to no new session from now on. Ctrl-C stops the waiting alone.`);
  const deps = { store, vonage, applicationId, now, sleep: context.sleep };
  const { closed, cancelled } =
    waits && !begun
      ? await releaseWhenIdle(deps, kept, (sessions) => out.say(waitingText(sessions, now())))
      : await releaseNumber(deps, kept, force);
  const ids = closed.map(({ id }) => id);
  out.answer({ released: number, closed: ids, cancelled }, () =>
    [
      cancelled
        ? `${out.style.green('✔')} ${spaced(number)} was given back and is routed no more.`
        : `${out.style.green('✔')} ${spaced(number)} is routed no more. It stays rented: another application uses it.`,
      ...(closed.length === 0 ? [] : [`  Closed: ${ids.join(', ')}`]),
    ].join('\n'),
  );
}

/** Who still uses a number, and until when as far as that is known. */
function waitingText(sessions: readonly Session[], now: Instant): string {
  const endless = sessions.filter((session) => quarantineEndOf(session) === Infinity).map(({ id }) => id);
  const ending = sessions.map(quarantineEndOf).filter(Number.isFinite);
  const many = `${sessions.length} ${sessions.length === 1 ? 'session uses' : 'sessions use'} it`;
  const last = Math.max(...ending);
  const until =
    ending.length === 0
      ? ''
      : `${endless.length === 0 ? '' : ', those with an end'} until ${iso(last)} at the latest (${formatDuration((last - now) / 1000)})`;
  const named =
    endless.length === 0
      ? ''
      : `\n  Without an end, until they are closed: ${someOf(endless)} (voxproxy sessions close <session>)`;
  return `Waiting: ${many}${until}.${named}`;
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
