export type Feature = 'SMS' | 'VOICE' | 'MMS';
export type NumberType = 'landline' | 'mobile-lvn' | 'landline-toll-free';

/** A number that Vonage offers. Prices in EUR, as strings on the wire: monthly cost and set-up fee. */
export type NumberForSale = {
  country: string;
  msisdn: string;
  type: NumberType;
  features: Feature[];
  cost: string;
  initialPrice: string;
};

type Block = Omit<NumberForSale, 'country' | 'msisdn'> & { prefixes: string[]; digits: number };

const BOTH: Feature[] = ['SMS', 'VOICE'];
const VOICE: Feature[] = ['VOICE'];

/**
 * Blocks of numbers, all valid for libphonenumber. Where a country has a range set aside for fiction that
 * libphonenumber accepts, it is used, so that no rehearsal names anybody's number: GB 020 7946 0xxx,
 * 0161 496 0xxx and 0808 157 0xxx, North America 555-01xx, DE 030 23125xxx, FR 01 99 00, AU 5550 and 0491 570.
 */
const BLOCKS: Record<string, Block[]> = {
  GB: [
    block(['442079460'], 3, 'landline', BOTH, '0.98'),
    block(['441614960'], 3, 'landline', VOICE, '0.90'),
    block(['448081570'], 3, 'landline-toll-free', VOICE, '15.00'),
  ],
  US: [
    block(
      northAmerican('202 212 213 305 312 404 415 512 617 702'),
      2,
      'mobile-lvn',
      [...BOTH, 'MMS'],
      '0.90',
    ),
    block(northAmerican('206 303'), 2, 'landline', VOICE, '0.80'),
    block(northAmerican('888'), 2, 'landline-toll-free', VOICE, '1.80'),
  ],
  CA: [
    block(northAmerican('416 514 604 613'), 2, 'mobile-lvn', BOTH, '0.90'),
    block(northAmerican('403'), 2, 'landline', VOICE, '0.80'),
  ],
  DE: [
    block(['493023125'], 3, 'landline', VOICE, '1.20'),
    block(['4915792300'], 3, 'mobile-lvn', BOTH, '8.50'),
  ],
  FR: [block(['33199001'], 3, 'landline', VOICE, '1.10'), block(['33644630'], 3, 'mobile-lvn', BOTH, '8.00')],
  ES: [block(['34603100'], 3, 'mobile-lvn', BOTH, '6.20'), block(['34911230'], 3, 'landline', VOICE, '1.00')],
  IT: [
    block(['393512000'], 3, 'mobile-lvn', BOTH, '9.00'),
    block(['390609100'], 3, 'landline', VOICE, '1.30'),
  ],
  NL: [
    block(['31970102800'], 2, 'mobile-lvn', BOTH, '3.50'),
    block(['31201230'], 3, 'landline', VOICE, '1.10'),
  ],
  SE: [
    block(['46765190'], 3, 'mobile-lvn', BOTH, '2.40'),
    block(['468465004'], 2, 'landline', VOICE, '1.20'),
  ],
  PL: [block(['48732000'], 3, 'mobile-lvn', BOTH, '4.00'), block(['48221230'], 3, 'landline', VOICE, '1.20')],
  AU: [block(['61491570'], 3, 'mobile-lvn', BOTH, '6.00'), block(['61255501'], 3, 'landline', VOICE, '2.20')],
  IE: [
    block(['353872000'], 3, 'mobile-lvn', BOTH, '4.50'),
    block(['35319100'], 3, 'landline', VOICE, '1.20'),
  ],
  BR: [
    block(['5511935000'], 3, 'mobile-lvn', BOTH, '7.50'),
    block(['551140000'], 3, 'landline', VOICE, '2.60'),
  ],
};

/** German numbers need a local address, so they cannot be bought over the API: the one label 420 explains. */
export const COUNTRIES_NEEDING_AN_ADDRESS: ReadonlySet<string> = new Set(['DE']);

/** All numbers of a country, always the same, in the same order. */
export function numbersOf(country: string): NumberForSale[] {
  return (BLOCKS[country] ?? []).flatMap(({ prefixes, digits, ...rest }) =>
    prefixes.flatMap((prefix) =>
      Array.from({ length: 10 ** digits }, (_, i) => ({
        country,
        msisdn: prefix + String(i).padStart(digits, '0'),
        ...rest,
      })),
    ),
  );
}

export function countriesForSale(): string[] {
  return Object.keys(BLOCKS);
}

function northAmerican(areaCodes: string): string[] {
  return areaCodes.split(' ').map((area) => `1${area}55501`);
}

/** Every number that starts with one of the prefixes and ends in so many more digits. The set-up fee is a month. */
function block(
  prefixes: string[],
  digits: number,
  type: NumberType,
  features: Feature[],
  cost: string,
): Block {
  return { prefixes, digits, type, features, cost, initialPrice: cost };
}
