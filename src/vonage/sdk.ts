import { tokenGenerate } from '@vonage/jwt';
import { Vonage as VonageSdk } from '@vonage/server-sdk';
import { type Country, type E164, toMsisdn } from '../domain/phone-number.js';
import { VoxproxyError } from '../errors.js';
import { asApplication, changedApplication, readApplication } from './applications.js';
import { CREDENTIALS_REFUSED, failureOf, harmless, retryAfterOf, statusOf } from './failure.js';
import { readIdentityInsights, readNumberInsight } from './lookup.js';
import { readAllOwned, readNumbers, readOffered, readOwned } from './numbers.js';
import type {
  ApplicationChange,
  CallLeg,
  LookupOutcome,
  NumberOutcome,
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

export type Patience = {
  sleep: (milliseconds: number) => Promise<void>;
  /** Told before each wait, in seconds. */
  onWait: (seconds: number) => void;
};

const TIMEOUT = 10_000;
const LOOKUP_TIMEOUT = 3_000;
const MOST_WAITS = 5;
/** As many numbers as one page can hold. */
const PAGE = 100;
type SdkSearch = Parameters<VonageSdk['numbers']['getAvailableNumbers']>[0];

const DEFAULT_REST_HOST = 'https://rest.nexmo.com';
const DEFAULT_API_HOST = 'https://api.nexmo.com';
const IDENTITY_INSIGHTS_HOST = 'https://api-eu.vonage.com';
/** 0 starts with, 1 contains, 2 ends with. */
const CONTAINS = 1;

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
  readonly #mostWaits: number;

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
    this.#mostWaits = mostWaits;
    const options = { restHost: this.#rest, apiHost: this.#api, appendUserAgent: 'voxproxy' };
    this.#sdk = new VonageSdk(auth, { ...options, timeout });
    this.#impatient = new VonageSdk(auth, { ...options, timeout: LOOKUP_TIMEOUT });
  }

  hurried(milliseconds: number) {
    return new SdkVonage(this.#credentials, this.#hosts, this.#patience, {
      timeout: milliseconds,
      mostWaits: 0,
    });
  }

  async searchNumbers({ country, features, type, pattern, limit }: NumberSearch) {
    const body = await this.#call('Searching numbers', () =>
      this.#sdk.numbers.getAvailableNumbers({
        country,
        size: limit,
        ...(features.length === 0 ? {} : { features }),
        ...(type === null ? {} : { type }),
        ...(pattern === null ? {} : { pattern, searchPattern: CONTAINS }),
        // The SDK's enums have just these words as values.
      } as SdkSearch),
    );
    const { numbers, count } = readNumbers(body);
    return { numbers: numbers.map(readOffered), total: count };
  }

  async ownedNumbers() {
    const listed = new Map<unknown, Record<string, unknown>>();
    let total = 0;
    for (let page = 1; ; page++) {
      const body = await this.#call('Reading the numbers', () =>
        this.#sdk.numbers.sendGetRequest(`${this.#rest}/account/numbers`, { size: PAGE, index: page }),
      );
      const { numbers, count } = readNumbers(body.data);
      for (const one of numbers) listed.set(one.msisdn, one);
      total = Math.max(total, count);
      if (numbers.length < PAGE) break;
    }
    // What is missing here would be taken for given back.
    if (listed.size < total) {
      throw new VoxproxyError(
        'vonage',
        "Vonage's list of numbers was not complete.",
        'Try again in a moment.',
      );
    }
    return readAllOwned([...listed.values()]);
  }

  async ownedNumber(number: E164) {
    const body = await this.#call('Reading the number', () =>
      this.#sdk.numbers.sendGetRequest(`${this.#rest}/account/numbers`, {
        pattern: toMsisdn(number),
        search_pattern: CONTAINS,
        size: 100,
      }),
    );
    return readNumbers(body.data)
      .numbers.map(readOwned)
      .find((owned) => owned.number === number);
  }

  async buyNumber(number: E164, country: Country) {
    return this.#changeNumber('Buying the number', 'buy', { country, msisdn: toMsisdn(number) });
  }

  async linkNumber(number: OwnedNumber, applicationId: string | null) {
    return this.#changeNumber('Linking the number', 'update', {
      ...number.kept,
      country: number.country,
      msisdn: toMsisdn(number.number),
      ...(applicationId === null ? {} : { app_id: applicationId }),
    });
  }

  async cancelNumber(number: E164, country: Country) {
    return this.#changeNumber('Cancelling the number', 'cancel', { country, msisdn: toMsisdn(number) });
  }

  async balance() {
    const { value } = await this.#call('Reading the balance', () => this.#sdk.accounts.getBalance());
    return Number(value);
  }

  async time() {
    const response = await this.#call('Asking for the time', () =>
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
    await this.#call('Sending the SMS', async () => {
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
    await this.#call(doing, () =>
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
    const made = await this.#call('Creating the application', async () => {
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
    return this.#call('Updating the application', async () => {
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

  /** Vonage refuses with status 420, or with a success whose body says 420. */
  async #changeNumber(
    doing: string,
    verb: 'buy' | 'update' | 'cancel',
    form: Record<string, string>,
  ): Promise<NumberOutcome> {
    let body: unknown;
    try {
      body = (
        await this.#patiently(() =>
          this.#sdk.numbers.sendFormSubmitRequest(`${this.#rest}/number/${verb}`, form),
        )
      ).data;
    } catch (error) {
      if (statusOf(error) !== 420) throw await failureOf(error, doing);
      body = await (error as { response: Response }).response.json().catch(() => null);
    }
    const { 'error-code': code, 'error-code-label': label } = (body ?? {}) as Record<string, unknown>;
    if (String(code) === '200') return { kind: 'done' };
    if (String(code) === '420') return { kind: 'refused', label: harmless(String(label)) };
    throw await failureOf(new Error('neither done nor refused'), doing);
  }

  async #call<T>(doing: string, request: () => Promise<T>): Promise<T> {
    try {
      return await this.#patiently(request);
    } catch (error) {
      throw await failureOf(error, doing);
    }
  }

  async #patiently<T>(request: () => Promise<T>): Promise<T> {
    for (let waits = 0; ; waits++) {
      try {
        return await request();
      } catch (error) {
        if (statusOf(error) !== 429 || waits === this.#mostWaits) throw error;
        const seconds = retryAfterOf(error);
        this.#patience.onWait(seconds);
        await this.#patience.sleep(seconds * 1000);
      }
    }
  }
}
