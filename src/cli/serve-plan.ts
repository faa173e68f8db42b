import { randomBytes } from 'node:crypto';
import type { Context } from '../context.js';
import { isLoopback, isLoopbackHost } from '../domain/loopback.js';
import { VoxproxyError } from '../errors.js';
import type { Authenticity } from '../listener/webhook-authenticity.js';
import { baseUrl } from '../setting-definitions.js';
import type { Settings } from '../settings.js';
import type { Wanted } from '../use-cases/find-tunnel.js';
import { TokenMint } from '../vonage/minted-token.js';
import { WebhookVerifier } from '../vonage/signature.js';
import type { ServeFlags } from './commands/serve.js';
import { portFlag } from './flags.js';
import { ngrokApi, tunnelUrl } from './tunnel.js';

export const API_KEY_HINT =
  'Find it at the top of the Vonage dashboard. To try without an account: voxproxy sandbox';
export const SECRET_HINT =
  'Find it in the Vonage dashboard under Settings, API settings: "Signature secret". Then: voxproxy config set signatureSecret';

/** How a listener is to run. */
export type Plan = {
  port: number;
  host: string;
  /** The base of every URL that is handed out, as far as nobody has to be asked; else null. */
  base: string | null;
  /** Whether the application's webhooks are pointed here until the listener ends. */
  points: boolean;
  /** Whether that was asked for; the sandbox is pointed here anyway. */
  told: boolean;
  /** The tunnel to follow; null when the base stays what it is. */
  tunnel: Wanted | null;
  insecure: boolean;
  authenticity: Authenticity;
  mint: TokenMint;
};

/** @throws VoxproxyError `usage` for flags that do not go together, `settings` or `credentials` for what is missing */
export async function planOf(context: Context, flags: ServeFlags): Promise<Plan> {
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
  const ngrok = flags.ngrok !== undefined;
  const api = ngrokApi(flags.ngrok);
  if (insecure && (publicUrl !== null || ngrok || !(host === '::1' || isLoopbackHost(host)))) {
    throw new VoxproxyError(
      'usage',
      '--insecure-unsigned serves this machine alone: it goes with neither --public-url nor --ngrok nor another --host.',
      'Anybody who reaches an unsigned listener can ask it for real numbers.',
    );
  }
  if (ngrok && publicUrl !== null)
    throw new VoxproxyError('usage', '--ngrok finds the public URL: it does not go with --public-url.');
  const settings = await context.settings();
  const wanted = port ?? (await settings.get('port')) ?? 0;
  if (ngrok && wanted === 0) {
    throw new VoxproxyError(
      'usage',
      '--ngrok does not go with port 0: ngrok has to know the port beforehand.',
      'For example: voxproxy serve --port 3000 --ngrok',
    );
  }
  const apiHost = await settings.get('apiHost');
  // The sandbox is on this machine: it is always pointed here.
  const isSandbox = apiHost !== undefined && isLoopback(apiHost);
  const told = publicUrl !== null || ngrok;
  const points = insecure ? isSandbox && (await hasCredentials(settings)) : isSandbox || told;
  const plan = {
    port: wanted,
    host,
    base: publicUrl ?? (points ? null : ((await settings.get('publicUrl')) ?? null)),
    points,
    told,
    tunnel: ngrok ? { api, port: wanted } : null,
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
    apiKey: await settings.require('apiKey', API_KEY_HINT),
    applicationId: await context.applicationId(),
    allowUnhashedGet: (await settings.get('allowUnhashedGet')) ?? false,
  });
  // Asked last: what is missing here would not be found there.
  const base = plan.tunnel === null ? plan.base : await tunnelUrl(plan.tunnel, context.signal);
  return { ...plan, base, authenticity: { kind: 'signed', verifier }, mint: new TokenMint(signatureSecret) };
}

export async function hasCredentials(settings: Settings): Promise<boolean> {
  const wanted = ['apiKey', 'apiSecret', 'applicationId'] as const;
  const found = await Promise.all(wanted.map((name) => settings.get(name)));
  return found.every((value) => value !== undefined);
}
