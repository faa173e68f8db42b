import { Vonage } from '@vonage/server-sdk';
import { expect } from 'vitest';
import type { SandboxEnv } from '../../src/sandbox/sandbox.js';

/** Vonage's own SDK, as the product uses it, with the sandbox in Vonage's place. */
export function sdkFor(env: SandboxEnv, changes: Partial<SandboxEnv> & { timeout?: number } = {}): Vonage {
  const { timeout = 3000, ...credentials } = { ...env, ...changes };
  return new Vonage(
    {
      apiKey: credentials.VONAGE_API_KEY,
      apiSecret: credentials.VONAGE_API_SECRET,
      applicationId: credentials.VONAGE_APPLICATION_ID,
      privateKey: credentials.VONAGE_PRIVATE_KEY,
    },
    { restHost: env.VONAGE_REST_HOST, apiHost: env.VONAGE_API_HOST, timeout },
  );
}

/** What the SDK makes of an HTTP error: its status, headers and body. */
export async function failure(promise: Promise<unknown>) {
  const { response } = await promise.then(
    () => expect.fail('should have failed'),
    (error: { response: Response }) => error,
  );
  // biome-ignore lint/suspicious/noExplicitAny: the body is what the test is about
  return { status: response.status, headers: response.headers, body: (await response.json()) as any };
}
