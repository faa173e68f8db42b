import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../../context.js';
import { VoxproxyError } from '../../errors.js';
import { webhooksAt } from '../../listener/paths.js';
import { baseUrl } from '../../setting-definitions.js';
import { makePrivateDirectory } from '../../store/private-file.js';
import { knownApplication } from '../../use-cases/known-application.js';
import type { Application } from '../../vonage/vonage.js';
import type { AppFlags } from '../commands/app.js';
import { textFlag } from '../flags.js';

export async function create(context: Context, flags: AppFlags): Promise<undefined> {
  const name = textFlag('--name', flags.name ?? 'voxproxy');
  if (flags.publicUrl === undefined) {
    throw new VoxproxyError(
      'usage',
      'app create needs --public-url.',
      'For example: --public-url https://calls.example.com',
    );
  }
  const url = publicUrl(flags.publicUrl);
  const { out } = context;
  if (flags.dryRun) {
    out.answer({ application: null, dryRun: true, webhooks: webhooksAt(url) }, () => 'Nothing was made.');
    return;
  }
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
  out.answer({ application: documentOf(application), privateKey: keyPath }, () =>
    [
      `${out.style.green('✔')} Made application ${application.id}; its private key is in ${keyPath}`,
      '',
      linesOf(application),
    ].join('\n'),
  );
  for (const name of ['applicationId', 'privateKey'] as const) {
    if ((await settings.find(name))?.source === 'env')
      out.warn(`The environment sets ${name} as well, and goes before the file.`);
  }
  out.suggest('voxproxy numbers provision GB');
}

export async function show(context: Context): Promise<undefined> {
  const vonage = await context.vonage();
  const application = await knownApplication(vonage, await context.applicationId());
  context.out.answer({ application: documentOf(application) }, () => linesOf(application));
}

export async function update(context: Context, flags: AppFlags): Promise<undefined> {
  if (flags.name === undefined && flags.publicUrl === undefined) {
    throw new VoxproxyError(
      'usage',
      'app update needs --public-url or --name.',
      'For example: --public-url https://calls.example.com',
    );
  }
  const change = {
    ...(flags.name === undefined ? {} : { name: textFlag('--name', flags.name) }),
    ...(flags.publicUrl === undefined ? {} : { webhooks: webhooksAt(publicUrl(flags.publicUrl)) }),
  };
  const vonage = await context.vonage();
  const id = await context.applicationId();
  const { out } = context;
  await knownApplication(vonage, id);
  if (flags.dryRun) {
    out.answer({ application: null, dryRun: true, ...change }, () => 'Nothing was changed.');
    return;
  }
  const application = await vonage.updateApplication(id, change);
  if (flags.publicUrl !== undefined)
    await (await context.settings()).set('publicUrl', publicUrl(flags.publicUrl));
  out.answer({ application: documentOf(application) }, () =>
    [`${out.style.green('✔')} Changed application ${application.id}`, '', linesOf(application)].join('\n'),
  );
}

function publicUrl(text: string): string {
  const url = baseUrl(text);
  if (url === undefined) {
    throw new VoxproxyError(
      'usage',
      '--public-url is not an http(s) URL.',
      'For example: https://calls.example.com',
    );
  }
  return url;
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

function documentOf({ id, name, webhooks, answerMethod, signedCallbacks }: Application) {
  return { id, name, ...webhooks, answerMethod, signedCallbacks };
}

function linesOf({ name, webhooks, answerMethod, signedCallbacks }: Application): string {
  return [
    `  name      ${name}`,
    `  answer    ${webhooks.answerUrl ?? '-'}${answerMethod === null ? '' : ` (${answerMethod})`}`,
    `  fallback  ${webhooks.fallbackUrl ?? '-'}`,
    `  event     ${webhooks.eventUrl ?? '-'}`,
    `  messages  ${webhooks.inboundUrl ?? '-'}`,
    `  status    ${webhooks.statusUrl ?? '-'}`,
    `  signed    ${signedCallbacks ? 'yes' : 'no: every call would be refused'}`,
  ].join('\n');
}
