import { randomUUID } from 'node:crypto';
import type { Ncco } from '../domain/ncco.js';
import { type E164, toMsisdn } from '../domain/phone-number.js';
import { REFUSALS, type Refusal, type RouteDocument } from '../domain/routing.js';
import { REHEARSAL } from './answer-call.js';
import { boundedText } from './bounded-text.js';

/** What a listener answered to a call that nobody makes, or why it gave no answer that Vonage could use. */
export type Rehearsed =
  | { kind: 'answered'; route: RouteDocument; ncco: Ncco; milliseconds: number }
  /** Nobody there: `why` is the end of a sentence. */
  | { kind: 'unreachable'; why: string }
  /** Somebody there who is not our listener, or does not take our signature. */
  | { kind: 'refused'; status: number; isOurs: boolean; ngrokError: string | null };

export type RehearsalDependencies = {
  /** Signs fields as Vonage does. */
  sign: (fields: Readonly<Record<string, unknown>>) => RequestInit;
  /** In which our listener says what it decided. */
  routeHeader: string;
  now: () => number;
};

/** As long as Vonage waits for instructions. */
const PATIENCE = 5_000;

/**
 * Sends a listener the correctly signed webhook of a call, as Vonage would.
 * @param caller undefined for a caller who shows no number
 * @param routeHeader in which our listener says what it decided
 */
export async function rehearseCall(
  { sign, routeHeader, now }: RehearsalDependencies,
  answerUrl: string,
  { caller, dialled }: { caller: E164 | undefined; dialled: E164 },
): Promise<Rehearsed> {
  const fields = {
    ...(caller === undefined ? {} : { from: toMsisdn(caller) }),
    to: toMsisdn(dialled),
    endpoint_type: 'phone',
    conversation_uuid: `CON-${randomUUID()}`,
    uuid: `${REHEARSAL}${randomUUID()}`,
  };
  const started = now();
  try {
    const response = await fetch(answerUrl, {
      ...sign(fields),
      // Nobody else is to see the signature.
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE),
    });
    const milliseconds = now() - started;
    const body = await boundedText(response);
    const route = routeOf(response.headers.get(routeHeader));
    const ncco = nccoOf(body);
    // Ours refuses with an empty object, whatever the cause.
    if (response.status !== 200 || route === undefined || ncco === undefined)
      return {
        kind: 'refused',
        status: response.status,
        isOurs: response.status === 401 && body === '{}',
        ngrokError: ngrokErrorOf(response.headers, body),
      };
    return { kind: 'answered', route, ncco, milliseconds };
  } catch (error) {
    return { kind: 'unreachable', why: whyOf(error) };
  }
}

/** What our listener says that it decided; undefined when somebody else speaks. */
function routeOf(header: string | null): RouteDocument | undefined {
  const route = parsed(header ?? '') as RouteDocument | null | undefined;
  if (typeof route !== 'object' || route === null) return undefined;
  if (route.kind === 'connect') return route;
  return route.kind === 'refuse' && REFUSALS.includes(route.reason as Refusal) ? route : undefined;
}

function nccoOf(body: string): Ncco | undefined {
  const ncco = parsed(body);
  const isAction = (one: unknown) => typeof one === 'object' && one !== null && 'action' in one;
  return Array.isArray(ncco) && ncco.every(isAction) ? (ncco as unknown as Ncco) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** ngrok's own word for what is wrong: in a header, and on the page that it shows instead. */
function ngrokErrorOf(headers: Headers, body: string): string | null {
  const said = headers.get('ngrok-error-code') ?? body;
  return /ERR_NGROK_\d{1,6}/.exec(said)?.[0] ?? null;
}

function whyOf(error: unknown): string {
  const { name, cause } = error as { name?: string; cause?: { code?: string } };
  if (name === 'TimeoutError') return `nobody answered within ${PATIENCE / 1000} seconds`;
  // Vonage would not go on, either.
  if (/CERT|LEAF_SIGNATURE/.test(cause?.code ?? '')) return `its certificate is not valid (${cause?.code})`;
  switch (cause?.code) {
    case 'ECONNREFUSED':
      return 'nobody listens there';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'there is no such host';
    default:
      return `the connection failed${cause?.code === undefined ? '' : ` (${cause.code})`}`;
  }
}
