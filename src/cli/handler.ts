import type { Context } from '../context.js';

/** What a parsed command line does; undefined is exit code 0. */
export type Handler = (context: Context) => Promise<number | undefined>;

/** Says which handler the command line chose. Nothing runs while it is parsed. */
export type Choose = (handler: Handler) => void;
