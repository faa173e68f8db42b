/** Vonage prices have eight decimals. */
const DECIMALS = 8;
const UNIT = 10n ** BigInt(DECIMALS);
const SHAPE = /^(\d+)(?:\.(\d{1,8}))?$/;

/** EUR as decimal texts, added without a rounding; null when none of them is a price. */
export function sumOfPrices(prices: Iterable<string | null>): string | null {
  let total: bigint | null = null;
  for (const price of prices) {
    const [, whole, decimals = ''] = SHAPE.exec(price ?? '') ?? [];
    if (whole === undefined) continue;
    total = (total ?? 0n) + BigInt(whole) * UNIT + BigInt(decimals.padEnd(DECIMALS, '0'));
  }
  if (total === null) return null;
  return `${total / UNIT}.${String(total % UNIT).padStart(DECIMALS, '0')}`;
}
