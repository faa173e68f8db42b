import type { Context } from '../context.js';
import { reportOf } from '../errors.js';
import { webhooksAt } from '../listener/paths.js';
import type { Log } from '../log.js';
import type { Settings } from '../settings.js';
import { findTunnel } from '../use-cases/find-tunnel.js';
import { TunnelFollower } from '../use-cases/follow-tunnel.js';
import { PointedWebhooks } from '../use-cases/point-webhooks.js';
import { hasCredentials, type Plan } from './serve-plan.js';

export type TakenOver = {
  /** Where Vonage reaches this listener. */
  base: string;
  /** Follows a tunnel whose public URL changes. */
  follow: (change: BaseChange) => void;
  restore: () => Promise<void>;
};

export type BaseChange = {
  /** The base of every URL that is handed out from now on. */
  moved: (base: string) => void;
  /** Vonage knows it as well, unless somebody else has pointed the webhooks elsewhere. */
  told: (base: string) => void;
};

/** Sees to it that Vonage reaches this listener, as far as it is told to; `own` is where it listens. */
export async function takeOver(context: Context, plan: Plan, own: string, log: Log): Promise<TakenOver> {
  const { base, points, insecure } = plan;
  if (points) return pointHere(context, plan, own, log);
  const settings = await context.settings();
  if (!insecure) await restoreLeftover(context, settings, own, log);
  const stays = { follow: () => {}, restore: async () => {} };
  const found = base ?? (insecure ? null : await answerOrigin(context, log));
  if (found !== null) return { base: found, ...stays };
  context.out.warn('Vonage cannot reach this listener: give --public-url or --ngrok, or set publicUrl.');
  return { base: own, ...stays };
}

async function pointHere(
  context: Context,
  { base, told, tunnel }: Plan,
  own: string,
  log: Log,
): Promise<TakenOver> {
  const { home } = await context.settings();
  const pointed = new PointedWebhooks(home, await context.vonage());
  const here = base ?? own;
  await pointed.point(await context.applicationId(), webhooksAt(here), { pid: process.pid, url: own, told });
  let follower: TunnelFollower | null = null;
  return {
    base: here,
    follow: (change) => {
      if (tunnel === null) return;
      const find = (current: string, signal: AbortSignal) => findTunnel(tunnel, current, signal);
      const point = (url: string) => repoint(pointed, url, change, log);
      const { moved } = change;
      follower = new TunnelFollower({ find, sleep: context.sleep, moved, point, log }, here);
    },
    restore: async () => {
      await follower?.stop();
      await restoring(() => pointed.restore(), log);
    },
  };
}

async function repoint(pointed: PointedWebhooks, url: string, { told }: BaseChange, log: Log): Promise<void> {
  if (!(await pointed.repoint(webhooksAt(url))))
    log.warn('the webhooks stay where somebody else has pointed them', { url });
  told(url);
}

/** A listener that was killed left the webhooks pointed to an address where nobody answers. */
async function restoreLeftover(context: Context, settings: Settings, own: string, log: Log): Promise<void> {
  if (!(await hasCredentials(settings))) return;
  const pointed = new PointedWebhooks(settings.home, await context.vonage());
  await restoring(() => pointed.restoreLeftover(own), log);
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
