import { VoxproxyError } from '../../errors.js';
import { LOST_RACE } from './all-or-nothing.js';

/** Another transaction was faster; nothing was changed, and trying again is right. */
export class LostRace extends Error {}

/**
 * Serialisation, deadlock, a key that somebody else has by now, and a statement that the one before it on the same
 * connection was to prepare, and could not.
 */
const TRANSIENT: ReadonlySet<string> = new Set(['40001', '40P01', '23505', '26000']);
/** A statement that took too long; the server undid it. */
const GIVEN_UP = '57014';
/** A lock that somebody else held for too long. */
const LOCKED = '55P03';
/** No number, where a statement says so that another was faster. */
const NO_NUMBER = '22P02';
/** Who may come in, and where to: nothing that waiting mends. */
const SETTINGS: ReadonlyMap<string, string> = new Map([
  ['28P01', 'refuses the password'],
  ['28000', 'does not let this user in'],
  ['3D000', 'has no such database'],
  ['3F000', 'has no such schema'],
  ['42501', 'does not let this user do that'],
]);
/** The driver's own refusals, which bear no code. */
const REFUSALS: readonly (readonly [says: RegExp, what: string, hint: string])[] = [
  [
    /client password must be/,
    'wants a password, and there is none',
    'Set PGPASSWORD, or put it into ~/.pgpass, which nobody but you may read.',
  ],
  [
    /does not support SSL/,
    'does not speak TLS',
    'Switch TLS on there, or add sslmode=disable to VOXPROXY_STORE.',
  ],
];
/** The server is going down, coming up, full, or read-only since another took over. */
const GONE = /^(08...|57P0[1-5]|53300|25006)$/;
const NETWORK = /^(E[A-Z]+|ERR_(TLS|SSL)\w*|[A-Z_]*CERT\w*|UNABLE_TO\w*)$/;
const LOST = /connection|terminat|timeout|closed|not queryable/i;
const WHY: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host could not be looked up',
  ETIMEDOUT: 'it does not answer',
  '25006': 'it is read-only',
  '53300': 'it has no connection left',
  [GIVEN_UP]: 'it took too long',
  '57P01': 'it is shutting down',
  '57P02': 'it crashed',
  '57P03': 'it is starting',
};

function codeOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

/** Whether the same transaction may succeed when it is tried again. */
export function isTransient(error: unknown): boolean {
  const code = codeOf(error) ?? '';
  if (code === NO_NUMBER) return (error as Error).message.includes(LOST_RACE);
  return error instanceof LostRace || TRANSIENT.has(code);
}

/** Whether a single statement may succeed as part of a transaction, which holds people first and waits for locks. */
export function isOvertaken(error: unknown): boolean {
  return isTransient(error) || codeOf(error) === LOCKED;
}

/** Whether the server, or the way to it, is what failed. */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof VoxproxyError || !(error instanceof Error) || refusalOf(error)) return false;
  const code = codeOf(error);
  return code === undefined ? LOST.test(error.message) : GONE.test(code) || NETWORK.test(code);
}

function refusalOf(error: unknown) {
  return error instanceof Error ? REFUSALS.find(([says]) => says.test(error.message)) : undefined;
}

/** Whether the engine lacks what was asked of it, which PostgreSQL has. */
export function isUnknownHere(error: unknown): boolean {
  return ['0A000', '42601'].includes(codeOf(error) ?? '');
}

/** Whether another transaction made the same table or row at the same moment. */
export function isMadeAlready(error: unknown): boolean {
  return ['23505', '42P07', '42710'].includes(codeOf(error) ?? '');
}

/**
 * What PostgreSQL or the network said, as an error of ours. Its own text stays out: it repeats values.
 * @param shown the address without secrets
 * @param isSaving whether it came in the moment of saving
 */
export function failureOf(error: unknown, shown: string, isSaving = false): unknown {
  if (error instanceof VoxproxyError) return error;
  const code = codeOf(error);
  const refused = SETTINGS.get(code ?? '');
  if (refused !== undefined) {
    return new VoxproxyError(
      'settings',
      `PostgreSQL at ${shown} ${refused} (${code}).`,
      'Correct VOXPROXY_STORE, or what that user may do.',
    );
  }
  const refusal = refusalOf(error);
  if (refusal !== undefined)
    return new VoxproxyError('settings', `PostgreSQL at ${shown} ${refusal[1]}.`, refusal[2]);
  if (code === LOCKED || isTransient(error)) {
    return new VoxproxyError(
      'conflict',
      `The store ${shown} is busy: others have been writing the same for too long.`,
      'Nothing was changed. Run the command again when they are done.',
    );
  }
  if (isConnectionLost(error) || code === GIVEN_UP) {
    return new VoxproxyError(
      'store',
      `The store ${shown} cannot be reached: ${WHY[code ?? ''] ?? code ?? 'it does not answer'}.`,
      isSaving && code !== GIVEN_UP
        ? 'Whether the last step was saved is not known: look before doing it again.'
        : 'Nothing was changed. Start PostgreSQL, or correct VOXPROXY_STORE.',
    );
  }
  if (code !== undefined && /^[0-9A-Z]{5}$/.test(code)) {
    return new VoxproxyError(
      'store',
      `The store ${shown} refused what was asked of it (${code}).`,
      'Nothing was changed.',
    );
  }
  return error;
}
