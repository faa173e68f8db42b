import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../context.js';
import { VoxproxyError } from '../errors.js';
import { webhooksAt } from '../listener/paths.js';
import { makePrivateDirectory } from '../store/private-file.js';
import type { Application } from '../vonage/vonage.js';

/** Makes an application whose webhooks lead to this URL, and saves its id, its private key and the URL. */
export async function makeApplication(
  context: Context,
  name: string,
  url: string,
): Promise<{ application: Application; keyPath: string }> {
  const vonage = await context.vonage();
  const settings = await context.settings();
  // The key is given out once: better to find out beforehand that it could not be saved.
  saving('The directory of the settings', () => makePrivateDirectory(settings.home));
  const { application, privateKey } = await vonage.createApplication(name, webhooksAt(url));
  const keyPath = join(settings.home, `private-${application.id}.key`);
  saving('The private key', () => writeFileSync(keyPath, privateKey, { mode: 0o600, flag: 'wx' }));
  await settings.set('applicationId', application.id);
  await settings.set('privateKey', keyPath);
  await settings.set('publicUrl', url);
  for (const set of ['applicationId', 'privateKey'] as const) {
    if ((await settings.find(set))?.source === 'env')
      context.out.warn(`The environment sets ${set} as well, and goes before the file.`);
  }
  return { application, keyPath };
}

function saving(what: string, save: () => unknown): void {
  try {
    save();
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    throw new VoxproxyError(
      'settings',
      `${what} cannot be written (${code}: ${path}).`,
      'Correct that, and make the application anew.',
    );
  }
}
