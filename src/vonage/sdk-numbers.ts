import type { Vonage as VonageSdk } from '@vonage/server-sdk';
import { type Country, type E164, toMsisdn } from '../domain/phone-number.js';
import { VoxproxyError } from '../errors.js';
import { failureOf, harmless, statusOf } from './failure.js';
import { readAllOwned, readNumbers, readOffered, readOwned } from './numbers.js';
import type { Requests } from './requests.js';
import type { NumberOutcome, NumberSearch, OwnedNumber } from './vonage.js';

type Numbers = VonageSdk['numbers'];
type SdkSearch = Parameters<Numbers['getAvailableNumbers']>[0];

/** 0 starts with, 1 contains, 2 ends with. */
const CONTAINS = 1;
/** The most that Vonage lists at once. */
const PAGE = 100;

/** The Numbers API through the SDK. */
export class SdkNumbers {
  readonly #sdk: Numbers;
  readonly #rest: string;
  readonly #requests: Requests;

  /** @param rest where the API is */
  constructor(sdk: Numbers, rest: string, requests: Requests) {
    this.#sdk = sdk;
    this.#rest = rest;
    this.#requests = requests;
  }

  async search({ country, features, type, pattern, limit }: NumberSearch) {
    const body = await this.#requests.call('Searching numbers', () =>
      this.#sdk.getAvailableNumbers({
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

  async owned() {
    const listed = new Map<unknown, Record<string, unknown>>();
    let total = 0;
    for (let page = 1; ; page++) {
      const body = await this.#requests.call('Reading the numbers', () =>
        this.#sdk.sendGetRequest(`${this.#rest}/account/numbers`, { size: PAGE, index: page }),
      );
      const { numbers, count } = readNumbers(body.data);
      const before = listed.size;
      for (const one of numbers) listed.set(one.msisdn, one);
      total = Math.max(total, count);
      // A page that brings nothing new would come again and again.
      if (numbers.length < PAGE || listed.size === before) break;
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

  async ownedOne(number: E164) {
    const body = await this.#requests.call('Reading the number', () =>
      this.#sdk.sendGetRequest(`${this.#rest}/account/numbers`, {
        pattern: toMsisdn(number),
        search_pattern: CONTAINS,
        size: 100,
      }),
    );
    return readNumbers(body.data)
      .numbers.map(readOwned)
      .find((owned) => owned.number === number);
  }

  async buy(number: E164, country: Country) {
    return this.#change('Buying the number', 'buy', { country, msisdn: toMsisdn(number) });
  }

  async link(number: OwnedNumber, applicationId: string | null) {
    return this.#change('Linking the number', 'update', {
      ...number.kept,
      country: number.country,
      msisdn: toMsisdn(number.number),
      ...(applicationId === null ? {} : { app_id: applicationId }),
    });
  }

  async cancel(number: E164, country: Country) {
    return this.#change('Cancelling the number', 'cancel', { country, msisdn: toMsisdn(number) });
  }

  /** Vonage refuses with status 420, or with a success whose body says 420. */
  async #change(
    doing: string,
    verb: 'buy' | 'update' | 'cancel',
    form: Record<string, string>,
  ): Promise<NumberOutcome> {
    let body: unknown;
    try {
      body = (
        await this.#requests.patiently(() =>
          this.#sdk.sendFormSubmitRequest(`${this.#rest}/number/${verb}`, form),
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
}
