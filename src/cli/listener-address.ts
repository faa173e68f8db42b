import type { Context } from '../context.js';
import { isLoopback } from '../domain/loopback.js';
import { VoxproxyError } from '../errors.js';
import { ListenerNotes, runningListener } from '../use-cases/running-listener.js';

/**
 * Where this machine's listener listens, once it has shown that it does.
 * @throws VoxproxyError `vonage` when none does: whoever holds the port instead gets nothing signed
 */
export async function localListener(context: Context): Promise<string> {
  const running = await runningListener((await context.settings()).home);
  if (running !== undefined) return running.url;
  throw new VoxproxyError(
    'vonage',
    'No listener of this profile runs on this machine.',
    'Start it with: voxproxy serve',
  );
}

/**
 * Where Vonage reaches the listener: as the running one says, as the settings say, or as Vonage itself knows.
 * @throws VoxproxyError `settings` when nobody knows
 */
export async function publicBase(context: Context): Promise<string> {
  const base = await knownBase(context);
  // Anybody on the way could read what is signed, and repeat it.
  if (new URL(base).protocol === 'https:' || isLoopback(base)) return base;
  throw new VoxproxyError(
    'settings',
    'The public URL is plain http: nothing signed is sent there.',
    'Use an https URL: voxproxy app update --public-url https://…',
  );
}

async function knownBase(context: Context): Promise<string> {
  const settings = await context.settings();
  const known = new ListenerNotes(settings.home).read()[0]?.base ?? (await settings.get('publicUrl'));
  if (known !== undefined) return known;
  const application = await (await context.vonage()).application(await context.applicationId());
  const answerUrl = application?.webhooks.answerUrl;
  if (answerUrl && URL.canParse(answerUrl)) return new URL(answerUrl).origin;
  throw new VoxproxyError(
    'settings',
    'No public URL is known.',
    'Give one to the listener: voxproxy serve --ngrok, or voxproxy serve --public-url https://…',
  );
}
