import { type E164, fromMsisdn } from '../domain/phone-number.js';
import { VoxproxyError } from '../errors.js';
import type { Money, OfferedNumber, OwnedNumber } from './vonage.js';

type Fields = Record<string, unknown>;

/** Vonage's names of the settings that a number keeps when it is linked. */
const KEPT = [
  'moHttpUrl',
  'moSmppSysType',
  'voiceStatusCallback',
  'messagesCallbackType',
  'messagesCallbackValue',
];

/** A page of numbers; an empty one is `{}` or an empty list. */
export function readNumbers(body: unknown): { numbers: Fields[]; count: number } {
  const { numbers = [], count } = (isFields(body) ? body : { numbers: null }) as Fields;
  if (!Array.isArray(numbers) || !numbers.every(isFields)) {
    throw new VoxproxyError(
      'vonage',
      "Vonage's list of numbers could not be understood.",
      'Try again in a moment.',
    );
  }
  return { numbers, count: typeof count === 'number' ? count : numbers.length };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function readOffered(raw: Fields): OfferedNumber {
  return { ...common(raw), monthlyCost: euros(raw.cost), setupCost: euros(raw.initialPrice) };
}

export function readOwned(raw: Fields): OwnedNumber {
  const forwards =
    raw.voiceCallbackType === 'sip' || raw.voiceCallbackType === 'tel' ? raw.voiceCallbackType : null;
  return {
    ...common(raw),
    applicationId: typeof raw.app_id === 'string' && raw.app_id !== '' ? raw.app_id : null,
    forwarding: forwards === null ? null : { type: forwards, to: String(raw.voiceCallbackValue ?? '') },
    kept: Object.fromEntries(
      KEPT.flatMap((name) => (typeof raw[name] === 'string' && raw[name] !== '' ? [[name, raw[name]]] : [])),
    ),
  };
}

/** All of an account's; short codes and the like, which no session can use, are left out. */
export function readAllOwned(raw: readonly Fields[]): OwnedNumber[] {
  return raw.filter(({ msisdn }) => fromMsisdn(String(msisdn)) !== undefined).map(readOwned);
}

function common(raw: Fields): { number: E164; country: string; type: string; features: string[] } {
  const number = fromMsisdn(String(raw.msisdn));
  if (number === undefined)
    throw new VoxproxyError('vonage', 'Vonage listed a number that is not one.', 'Try again in a moment.');
  return {
    number,
    country: String(raw.country ?? ''),
    type: String(raw.type ?? ''),
    features: Array.isArray(raw.features) ? raw.features.map(String) : [],
  };
}

function euros(price: unknown): Money {
  const amount = Number(price ?? 0);
  return { amount: Number.isFinite(amount) ? amount.toFixed(2) : '0.00', currency: 'EUR' };
}
