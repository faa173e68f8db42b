/** A figure to be reached; no test, because machines and their other work differ. */
export type Target = {
  what: string;
  /** Null when this run did not measure it. */
  measured: number | null;
  bound: 'at least' | 'at most';
  value: number;
  /** What would be better still. */
  aim: number | null;
  reached: boolean | null;
};

type Measured = number | null | undefined;

export function atLeast(what: string, measured: Measured, value: number, aim: number | null = null): Target {
  const reached = measured == null ? null : measured >= value;
  return { what, measured: measured ?? null, bound: 'at least', value, aim, reached };
}

export function atMost(what: string, measured: Measured, value: number, aim: number | null = null): Target {
  const reached = measured == null ? null : measured <= value;
  return { what, measured: measured ?? null, bound: 'at most', value, aim, reached };
}
