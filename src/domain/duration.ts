const SECONDS = { w: 604_800, d: 86_400, h: 3_600, m: 60, s: 1 } as const;
type Unit = keyof typeof SECONDS;

/** In seconds; longer ones, added to a moment, could be moments that no calendar has. */
export const LONGEST_DURATION = 100 * 365 * SECONDS.d;

/** `90s`, `2h`, `1h30m`, `7d` → seconds; undefined for anything else, a bare number and 101 years included. */
export function parseDuration(text: string): number | undefined {
  const compact = text.trim().toLowerCase();
  if (!/^(\d{1,9}[wdhms])+$/.test(compact)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of compact.matchAll(/(\d+)([wdhms])/g))
    seconds += Number(amount) * SECONDS[unit as Unit];
  return seconds > LONGEST_DURATION ? undefined : seconds;
}

/** Seconds as `parseDuration` reads them: `7d`, `1h30m`, `0s`. */
export function compactDuration(seconds: number): string {
  let rest = seconds;
  const parts = (['d', 'h', 'm', 's'] as const).map((unit) => {
    const amount = Math.floor(rest / SECONDS[unit]);
    rest -= amount * SECONDS[unit];
    return amount === 0 ? '' : `${amount}${unit}`;
  });
  return parts.join('') || '0s';
}

/** Seconds for people: `2 hours`, `7 days 2 h`, `45 seconds`. Rounded to the two largest units. */
export function formatDuration(seconds: number): string {
  const words = [
    { size: SECONDS.d, long: 'day', short: 'd' },
    { size: SECONDS.h, long: 'hour', short: 'h' },
    { size: SECONDS.m, long: 'minute', short: 'min' },
    { size: SECONDS.s, long: 'second', short: 's' },
  ];
  const rounded = Math.max(0, Math.round(seconds));
  const first = words.findIndex(({ size }) => rounded >= size);
  const major = words[first] ?? { size: 1, long: 'second', short: 's' };
  const minor = words[first + 1];
  const minorUnits = minor === undefined ? 0 : Math.round((rounded % major.size) / minor.size);
  const carried = minor !== undefined && minorUnits * minor.size === major.size;
  const majorUnits = Math.floor(rounded / major.size) + (carried ? 1 : 0);
  const head = `${majorUnits} ${major.long}${majorUnits === 1 ? '' : 's'}`;
  return minor === undefined || minorUnits === 0 || carried ? head : `${head} ${minorUnits} ${minor.short}`;
}
