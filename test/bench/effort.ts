/** How much a run does. */
export type Effort = {
  /** Sessions in the store. */
  sizes: readonly number[];
  /**
   * Seconds in which each server wakes up in each round; its turns after that, and the seconds in each that are not
   * measured and that are; `warmUp` counts questions before all rounds.
   */
  answers: {
    rounds: number;
    wakeUp: number;
    turns: number;
    runIn: number;
    seconds: number;
    warmUp: number;
  };
  startUp: { rounds: number };
  commands: { rounds: number; bulkRounds: number };
  /** By sessions in the store: how often somebody is paired and closed. */
  freshness: readonly (readonly [sessions: number, repetitions: number])[];
  allocation: { sessions: number; people: number };
  reload: readonly { sessions: number; seconds: number }[];
  postgres: {
    sizes: readonly number[];
    rounds: number;
    runIn: number;
    seconds: number;
    warmUp: number;
    pairs: { rounds: number; seconds: number };
    memory: { rounds: number; seconds: number; closes: number };
  };
};

export const FULL: Effort = {
  sizes: [1, 1_000, 10_000, 100_000],
  answers: { rounds: 7, wakeUp: 1.5, turns: 3, runIn: 0.1, seconds: 0.5, warmUp: 20_000 },
  startUp: { rounds: 21 },
  commands: { rounds: 7, bulkRounds: 5 },
  freshness: [
    [1_000, 50],
    [10_000, 15],
    [100_000, 3],
  ],
  allocation: { sessions: 1_000_000, people: 500_000 },
  reload: [
    { sessions: 10_000, seconds: 12 },
    { sessions: 100_000, seconds: 20 },
  ],
  postgres: {
    sizes: [1_000, 1_000_000],
    rounds: 7,
    runIn: 0.6,
    seconds: 0.7,
    warmUp: 15_000,
    pairs: { rounds: 5, seconds: 2 },
    memory: { rounds: 5, seconds: 0.7, closes: 40 },
  },
};

/** Enough to see that everything works, and roughly how fast. */
export const QUICK: Effort = {
  sizes: [1, 10_000],
  answers: { rounds: 1, wakeUp: 0.3, turns: 2, runIn: 0.1, seconds: 0.3, warmUp: 1_500 },
  startUp: { rounds: 5 },
  commands: { rounds: 3, bulkRounds: 1 },
  freshness: [[1_000, 6]],
  allocation: { sessions: 20_000, people: 10_000 },
  reload: [{ sessions: 10_000, seconds: 2 }],
  postgres: {
    sizes: [1_000],
    rounds: 2,
    runIn: 0.1,
    seconds: 0.3,
    warmUp: 1_000,
    pairs: { rounds: 1, seconds: 0.5 },
    memory: { rounds: 1, seconds: 0.3, closes: 10 },
  },
};
