import type { Context } from '../../context.js';
import { exitCodeOf, interrupted } from '../../errors.js';
import type { Check } from '../../use-cases/checks/check.js';
import { diagnose } from '../diagnosis.js';
import { interruption } from '../interruption.js';
import { presentChecks } from '../present-checks.js';

/** Looks at everything that calls need; changes nothing. */
export async function doctor(context: Context): Promise<number> {
  const { out } = context;
  if (out.isTerminal && !out.json) out.say('Asking Vonage, the store and the listener …\n');
  const ended = interruption(context.signal).then(() => Promise.reject(interrupted()));
  const checks = await Promise.race([diagnose(context), ended]);
  const document = {
    ok: checks.every(({ status }) => status !== 'failed'),
    checks: checks.map(({ name, status, fact, nextStep }) => ({ name, status, fact, nextStep })),
  };
  out.answer(document, () => presentChecks(checks, out.style, out.width));
  return exitCode(checks);
}

/** What somebody set wrongly is said before what else failed. */
function exitCode(checks: readonly Check[]): number {
  const faults = checks.map((check) => (check.status === 'failed' ? check.fault : null));
  if (faults.includes('setting')) return exitCodeOf('settings');
  return faults.includes('service') ? exitCodeOf('vonage') : 0;
}
