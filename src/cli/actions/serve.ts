import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Context } from '../../context.js';
import { reportOf, VoxproxyError } from '../../errors.js';
import { buildListener } from '../../listener/listener.js';
import { webhooksAt } from '../../listener/paths.js';
import type { Authenticity } from '../../listener/webhook-authenticity.js';
import type { Log } from '../../log.js';
import { baseUrl } from '../../setting-definitions.js';
import type { Settings } from '../../settings.js';
import type { CallLog } from '../../store/call-log.js';
import { PointedWebhooks } from '../../use-cases/point-webhooks.js';
import { TokenMint } from '../../vonage/minted-token.js';
import { WebhookVerifier } from '../../vonage/signature.js';
import type { ServeFlags } from '../commands/serve.js';
import { portFlag } from '../flags.js';
import { interruption } from '../interruption.js';
import { openLog } from '../log-lines.js';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i;
const SECRET_HINT =
  'Find it in the Vonage dashboard under Settings, API settings: "Signature secret". Then: voxproxy config set signatureSecret';

export async function serve(context: Context, flags: ServeFlags): Promise<undefined> {
  const plan = await planOf(context, flags);
  const settings = await context.settings();
  const store = await context.store();
  const log = openLog(context);
  const voice = {
    language: (await settings.get('language')) ?? '',
    overrides: (await settings.get('sentences')) ?? {},
  };
  // A damaged store is better found now than by the first caller.
  await store.numbers();

  const calls = await context.callLog();
  let base = plan.base;
  const app: FastifyInstance = buildListener({
    store,
    authenticity: plan.authenticity,
    mint: plan.mint,
    voice,
    maxDuration: (await settings.get('maxDuration')) ?? null,
    now: context.now,
    log,
    record: (entry) =>
      calls.append(entry, (error) =>
        log.error('the call log could not be written', { error: reportOf(error).message }),
      ),
    // Calls come in from the moment it listens, while Vonage is still being asked.
    baseUrl: () => base ?? addressOf(app),
  });
  await listen(app, plan);
  const forgetting = forgetHourly(context, calls, log);
  try {
    const own = addressOf(app);
    const webhooks = await takeOver(context, plan, own, log);
    base ??= webhooks.base;
    announce(context, own, base, plan.insecure);
    await interruption(context.signal);
    await webhooks.restore();
  } finally {
    await forgetting.stop();
    await app.close();
    await calls.settled();
  }
}

const HOUR = 3_600_000;

/** Ended sessions lose their real numbers, and old days of the call log go, at the start and then every hour. */
function forgetHourly(context: Context, calls: CallLog, log: Log): { stop: () => Promise<void> } {
  const forget = async () => {
    const retention = await (await context.settings()).get('retention');
    const now = context.now();
    await (await context.store()).forgetEnded(now);
    if (retention !== undefined) await calls.forget(now - retention * 1000);
  };
  const attempt = () =>
    forget().catch((error) =>
      log.error('old data could not be forgotten', { error: reportOf(error).message }),
    );
  let running = attempt();
  const timer = setInterval(() => {
    running = attempt();
  }, HOUR);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

type Plan = {
  port: number;
  host: string;
  /** The base of every URL that is handed out, as far as nobody has to be asked; else null. */
  base: string | null;
  /** Whether the application's webhooks are pointed here until the listener ends. */
  points: boolean;
  insecure: boolean;
  authenticity: Authenticity;
  mint: TokenMint;
};

/** @throws VoxproxyError `usage` for flags that do not go together, `settings` or `credentials` for what is missing */
async function planOf(context: Context, flags: ServeFlags): Promise<Plan> {
  const host = flags.host ?? '127.0.0.1';
  const insecure = flags.insecureUnsigned ?? false;
  const port = flags.port === undefined ? null : portFlag(flags.port);
  const publicUrl = flags.publicUrl === undefined ? null : (baseUrl(flags.publicUrl) ?? null);
  if (flags.publicUrl !== undefined && publicUrl === null) {
    throw new VoxproxyError(
      'usage',
      '--public-url is not an http(s) URL.',
      'For example: https://calls.example.com',
    );
  }
  if (insecure && (publicUrl !== null || !LOOPBACK.test(host))) {
    throw new VoxproxyError(
      'usage',
      '--insecure-unsigned serves this machine alone: it goes with neither --public-url nor another --host.',
      'Anybody who reaches an unsigned listener can ask it for real numbers.',
    );
  }
  const settings = await context.settings();
  const apiHost = await settings.get('apiHost');
  // The sandbox is on this machine: it is always pointed here.
  const isSandbox = apiHost !== undefined && LOOPBACK.test(new URL(apiHost).hostname);
  const points = insecure ? isSandbox && (await hasCredentials(settings)) : isSandbox || publicUrl !== null;
  const plan = {
    port: port ?? (await settings.get('port')) ?? 0,
    host,
    base: publicUrl ?? (points ? null : ((await settings.get('publicUrl')) ?? null)),
    points,
    insecure,
  };
  if (insecure)
    return {
      ...plan,
      authenticity: { kind: 'insecure' },
      mint: new TokenMint(randomBytes(32).toString('hex')),
    };
  const signatureSecret = await settings.require('signatureSecret', SECRET_HINT);
  const verifier = new WebhookVerifier({
    signatureSecret,
    apiKey: await settings.require(
      'apiKey',
      'Find it at the top of the Vonage dashboard. To try without an account: voxproxy sandbox',
    ),
    applicationId: await context.applicationId(),
    allowUnhashedGet: (await settings.get('allowUnhashedGet')) ?? false,
  });
  return { ...plan, authenticity: { kind: 'signed', verifier }, mint: new TokenMint(signatureSecret) };
}

async function listen(app: FastifyInstance, { port, host }: Plan): Promise<void> {
  try {
    await app.listen({ port, host });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new VoxproxyError(
        'conflict',
        `Port ${port} is in use.`,
        'Choose another: voxproxy serve --port 3001. With --port 0 a free one is found.',
      );
    }
    throw new VoxproxyError(
      'usage',
      `Nothing can listen on that --host, port ${port} (${code}).`,
      'Choose another --host or --port.',
    );
  }
}

function addressOf(app: FastifyInstance): string {
  const { address, port, family } = app.server.address() as AddressInfo;
  const name = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address;
  return `http://${family === 'IPv6' && name.includes(':') ? `[${name}]` : name}:${port}`;
}

type TakenOver = { base: string; restore: () => Promise<void> };

/** Sees to it that Vonage reaches this listener, as far as it is told to; `base` is where. */
async function takeOver(
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

async function hasCredentials(settings: Settings): Promise<boolean> {
  const wanted = ['apiKey', 'apiSecret', 'applicationId'] as const;
  const found = await Promise.all(wanted.map((name) => settings.get(name)));
  return found.every((value) => value !== undefined);
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

function announce({ out }: Context, url: string, base: string, insecure: boolean): void {
  const { answerUrl, eventUrl } = webhooksAt(base);
  if (insecure)
    out.warn('Unsigned webhooks are accepted: whoever reaches this port can ask for real numbers.');
  out.answer({ url, answerUrl, eventUrl }, () =>
    [
      `${out.style.green('✔')} voxproxy listens on ${url}`,
      `  answers  ${answerUrl}`,
      `  events   ${eventUrl}`,
      '  Ctrl-C ends it.',
    ].join('\n'),
  );
}
