import { CREDENTIALS_REFUSED } from './failure.js';
import type { LookupOutcome } from './vonage.js';

type Fields = Record<string, unknown>;

const NOT_UNDERSTOOD: LookupOutcome = { kind: 'unknown', why: 'its answer could not be understood' };

/** Number Insight basic: always HTTP 200, the verdict is in `status`. */
export function readNumberInsight(body: unknown): LookupOutcome {
  if (typeof body !== 'object' || body === null) return NOT_UNDERSTOOD;
  const { status, status_message: message, country_code: country } = body as Fields;
  if (status === 0) return { kind: 'valid', country: typeof country === 'string' ? country : null };
  if (status === 3 || (status === 5 && /format/i.test(String(message)))) return { kind: 'invalid' };
  if (status === 4) throw CREDENTIALS_REFUSED;
  if (status === 1) return { kind: 'unknown', why: 'it is busy' };
  if (status === 9) return { kind: 'unknown', why: 'its quota is used up' };
  return { kind: 'unknown', why: 'it had a failure of its own' };
}

/** Identity Insights, the `format` insight. */
export function readIdentityInsights(body: unknown): LookupOutcome {
  if (typeof body !== 'object' || body === null) return NOT_UNDERSTOOD;
  const format = ((body as Fields).insights as Fields | undefined)?.format as Fields | undefined;
  const code = (format?.status as Fields | undefined)?.code;
  if (code === 'INVALID_NUMBER_FORMAT' || (code === 'OK' && format?.is_format_valid === false))
    return { kind: 'invalid' };
  if (code === 'OK') {
    return { kind: 'valid', country: typeof format?.country_code === 'string' ? format.country_code : null };
  }
  if (code === 'UNAUTHORIZED') throw CREDENTIALS_REFUSED;
  return { kind: 'unknown', why: 'it had a failure of its own' };
}
