import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Context } from '../../context.js';
import { isOfText } from '../../domain/text-record.js';
import { reportOf, VoxproxyError } from '../../errors.js';
import { buildListener } from '../../listener/listener.js';
import { webhooksAt } from '../../listener/paths.js';
import type { Log } from '../../log.js';
import { recordingsIn } from '../../sentence-settings.js';
import type { CallLog } from '../../store/call-log.js';
import type { Store } from '../../store/store.js';
import { ListenerNote } from '../../use-cases/running-listener.js';
import { policyOf, voiceOf } from '../call-settings.js';
import type { ServeFlags } from '../commands/serve.js';
import { interruption } from '../interruption.js';
import { openLog } from '../log-lines.js';
import { warnOfRecordings } from '../recordings.js';
import { type Plan, planOf } from '../serve-plan.js';
import { takeOver } from '../taking-over.js';

/** As long as Vonage goes on bringing a text. */
const TEXT_RETRIES = 25 * 3_600_000;

export async function serve(context: Context, flags: ServeFlags): Promise<undefined> {
  const plan = await planOf(context, flags);
  const settings = await context.settings();
  const store = await context.store();
  const log = openLog(context);
  const voice = await voiceOf(settings);
  const policy = await policyOf(settings);
  // A damaged store is better found now than by the first caller.
  await refuseLoops(store, policy.operatorNumber);

  const calls = await context.callLog();
  const recent = await calls.entries(context.now() - TEXT_RETRIES);
  let base = plan.base;
  const app: FastifyInstance = buildListener({
    store,
    authenticity: plan.authenticity,
    mint: plan.mint,
    voice,
    policy,
    maskNumbers: flags.maskNumbersInText ?? (await settings.get('maskNumbersInText')) ?? false,
    textsBefore: recent.filter(isOfText).map(({ text }) => text),
    vonage: once(() => context.vonage()),
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
  const note = new ListenerNote(settings.home);
  const forgetting = forgetHourly(context, calls, log);
  try {
    const own = addressOf(app);
    const webhooks = await takeOver(context, plan, own, log);
    base ??= webhooks.base;
    note.write({ pid: process.pid, url: own, base });
    announce(context, own, base, plan.insecure);
    void warnOfRecordings(recordingsIn(voice.overrides), (message) => context.out.warn(message));
    await interruption(context.signal);
    await webhooks.restore();
  } finally {
    note.remove({ pid: process.pid, url: addressOf(app) });
    await forgetting.stop();
    await app.close();
    await calls.settled();
  }
}

/** @throws VoxproxyError `settings` when strangers would be put through to ourselves */
async function refuseLoops(store: Store, operatorNumber: string | null): Promise<void> {
  const numbers = await store.numbers();
  if (numbers.some(({ number }) => number === operatorNumber)) {
    throw new VoxproxyError(
      'settings',
      'The setting operatorNumber is one of your virtual numbers: a call would loop.',
      'Set it to the number of a real phone, or take it away: voxproxy config unset operatorNumber',
    );
  }
}

/** Makes something when it is first asked for; after a failure, when it is asked for again. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make().catch((error) => {
      made = null;
      throw error;
    });
    return made;
  };
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
