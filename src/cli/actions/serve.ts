import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Context } from '../../context.js';
import { isOfText, type TextEntry } from '../../domain/text-record.js';
import { reportOf, VoxproxyError } from '../../errors.js';
import { buildListener } from '../../listener/listener.js';
import { webhooksAt } from '../../listener/paths.js';
import { recordingsIn } from '../../sentence-settings.js';
import type { Store } from '../../store/store.js';
import { ListenerNotes } from '../../use-cases/running-listener.js';
import { policyOf, voiceOf } from '../call-settings.js';
import type { ServeFlags } from '../commands/serve.js';
import { forgetHourly, TEXT_RETRIES } from '../forgetting.js';
import { interruption } from '../interruption.js';
import { openView } from '../live-view.js';
import { warnOfRecordings } from '../recordings.js';
import { type Plan, planOf } from '../serve-plan.js';
import { takeOver } from '../taking-over.js';
import { keepTickShape } from '../tick-shape.js';

export async function serve(context: Context, flags: ServeFlags): Promise<undefined> {
  keepTickShape();
  const plan = await planOf(context, flags);
  const settings = await context.settings();
  const store = await context.store();
  const view = openView(context, store);
  const { log } = view;
  const voice = await voiceOf(settings);
  const policy = await policyOf(settings);
  // A damaged store is better found now than by the first caller, who is not to wait for a large one either.
  await readStore(store, policy.operatorNumber);

  const calls = await context.callLog();
  const textsBefore: TextEntry[] = [];
  for await (const entries of calls.reader(context.now() - TEXT_RETRIES).read())
    textsBefore.push(...entries.filter(isOfText));
  let base = plan.base;
  const app: FastifyInstance = buildListener({
    store,
    authenticity: plan.authenticity,
    mint: plan.mint,
    voice,
    policy,
    maskNumbers: flags.maskNumbersInText ?? (await settings.get('maskNumbersInText')) ?? false,
    textsBefore,
    vonage: once(() => context.vonage()),
    now: context.now,
    sleep: context.sleep,
    log,
    record: (entry) => {
      view.record(entry);
      calls.append(entry, (error) =>
        log.error('the call log could not be written', { error: reportOf(error).message }),
      );
    },
    // Calls come in from the moment it listens, while Vonage is still being asked.
    baseUrl: () => base ?? addressOf(app),
  });
  const notes = new ListenerNotes(settings.home);
  await listen(app, plan, notes);
  const forgetting = forgetHourly(context, calls, log);
  try {
    const own = addressOf(app);
    const webhooks = await takeOver(context, plan, own, log);
    base ??= webhooks.base;
    if (!notes.write({ pid: process.pid, url: own, base }))
      view.warn(
        'Where it listens could not be noted in its home: voxproxy call and doctor do not find it there.',
      );
    announce(context, own, base, plan.insecure);
    view.ready(base);
    webhooks.follow({
      moved: (url) => {
        base = url;
        notes.write({ pid: process.pid, url: own, base: url });
      },
      told: (url) => {
        log.info('the public URL has changed', { url });
        view.ready(url);
        if (context.globals.json) context.out.answer(addresses(own, url), () => '');
      },
    });
    void warnOfRecordings(recordingsIn(voice.overrides), view.warn);
    // Calls are answered already: a store that fails now ends no listener.
    await warnOfUnheardScreening(context, store, policy.screen, view.warn).catch((error) =>
      log.warn('sessions could not be looked through', { error: reportOf(error).message }),
    );
    await interruption(context.signal);
    await webhooks.restore();
  } finally {
    notes.remove({ pid: process.pid, url: addressOf(app) });
    await forgetting.stop();
    await app.close();
    await calls.settled();
    await view.close();
  }
}

/**
 * Reads all that answers need.
 * @throws VoxproxyError `settings` when strangers would be put through to ourselves
 */
async function readStore(store: Store, operatorNumber: string | null): Promise<void> {
  const numbers = await store.numbers();
  for (const { number } of numbers.slice(0, 1)) await store.locate(number, number);
  if (numbers.some(({ number }) => number === operatorNumber)) {
    throw new VoxproxyError(
      'settings',
      'The setting operatorNumber is one of your virtual numbers: a call would loop.',
      'Set it to the number of a real phone, or take it away: voxproxy config unset operatorNumber',
    );
  }
  await store.expectChanges();
}

/** Vonage ends a call that nobody took only for somebody with the private key. */
async function warnOfUnheardScreening(
  context: Context,
  store: Store,
  screensAll: boolean,
  warn: (message: string) => void,
): Promise<void> {
  if ((await (await context.settings()).get('privateKey')) !== undefined) return;
  if (!screensAll && !(await store.sessions()).some(({ screen }) => screen)) return;
  warn(
    'Sessions are screened, and no privateKey is set: a call that a voicemail takes goes on until it hangs up.',
  );
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

async function listen(app: FastifyInstance, { port, host }: Plan, notes: ListenerNotes): Promise<void> {
  try {
    await app.listen({ port, host });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      const other = notes.read().find(({ url }) => url.endsWith(`:${port}`));
      throw new VoxproxyError(
        'conflict',
        other !== undefined
          ? `Port ${port} is in use, by the listener that runs already (process ${other.pid}).`
          : `Port ${port} is in use.`,
        'Let a free one be found: voxproxy serve --port 0',
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

function addresses(url: string, base: string) {
  const { answerUrl, eventUrl } = webhooksAt(base);
  return { url, answerUrl, eventUrl };
}

function announce({ out }: Context, url: string, base: string, insecure: boolean): void {
  const { answerUrl, eventUrl } = addresses(url, base);
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
