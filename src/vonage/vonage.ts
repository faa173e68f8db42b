import type { Country, E164 } from '../domain/phone-number.js';

/** What Vonage asks for, in the currency of its price list. */
export type Money = { amount: string; currency: 'EUR' };

export type NumberType = 'landline' | 'mobile-lvn' | 'landline-toll-free';
export const NUMBER_TYPES: readonly NumberType[] = ['landline', 'mobile-lvn', 'landline-toll-free'];

export type Feature = 'VOICE' | 'SMS' | 'MMS';
export const FEATURES: readonly Feature[] = ['VOICE', 'SMS', 'MMS'];

/** A number that can be rented. */
export type OfferedNumber = {
  number: E164;
  country: Country;
  type: string;
  features: string[];
  monthlyCost: Money;
  setupCost: Money;
};

/** A number that the account rents. */
export type OwnedNumber = {
  number: E164;
  country: Country;
  type: string;
  features: string[];
  applicationId: string | null;
  /** A call to it goes there and never reaches an application. */
  forwarding: { type: 'sip' | 'tel'; to: string } | null;
  /** Its other settings, in Vonage's names; an update resets what it does not repeat. */
  kept: Readonly<Record<string, string>>;
};

export type NumberSearch = {
  country: Country;
  features: readonly Feature[];
  type: NumberType | null;
  /** Digits that the number contains. */
  pattern: string | null;
  /** At most 100. */
  limit: number;
};

/** What became of a purchase, an update or a cancellation; `label` is Vonage's own word, which tells little. */
export type NumberOutcome = { kind: 'done' } | { kind: 'refused'; label: string };

export type LookupOutcome =
  | { kind: 'valid'; country: Country | null }
  | { kind: 'invalid' }
  /** Nobody could say; `why` is the end of a sentence. */
  | { kind: 'unknown'; why: string };

/** A leg of a call in progress: Vonage's `uuid`, and the region that has it (null for the default). */
export type CallLeg = { uuid: string; host: string | null };

/** The URLs that Vonage calls. */
export type Webhooks = {
  answerUrl: string;
  fallbackUrl: string;
  eventUrl: string;
  inboundUrl: string;
  statusUrl: string;
};

export type Application = {
  id: string;
  name: string;
  /** Null where there is none. */
  webhooks: { [Url in keyof Webhooks]: string | null };
  /** The method of the answer webhook. */
  answerMethod: string | null;
  /** The method of each webhook, Vonage's default where it names none. */
  methods: { [Url in keyof Webhooks]: string };
  /** Whether our private key belongs to it; null when there is none, or nobody can say. */
  hasOurKey: boolean | null;
  signedCallbacks: boolean;
  saved: SavedWebhooks;
};

/** Webhooks word for word as Vonage keeps them, so that they can be put back as they were. */
export type SavedWebhooks = { voice: unknown; messages: unknown; signedCallbacks: unknown };

/** What an update of an application changes; what is absent stays. */
export type ApplicationChange = { name?: string; webhooks?: Webhooks | SavedWebhooks };

/**
 * The Vonage services that voxproxy uses. Failures are VoxproxyErrors: `credentials` when Vonage refuses
 * them, `vonage` for everything else; neither holds a secret or a real number.
 */
export type Vonage = {
  /** The same services, where somebody waits: gives up after this many milliseconds, and asks once. */
  hurried(milliseconds: number): Vonage;
  searchNumbers(search: NumberSearch): Promise<{ numbers: OfferedNumber[]; total: number }>;
  /** Every number that the account rents. */
  ownedNumbers(): Promise<OwnedNumber[]>;
  /** Undefined when the account does not rent just this number. */
  ownedNumber(number: E164): Promise<OwnedNumber | undefined>;
  buyNumber(number: E164, country: Country): Promise<NumberOutcome>;
  /** Links the number to an application, or to none; its forwarding goes, its other settings stay. */
  linkNumber(number: OwnedNumber, applicationId: string | null): Promise<NumberOutcome>;
  cancelNumber(number: E164, country: Country): Promise<NumberOutcome>;
  /** In EUR. */
  balance(): Promise<number>;
  /** What Vonage's clock shows, to the second, in milliseconds since 1970; null when its answer does not say. */
  time(): Promise<number | null>;

  /** Asks within 3 seconds whether a number exists and where. */
  lookUp(number: E164, way: 'number-insight' | 'identity-insights'): Promise<LookupOutcome>;
  /** @param text `reference` comes back with its status: at most 100 characters */
  sendText(text: { from: E164; to: E164; text: string; reference?: string }): Promise<void>;

  /** Gives a leg other instructions from now on. */
  transferLeg(leg: CallLeg, ncco: readonly object[]): Promise<void>;
  hangUpLeg(leg: CallLeg): Promise<void>;

  /** Undefined when there is none with this id. */
  application(id: string): Promise<Application | undefined>;
  /** The private key is given out this once. */
  createApplication(
    name: string,
    webhooks: Webhooks,
  ): Promise<{ application: Application; privateKey: string }>;
  updateApplication(id: string, change: ApplicationChange): Promise<Application>;
};
