/** What the application decided about a call, as it said itself. */
export type Decision = {
  /** In a few words: `connect`, or `refused: ended`. */
  route: string;
  isConnected: boolean;
  /** How it came to that, a line each. */
  reasons: readonly string[];
};

export type Typed = { code: number; stdout: string; stderr: string };

/**
 * Whoever works with voxproxy beside the sandbox. The sandbox knows the product over HTTP alone: who starts
 * it may lend it this.
 */
export type Operator = {
  /** Where the same commands can be typed in a terminal. */
  directory(): string;
  /** Runs one command line of voxproxy, without its first word. */
  type(argv: readonly string[]): Promise<Typed>;
  /** Starts a listener that goes on until the sandbox ends, unless it runs already. */
  serve(): Promise<Typed>;
  isServing(): boolean;
  /** What the listener decided about a call; undefined when it did not say, or another one answered. */
  decision(call: { uuid: string; from: string | undefined; to: string }): Promise<Decision | undefined>;
  /** Ends the listener, and leaves nothing behind. */
  close(): Promise<void>;
};
