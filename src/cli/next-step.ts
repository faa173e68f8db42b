import type { Context } from '../context.js';
import { ListenerNotes } from '../use-cases/running-listener.js';

/** What comes after two people were paired: somebody has to answer their calls. */
export async function nextAfterPairing(context: Context): Promise<string> {
  const settings = await context.settings();
  if (new ListenerNotes(settings.home).read().length > 0) return 'voxproxy calls --follow';
  // The sandbox is on this machine, and whoever has a public URL needs no tunnel.
  const isReached = (await settings.get('apiHost')) ?? (await settings.get('publicUrl'));
  return isReached === undefined ? 'voxproxy serve --ngrok' : 'voxproxy serve';
}
