import type { Context } from '../../context.js';
import { VoxproxyError } from '../../errors.js';
import { webhooksAt } from '../../listener/paths.js';
import { knownApplication } from '../../use-cases/known-application.js';
import type { Application } from '../../vonage/vonage.js';
import type { AppFlags } from '../commands/app.js';
import { textFlag, urlFlag } from '../flags.js';
import { makeApplication } from '../make-application.js';

export async function create(context: Context, flags: AppFlags): Promise<undefined> {
  const name = textFlag('--name', flags.name ?? 'voxproxy');
  if (flags.publicUrl === undefined) {
    throw new VoxproxyError(
      'usage',
      'app create needs --public-url.',
      'For example: --public-url https://calls.example.com',
    );
  }
  const url = urlFlag('--public-url', flags.publicUrl);
  const { out } = context;
  if (flags.dryRun) {
    out.answer({ application: null, dryRun: true, webhooks: webhooksAt(url) }, () => 'Nothing was made.');
    return;
  }
  const { application, keyPath } = await makeApplication(context, name, url);
  out.answer({ application: documentOf(application), privateKey: keyPath }, () =>
    [
      `${out.style.green('✔')} Made application ${application.id}; its private key is in ${keyPath}`,
      '',
      linesOf(application),
    ].join('\n'),
  );
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
    ...(flags.publicUrl === undefined
      ? {}
      : { webhooks: webhooksAt(urlFlag('--public-url', flags.publicUrl)) }),
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
    await (await context.settings()).set('publicUrl', urlFlag('--public-url', flags.publicUrl));
  out.answer({ application: documentOf(application) }, () =>
    [`${out.style.green('✔')} Changed application ${application.id}`, '', linesOf(application)].join('\n'),
  );
  out.suggest('voxproxy serve');
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
