import { createAccount } from './account.js';
import { createApp } from './app.js';

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
}): Promise<Sandbox> {
  const { account, application, privateKey } = await createAccount();
  const app = createApp(account, options.onLog ?? (() => {}));
  const url = await app.listen({ port: options.port, host: options.host ?? '127.0.0.1' });
  return {
    url,
    env: {
      VONAGE_API_KEY: account.apiKey,
      VONAGE_API_SECRET: account.apiSecret,
      VONAGE_APPLICATION_ID: application.id,
      VONAGE_PRIVATE_KEY: privateKey,
      VONAGE_SIGNATURE_SECRET: account.signatureSecret,
      VONAGE_REST_HOST: url,
      VONAGE_API_HOST: url,
    },
    close: () => app.close(),
  };
}
