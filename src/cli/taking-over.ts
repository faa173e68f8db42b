import type { Context } from '../context.js';
import { reportOf } from '../errors.js';
import { webhooksAt } from '../listener/paths.js';
import type { Log } from '../log.js';
import type { Settings } from '../settings.js';
import { PointedWebhooks } from '../use-cases/point-webhooks.js';
import { hasCredentials, type Plan } from './serve-plan.js';

export type TakenOver = { base: string; restore: () => Promise<void> };

/** Sees to it that Vonage reaches this listener, as far as it is told to; `base` is where. */
export async function takeOver(
  context: Context,
  { base, points, insecure }: Plan,
  own: string,
  log: Log,
): Promise<TakenOver> {
  const settings = await context.settings();
  if (points) {
    const pointed = new PointedWebhooks(settings.home, await context.vonage());
    await pointed.point(await context.applicationId(), webhooksAt(base ?? own));
    return { base: base ?? own, restore: () => restoring(() => pointed.restore(), log) };
  }
  if (!insecure) await restoreLeftover(context, settings, log);
  const restore = async () => {};
  const found = base ?? (insecure ? null : await answerOrigin(context, log));
  if (found !== null) return { base: found, restore };
  context.out.warn('Vonage cannot reach this listener: give --public-url, or set publicUrl.');
  return { base: own, restore };
}

/** A listener that was killed left the webhooks pointed to an address where nobody answers. */
async function restoreLeftover(context: Context, settings: Settings, log: Log): Promise<void> {
  if (!(await hasCredentials(settings))) return;
  const pointed = new PointedWebhooks(settings.home, await context.vonage());
  await restoring(() => pointed.restoreLeftover(), log);
}

async function restoring(restore: () => Promise<boolean>, log: Log): Promise<void> {
  try {
    if (await restore()) log.info('the webhooks of the application are as they were before', {});
  } catch (error) {
    log.error('the webhooks of the application could not be restored; the next serve tries again', {
      error: reportOf(error).message,
    });
  }
}

/** The origin of the application's answer URL, or null when there is none or it cannot be asked for. */
async function answerOrigin(context: Context, log: Log): Promise<string | null> {
  const settings = await context.settings();
  if (!(await hasCredentials(settings))) return null;
  try {
    const application = await (await context.vonage()).application(await context.applicationId());
    const answerUrl = application?.webhooks.answerUrl;
    return answerUrl && URL.canParse(answerUrl) ? new URL(answerUrl).origin : null;
  } catch (error) {
    log.warn("the application's answer URL could not be read", { error: reportOf(error).message });
    return null;
  }
}
