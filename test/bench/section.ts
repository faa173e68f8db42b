import type { Databases } from './databases.js';
import type { Effort } from './effort.js';
import type { Homes } from './homes.js';
import type { Stage } from './stage.js';
import type { Target } from './target.js';

export type Bench = {
  effort: Effort;
  stage: Stage;
  homes: Homes;
  databases: Databases;
  /** Says what is being done; `detail` changes often. */
  step: (what: string, detail?: string) => void;
};

/** Medians to be read; null where nothing was measured. */
export type Table = { columns: readonly string[]; rows: readonly (readonly (string | number | null)[])[] };

export type Result = {
  table: Table;
  targets: readonly Target[];
  /** Every round as it was measured. */
  rounds: readonly unknown[];
  /** What must never happen and did. */
  wrong?: string;
};

export type Section = { title: string; run: (bench: Bench) => Promise<Result> };
