import { tokenGenerate } from '@vonage/jwt';
import { Vonage as VonageSdk } from '@vonage/server-sdk';
import { type Country, type E164, toMsisdn } from '../domain/phone-number.js';
import { VoxproxyError } from '../errors.js';
import { asApplication, changedApplication, readApplication } from './applications.js';
import { CREDENTIALS_REFUSED, failureOf, statusOf } from './failure.js';
import { readIdentityInsights, readNumberInsight } from './lookup.js';
import { type Patience, Requests } from './requests.js';
import { SdkNumbers } from './sdk-numbers.js';
import type {
  ApplicationChange,
  CallLeg,
  LookupOutcome,
  NumberSearch,
  OwnedNumber,
  Vonage,
  Webhooks,
} from './vonage.js';

export type Credentials = {
  apiKey: string;
  apiSecret: string;
  /** What messages and Identity Insights sign with; null when there is no application yet. */
  application: { id: string; privateKey: string } | null;
};

export type Hosts = { rest: string | null; api: string | null };

const TIMEOUT = 10_000;
const LOOKUP_TIMEOUT = 3_000;
const MOST_WAITS = 5;

const DEFAULT_REST_HOST = 'https://rest.nexmo.com';
const DEFAULT_API_HOST = 'https://api.nexmo.com';
const IDENTITY_INSIGHTS_HOST = 'https://api-eu.vonage.com';

/** The Vonage services through @vonage/server-sdk. */
export class SdkVonage implements Vonage {
  readonly #sdk: VonageSdk;
  readonly #impatient: VonageSdk;
  readonly #credentials: Credentials;
  readonly #hosts: Hosts;
  readonly #rest: string;
  readonly #api: string;
  readonly #identityInsights: string;
  readonly #patience: Patience;
  readonly #requests: Requests;
  readonly #numbers: SdkNumbers;

  constructor(
    credentials: Credentials,
    hosts: Hosts,
    patience: Patience,
    { timeout, mostWaits } = { timeout: TIMEOUT, mostWaits: MOST_WAITS },
  ) {
    const { application } = credentials;
    const auth = {
      apiKey: credentials.apiKey,
      apiSecret: credentials.apiSecret,
      ...(application === null ? {} : { applicationId: application.id, privateKey: application.privateKey }),
    };
    this.#credentials = credentials;
    this.#hosts = hosts;
    this.#rest = hosts.rest ?? DEFAULT_REST_HOST;
    this.#api = hosts.api ?? DEFAULT_API_HOST;
    this.#identityInsights = hosts.api ?? IDENTITY_INSIGHTS_HOST;
    this.#patience = patience;
    this.#requests = new Requests(patience, mostWaits);
    const options = { restHost: this.#rest, apiHost: this.#api, appendUserAgent: 'voxproxy' };
    this.#sdk = new VonageSdk(auth, { ...options, timeout });
    this.#numbers = new SdkNumbers(this.#sdk.numbers, this.#rest, this.#requests);
    this.#impatient = new VonageSdk(auth, { ...options, timeout: LOOKUP_TIMEOUT });
  }

  hurried(milliseconds: number) {
    return new SdkVonage(this.#credentials, this.#hosts, this.#patience, {
      timeout: milliseconds,
      mostWaits: 0,
    });
  }

  searchNumbers = (search: NumberSearch) => this.#numbers.search(search);
  ownedNumbers = () => this.#numbers.owned();
  ownedNumber = (number: E164) => this.#numbers.ownedOne(number);
  buyNumber = (number: E164, country: Country) => this.#numbers.buy(number, country);
  linkNumber = (number: OwnedNumber, applicationId: string | null) =>
    this.#numbers.link(number, applicationId);
  cancelNumber = (number: E164, country: Country) => this.#numbers.cancel(number, country);

  async balance() {
    const { value } = await this.#requests.call('Reading the balance', () => this.#sdk.accounts.getBalance());
    return Number(value);
  }

  async time() {
    const response = await this.#requests.call('Asking for the time', () =>
      fetch(`${this.#api}/`, {
        method: 'HEAD',
        redirect: 'manual',
        signal: AbortSignal.timeout(LOOKUP_TIMEOUT),
      }),
    );
    const time = Date.parse(response.headers.get('date') ?? '');
    return Number.isNaN(time) ? null : time;
  }

  async lookUp(number: E164, way: 'number-insight' | 'identity-insights'): Promise<LookupOutcome> {
    try {
      return way === 'number-insight'
        ? readNumberInsight(await this.#impatient.numberInsights.basicLookup(toMsisdn(number)))
        : readIdentityInsights(await this.#identityInsightsOf(number));
    } catch (error) {
      if (error instanceof VoxproxyError) throw error;
      const status = statusOf(error);
      if (status === 401) throw CREDENTIALS_REFUSED;
      if (status === 429) return { kind: 'unknown', why: 'its quota is used up' };
      if (status !== undefined) return { kind: 'unknown', why: `it answered ${status}` };
      const late = ['AbortError', 'TimeoutError'].includes((error as Error).name);
      return {
        kind: 'unknown',
        why: late ? 'it did not answer within 3 seconds' : 'it could not be reached',
      };
    }
  }

  /** Fails with what a status or a broken connection looks like in the SDK: `lookUp` reads both. */
  async #identityInsightsOf(number: E164): Promise<unknown> {
    const { id, privateKey } = this.#application();
    const response = await fetch(`${this.#identityInsights}/identity-insights/v1/requests`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${tokenGenerate(id, privateKey)}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ phone_number: toMsisdn(number), insights: { format: {} } }),
      signal: AbortSignal.timeout(LOOKUP_TIMEOUT),
    });
    if (!response.ok) throw Object.assign(new Error('lookup refused'), { response });
    const text = await response.text();
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }

  async sendText({ from, to, text, reference }: Parameters<Vonage['sendText']>[0]) {
    await this.#requests.call('Sending the SMS', async () => {
      const { data } = await this.#sdk.messages.sendPostRequest<{ message_uuid?: unknown } | null>(
        `${this.#api}/v1/messages`,
        {
          message_type: 'text',
          channel: 'sms',
          to: toMsisdn(to),
          from: toMsisdn(from),
          text,
          ...(reference === undefined ? {} : { client_ref: reference }),
        },
      );
      if (typeof data?.message_uuid !== 'string') throw new Error('not accepted');
    });
  }

  async transferLeg(leg: CallLeg, ncco: readonly object[]) {
    await this.#controlLeg('Transferring the call', leg, {
      action: 'transfer',
      destination: { type: 'ncco', ncco },
    });
  }

  async hangUpLeg(leg: CallLeg) {
    await this.#controlLeg('Hanging up', leg, { action: 'hangup' });
  }

  async #controlLeg(doing: string, { uuid, host }: CallLeg, command: object) {
    if (!/^[\w-]+$/.test(uuid)) throw new VoxproxyError('vonage', `${doing} failed: the leg has no id.`);
    // Where everything is pointed elsewhere, so are the regions.
    const base = this.#api === DEFAULT_API_HOST ? (host ?? this.#api) : this.#api;
    await this.#requests.call(doing, () =>
      this.#sdk.voice.sendPutRequest(`${base}/v1/calls/${encodeURIComponent(uuid)}`, { ...command }),
    );
  }

  async application(id: string) {
    try {
      const ourKey = this.#credentials.application?.privateKey ?? null;
      return readApplication(await this.#rawApplication(id), ourKey);
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw await failureOf(error, 'Reading the application');
    }
  }

  async createApplication(name: string, webhooks: Webhooks) {
    const made = await this.#requests.call('Creating the application', async () => {
      const { data } = await this.#sdk.applications.sendPostRequest(
        `${this.#api}/v2/applications`,
        changedApplication({ name, privacy: { improve_ai: false } }, { webhooks }),
      );
      return asApplication(data);
    });
    const privateKey = (made.keys as { private_key?: unknown } | undefined)?.private_key;
    if (typeof privateKey !== 'string') {
      throw new VoxproxyError(
        'vonage',
        'Vonage made the application but gave no private key.',
        'Delete it in the dashboard and try again.',
      );
    }
    return { application: readApplication(made), privateKey };
  }

  async updateApplication(id: string, change: ApplicationChange) {
    return this.#requests.call('Updating the application', async () => {
      const changed = changedApplication(await this.#rawApplication(id), change);
      const { data } = await this.#sdk.applications.sendPutRequest(this.#applicationUrl(id), changed);
      return readApplication(data);
    });
  }

  async #rawApplication(id: string): Promise<unknown> {
    return asApplication((await this.#sdk.applications.sendGetRequest(this.#applicationUrl(id))).data);
  }

  #applicationUrl(id: string): string {
    return `${this.#api}/v2/applications/${encodeURIComponent(id)}`;
  }

  #application(): { id: string; privateKey: string } {
    if (this.#credentials.application === null) {
      throw new VoxproxyError('settings', 'No application is set.', 'Make one with: voxproxy app create');
    }
    return this.#credentials.application;
  }
}
