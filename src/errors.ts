export type ErrorCode =
  | 'usage'
  | 'invalid-number'
  | 'credentials'
  | 'settings'
  | 'not-found'
  | 'conflict'
  | 'pool-exhausted'
  | 'vonage'
  | 'store'
  | 'declined'
  | 'interrupted'
  | 'bug';

/** What the shell sees for each kind of failure. */
const EXIT_CODES: Record<ErrorCode, number> = {
  bug: 1,
  usage: 2,
  'invalid-number': 2,
  credentials: 3,
  settings: 3,
  'not-found': 4,
  conflict: 5,
  'pool-exhausted': 6,
  vonage: 7,
  store: 7,
  declined: 8,
  interrupted: 130,
};

/** Done, but a participant could not be told. */
export const EXIT_NOT_TOLD = 9;

/** A failure that a user can cause or mend: what happened and, as `hint`, what to do next. */
export class VoxproxyError extends Error {
  override readonly name = 'VoxproxyError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly hint: string | null = null,
  ) {
    super(message);
  }
}

export function interrupted(): VoxproxyError {
  return new VoxproxyError('interrupted', 'Interrupted.', 'What was done before stays done.');
}

export function exitCodeOf(code: ErrorCode): number {
  return EXIT_CODES[code];
}

/** The `error` object of every JSON answer. */
export type ErrorReport = { code: ErrorCode; message: string; hint: string | null };

/** Anything thrown, as a report; what is not a VoxproxyError is a bug, told without its text, which may hold data. */
export function reportOf(error: unknown): ErrorReport {
  if (error instanceof VoxproxyError) return { code: error.code, message: error.message, hint: error.hint };
  const kind = error instanceof Error ? error.name : typeof error;
  return {
    code: 'bug',
    message: `This is a bug in voxproxy (${kind}).`,
    hint: 'Run the command again with --verbose to see where, and report it without any phone number.',
  };
}
