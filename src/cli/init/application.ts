import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Context } from '../../context.js';
import { VoxproxyError } from '../../errors.js';
import { webhooksAt } from '../../listener/paths.js';
import { findTunnel } from '../../use-cases/find-tunnel.js';
import { knownApplication } from '../../use-cases/known-application.js';
import type { Application } from '../../vonage/vonage.js';
import type { InitFlags } from '../commands/init.js';
import { textFlag, urlFlag } from '../flags.js';
import { makeApplication } from '../make-application.js';
import { ngrokApi, tunnelUrl } from '../tunnel.js';

export type ApplicationStep = { application: Application; created: boolean; publicUrl: string };

/** An application whose webhooks lead to this machine: one that there is, or a new one. */
export async function applicationStep(context: Context, flags: InitFlags): Promise<ApplicationStep> {
  const settings = await context.settings();
  const { out } = context;
  const set = await settings.find('applicationId');
  if (flags.application === 'new' && set?.source === 'env') {
    throw new VoxproxyError(
      'settings',
      'The environment sets an application, and goes before a new one.',
      'Take VONAGE_APPLICATION_ID and VONAGE_PRIVATE_KEY away from it, or from .env.',
    );
  }
  // One that was made before an interruption is the new one.
  const isSet = flags.application === undefined || flags.application === 'new';
  const known = isSet ? set?.value : undefined;
  const id = known ?? (await chosenApplication(context, flags));
  if (id !== null) {
    const application = await knownApplication(await context.vonage(), id);
    if (known === undefined) await settings.set('applicationId', id);
    await privateKeyOf(context, flags);
    const publicUrl = await publicUrlOf(context, flags, application);
    const { answerUrl } = webhooksAt(publicUrl);
    const before = application.webhooks.answerUrl;
    if (before === answerUrl) return { application, created: false, publicUrl };
    await agreeToMove(context, flags, before, publicUrl);
    const changed = await (await context.vonage()).updateApplication(id, { webhooks: webhooksAt(publicUrl) });
    await settings.set('publicUrl', publicUrl);
    out.say(`  Its webhooks lead to ${publicUrl} now.`);
    return { application: changed, created: false, publicUrl };
  }
  const publicUrl = await publicUrlOf(context, flags, null);
  const name = textFlag('--name', flags.name ?? 'voxproxy');
  const { application } = await makeApplication(context, name, publicUrl);
  return { application, created: true, publicUrl };
}

/** Whoever uses the application already would get no calls any more. */
async function agreeToMove(
  { out, prompts }: Context,
  flags: InitFlags,
  before: string | null,
  publicUrl: string,
): Promise<void> {
  if (before === null || flags.yes) return;
  out.say(`Its webhooks lead to ${before} now.`);
  prompts.needsAnswer('--yes', 'Pointing the webhooks of an application elsewhere');
  if (!(await prompts.confirm(`Point them to ${publicUrl}?`)))
    throw new VoxproxyError(
      'declined',
      'Its webhooks stay as they are.',
      'Make a new application: voxproxy init --application new',
    );
}

/** The id of an application that there is already; null for a new one. */
async function chosenApplication(context: Context, flags: InitFlags): Promise<string | null> {
  if (flags.application !== undefined) return flags.application === 'new' ? null : flags.application;
  const { prompts } = context;
  prompts.needsAnswer('--application new, or the id of one', 'The choice of an application');
  const choice = await prompts.choose('The Vonage application that takes the calls:', [
    { name: 'make a new one', value: 'new' },
    { name: 'use one that there is already', value: 'existing' },
  ]);
  if (choice === 'new') return null;
  const id = await prompts.input('Its id:', undefined, (text) =>
    /^[\w-]{8,64}$/.test(text) ? null : 'It looks like 8-4-4-4-12 letters and digits.',
  );
  return id.trim();
}

async function privateKeyOf(context: Context, flags: InitFlags): Promise<void> {
  const settings = await context.settings();
  if (flags.privateKey === undefined && (await settings.get('privateKey')) !== undefined) return;
  const { prompts } = context;
  if (flags.privateKey === undefined)
    prompts.needsAnswer('--private-key', 'The private key of the application');
  const path =
    flags.privateKey ??
    (await prompts.input('The path of its private key:', undefined, (text) =>
      isKeyFile(text) ? null : 'There is no private key in that file.',
    ));
  if (!isKeyFile(path.trim())) {
    throw new VoxproxyError(
      'usage',
      '--private-key is not the path of a private key.',
      'A new key can be made in the dashboard, where the application is.',
    );
  }
  await settings.set('privateKey', resolve(path.trim()));
}

function isKeyFile(path: string): boolean {
  try {
    createPrivateKey(readFileSync(path, 'utf8'));
    return true;
  } catch {
    return false;
  }
}

/** Given, or ngrok's, or as the application has it already, or typed. */
async function publicUrlOf(
  context: Context,
  flags: InitFlags,
  application: Application | null,
): Promise<string> {
  if (flags.publicUrl !== undefined) return urlFlag('--public-url', flags.publicUrl);
  const settings = await context.settings();
  const port = (await settings.get('port')) ?? 0;
  const { out, prompts } = context;
  if (flags.ngrok !== undefined) return tunnelUrl({ api: ngrokApi(flags.ngrok), port }, context.signal);
  const saved = await settings.get('publicUrl');
  const answerUrl = application?.webhooks.answerUrl;
  if (saved !== undefined && answerUrl === webhooksAt(saved).answerUrl) return saved;
  if (!prompts.canAsk) {
    if (saved !== undefined) return saved;
    prompts.needsAnswer('--public-url or --ngrok', 'The public URL');
  }
  const found = await findTunnel({ api: null, port }, null, context.signal);
  if (found.kind === 'found' && (await prompts.confirm(`ngrok forwards ${found.url} here. Use it?`, true)))
    return found.url;
  out.say(`Vonage has to reach port ${port} of this machine: by a name of your own, or: ngrok http ${port}`);
  const typed = await prompts.input('Public URL:', saved, (text) =>
    /^https:\/\//.test(text) && URL.canParse(text) ? null : 'It begins with https://.',
  );
  return urlFlag('--public-url', typed.trim());
}
