import type { NumberForSale } from './number-catalogue.js';

type Listed = Pick<NumberForSale, 'country' | 'msisdn' | 'type' | 'features'>;

/** Which numbers somebody asked to see, and which page of them. */
export type NumberFilter = {
  country: string | undefined;
  matches(number: Listed): boolean;
  size: number;
  index: number;
};

const TYPES = ['landline', 'mobile-lvn', 'landline-toll-free'];
const FEATURES = ['SMS', 'VOICE', 'MMS'];

/** By search_pattern: 0 starts with, 1 contains, 2 ends with. */
const PATTERNS = [
  (msisdn: string, pattern: string) => msisdn.startsWith(pattern),
  (msisdn: string, pattern: string) => msisdn.includes(pattern),
  (msisdn: string, pattern: string) => msisdn.endsWith(pattern),
];

export function readFilter(
  query: Record<string, string | undefined>,
  { countryRequired }: { countryRequired: boolean },
): NumberFilter | { invalid: Record<string, string> } {
  const country = query.country?.toUpperCase() || undefined;
  const features = query.features?.split(',') ?? [];
  const size = Number(query.size ?? 10);
  const index = Number(query.index ?? 1);
  const matchesPattern = PATTERNS[Number(query.search_pattern ?? 0)];

  const invalid: Record<string, string> = {};
  if (countryRequired && country === undefined) invalid.country = 'Is required.';
  else if (country !== undefined && !/^[A-Z]{2}$/.test(country)) invalid.country = 'Is invalid.';
  if (query.type !== undefined && !TYPES.includes(query.type)) invalid.type = 'Is invalid.';
  if (features.some((feature) => !FEATURES.includes(feature))) invalid.features = 'Is invalid.';
  if (!Number.isInteger(size) || size < 1 || size > 100) invalid.size = 'Must be between 1 and 100.';
  if (!Number.isInteger(index) || index < 1) invalid.index = 'Must be at least 1.';
  if (matchesPattern === undefined)
    return { invalid: { ...invalid, search_pattern: 'Must be one of: 0, 1, 2.' } };
  if (Object.keys(invalid).length > 0) return { invalid };

  return {
    country,
    size,
    index,
    matches: (number) =>
      (country === undefined || number.country === country) &&
      (query.type === undefined || number.type === query.type) &&
      features.every((feature) => number.features.some((offered) => offered === feature)) &&
      (query.pattern === undefined || matchesPattern(number.msisdn, query.pattern)),
  };
}

/** One page; `count` is of all pages together. */
export function pageOf<T extends Listed>(all: T[], { matches, size, index }: NumberFilter) {
  const found = all.filter(matches);
  return { count: found.length, numbers: found.slice((index - 1) * size, index * size) };
}
