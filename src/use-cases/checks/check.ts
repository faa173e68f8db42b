import { reportOf, VoxproxyError } from '../../errors.js';

/** Who has to mend a failure: whoever set something wrongly, or Vonage, the network and the disk. */
export type Fault = 'setting' | 'service';

/** One thing that was looked at: what was found and, where it is not fine, what to do. */
export type Check = { name: string; fact: string } & (
  | { status: 'ok' | 'skipped'; nextStep: null }
  | { status: 'warning'; nextStep: string }
  | { status: 'failed'; nextStep: string; fault: Fault }
);

export function ok(name: string, fact: string): Check {
  return { name, status: 'ok', fact, nextStep: null };
}

export function warning(name: string, fact: string, nextStep: string): Check {
  return { name, status: 'warning', fact, nextStep };
}

export function failed(name: string, fact: string, nextStep: string, fault: Fault): Check {
  return { name, status: 'failed', fact, nextStep, fault };
}

/** @param why a check could not be made */
export function skipped(name: string, why: string): Check {
  return { name, status: 'skipped', fact: why, nextStep: null };
}

/** Something that checks need to know: known, not to be had, or not asked for. */
export type Known<T> =
  | { kind: 'known'; value: T }
  | { kind: 'failed'; error: VoxproxyError }
  | { kind: 'skipped'; why: string };

/** What comes of a question; a failure that a user can mend is an answer too. */
export async function knownOf<T>(question: Promise<T>): Promise<Known<T>> {
  try {
    return { kind: 'known', value: await question };
  } catch (error) {
    if (error instanceof VoxproxyError && error.code !== 'interrupted') return { kind: 'failed', error };
    throw error;
  }
}

/** The checks of something known; one that says why there are none otherwise. */
export function checksOf<T>(name: string, known: Known<T>, read: (value: T) => Check[]): Check[] {
  switch (known.kind) {
    case 'known':
      return read(known.value);
    case 'failed':
      return [failure(name, known.error)];
    case 'skipped':
      return [skipped(name, known.why)];
  }
}

export function failure(name: string, error: VoxproxyError): Check {
  const { code, message, hint } = reportOf(error);
  const fault = ['vonage', 'store', 'conflict'].includes(code) ? 'service' : 'setting';
  return failed(name, message, hint ?? 'Correct it, and run voxproxy doctor again.', fault);
}

/** `3 numbers`; the plural is given where it is not formed with s. */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`;
}

const NAMED_AT_MOST = 5;

/** `one, two and 3 more` */
export function listed(names: readonly string[]): string {
  const rest = names.length - NAMED_AT_MOST;
  return rest <= 0 ? names.join(', ') : `${names.slice(0, NAMED_AT_MOST).join(', ')} and ${rest} more`;
}
