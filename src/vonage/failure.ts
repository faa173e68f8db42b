import { VoxproxyError } from '../errors.js';

/** Digit runs that could be a phone number, however they are spaced. */
const NUMBER_LIKE = /\+?\d(?:[^\p{L}\d]{0,3}\d){6,}/gu;

/** A text from outside, safe to show: no phone number, no control character, not too long. */
export function harmless(text: string): string {
  const printable = text.replace(/\p{Cc}+/gu, ' ').replace(NUMBER_LIKE, '•••••');
  return printable.length > 200 ? `${printable.slice(0, 200)}…` : printable;
}

/** The HTTP status in an error of the SDK, whose classes are not ours to import. */
export function statusOf(error: unknown): number | undefined {
  const response = (error as { response?: { status?: unknown } } | null)?.response;
  return typeof response?.status === 'number' ? response.status : undefined;
}

/** Seconds that a refused request is to wait. */
export function retryAfterOf(error: unknown): number {
  const headers = (error as { response?: { headers?: { get?: (name: string) => string | null } } }).response
    ?.headers;
  const seconds = Number(headers?.get?.('retry-after') ?? 1);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : 1;
}

export const CREDENTIALS_REFUSED = new VoxproxyError(
  'credentials',
  'Vonage refused the credentials.',
  'Check VONAGE_API_KEY and VONAGE_API_SECRET, or set them with: voxproxy config set apiSecret',
);

/**
 * What the SDK threw, as ours. Its own errors hold the Authorization header: nothing of them is kept
 * but the status, the network's code and what Vonage's body says.
 */
export async function failureOf(error: unknown, doing: string): Promise<VoxproxyError> {
  if (error instanceof VoxproxyError) return error;
  const status = statusOf(error);
  if (status === 401) return CREDENTIALS_REFUSED;
  if (status !== undefined) {
    const said = await bodyText((error as { response: Response }).response);
    return new VoxproxyError('vonage', `${doing} failed: Vonage answered ${status}${said}.`, hintFor(status));
  }
  const { name, code, cause } = (error ?? {}) as { name?: string; code?: string; cause?: { code?: string } };
  if (name === 'AbortError' || name === 'TimeoutError') {
    return new VoxproxyError(
      'vonage',
      `${doing} failed: Vonage did not answer in time.`,
      'Try again in a moment.',
    );
  }
  const network = code ?? cause?.code;
  if (network !== undefined || name === 'FetchError') {
    const why =
      network === undefined ? 'the connection broke' : `the connection failed (${harmless(network)})`;
    return new VoxproxyError(
      'vonage',
      `${doing} failed: ${why}.`,
      'Check the network. With the sandbox, check that it runs where VONAGE_REST_HOST and VONAGE_API_HOST point.',
    );
  }
  return new VoxproxyError(
    'vonage',
    `${doing} failed: Vonage's answer could not be understood.`,
    'Try again in a moment.',
  );
}

/** What Vonage's body says about an error: `error-code-label`, a problem's detail, or a named field. */
async function bodyText(response: Response): Promise<string> {
  let body: unknown;
  try {
    body = await response.json();
  } catch {
    return '';
  }
  if (typeof body !== 'object' || body === null) return '';
  const { detail, title, 'error-code': _status, ...others } = body as Record<string, unknown>;
  const fields = Object.entries(others).map(([name, said]) =>
    name === 'error-code-label' ? said : `${name}: ${said}`,
  );
  const said = [detail ?? title ?? fields.find((field) => typeof field === 'string')].find(
    (one) => typeof one === 'string',
  );
  return said === undefined ? '' : ` (${harmless(said as string)})`;
}

function hintFor(status: number): string {
  if (status === 402) return 'The balance of the account is too low: top it up in the dashboard.';
  if (status === 429) return 'Too many requests: wait a minute and try again.';
  return status >= 500
    ? 'The fault is on their side: try again in a moment.'
    : 'Correct what it names and try again.';
}
