import { createAccount } from './account.js';
import { createApp } from './app.js';
import type { Operator } from './operator.js';

/** The environment with which the product meets the sandbox in Vonage's place. */
export type SandboxEnv = {
  VONAGE_API_KEY: string;
  VONAGE_API_SECRET: string;
  VONAGE_APPLICATION_ID: string;
  /** PKCS#8 PEM. */
  VONAGE_PRIVATE_KEY: string;
  VONAGE_SIGNATURE_SECRET: string;
  VONAGE_REST_HOST: string;
  VONAGE_API_HOST: string;
};

/** A running rehearsal of Vonage: one account, nothing real, gone when closed. */
export type Sandbox = { url: string; env: SandboxEnv; close(): Promise<void> };

/**
 * Starts listening, on 127.0.0.1 unless told otherwise. Port 0 takes any free port.
 * Rejects with node's own error (EADDRINUSE) when the port is taken.
 */
export async function startSandbox(options: {
  port: number;
  host?: string;
  onLog?: (line: string) => void;
  /** Who works with voxproxy at the page's desk; made when the environment is known. */
  operator?: (env: SandboxEnv) => Operator;
}): Promise<Sandbox> {
  const { account, application, privateKey } = await createAccount();
  const env: SandboxEnv = {
    VONAGE_API_KEY: account.apiKey,
    VONAGE_API_SECRET: account.apiSecret,
    VONAGE_APPLICATION_ID: application.id,
    VONAGE_PRIVATE_KEY: privateKey,
    VONAGE_SIGNATURE_SECRET: account.signatureSecret,
    VONAGE_REST_HOST: '',
    VONAGE_API_HOST: '',
  };
  // The address is known only when it listens; nobody asks the operator for anything before.
  const operator = options.operator?.(env);
  const app = createApp(account, options.onLog ?? (() => {}), operator);
  const url = await app.listen({ port: options.port, host: options.host ?? '127.0.0.1' });
  env.VONAGE_REST_HOST = url;
  env.VONAGE_API_HOST = url;
  return {
    url,
    env,
    close: async () => {
      await operator?.close();
      await app.close();
    },
  };
}
