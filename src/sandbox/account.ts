import { randomBytes, randomInt } from 'node:crypto';
import { type Application, newApplication } from './application.js';
import { generateKeys } from './keys.js';
import type { OwnedNumber } from './owned-number.js';

/** A text that the account sent, numbers in Vonage's digits-only form. */
export type SentText = {
  message_uuid: string;
  from: string;
  to: string;
  text: string;
  client_ref?: string;
  at: string;
  status: 'submitted' | 'delivered' | 'undeliverable' | 'rejected';
};

/** Everything the sandbox remembers: one Vonage account. */
export type Account = {
  apiKey: string;
  apiSecret: string;
  signatureSecret: string;
  /** EUR. Renting numbers is charged; calls and texts are free here, so that a rehearsal can be repeated. */
  balance: number;
  /** By MSISDN. */
  numbers: Map<string, OwnedNumber>;
  applications: Map<string, Application>;
  texts: SentText[];
};

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A fresh account with one application, which takes calls but does not say where yet. */
export async function createAccount() {
  const { publicKey, privateKey } = await generateKeys();
  const application = newApplication('Sandbox', publicKey);
  const account: Account = {
    apiKey: randomBytes(4).toString('hex'),
    apiSecret: randomAlphanumeric(16),
    signatureSecret: randomAlphanumeric(48),
    balance: 100,
    numbers: new Map(),
    applications: new Map([[application.id, application]]),
    texts: [],
  };
  return { account, application, privateKey };
}

function randomAlphanumeric(length: number) {
  return Array.from({ length }, () => ALPHANUMERIC[randomInt(ALPHANUMERIC.length)]).join('');
}

/** The application that a number's calls and texts go to, if any. */
export function applicationOf(account: Account, number: OwnedNumber): Application | undefined {
  return number.app_id === undefined ? undefined : account.applications.get(number.app_id);
}
