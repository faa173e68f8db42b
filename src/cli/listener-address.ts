import type { Context } from '../context.js';
import { VoxproxyError } from '../errors.js';
import { ListenerNote } from '../use-cases/running-listener.js';

/** Where this machine's listener listens; where it would, when none says that it runs. */
export async function localListener(context: Context): Promise<string> {
  const settings = await context.settings();
  return new ListenerNote(settings.home).read()?.url ?? `http://127.0.0.1:${await settings.get('port')}`;
}

/**
 * Where Vonage reaches the listener: as the running one says, as the settings say, or as Vonage itself knows.
 * @throws VoxproxyError `settings` when nobody knows
 */
export async function publicBase(context: Context): Promise<string> {
  const settings = await context.settings();
  const known = new ListenerNote(settings.home).read()?.base ?? (await settings.get('publicUrl'));
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
