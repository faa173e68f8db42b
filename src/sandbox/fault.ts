import {
  type Fields,
  invalidField,
  isFields,
  matching,
  oneOf,
  type Rules,
  required,
  rule,
  text,
  unknownField,
  whole,
} from './field-rules.js';

/** Something that goes wrong with the next requests to one of Vonage's paths. */
export type RequestFault = {
  /** With * at its end, any path that begins so. */
  path: string;
  method?: string;
  times: number;
  status?: number;
  body?: unknown;
  contentType?: string;
  headers?: Record<string, string>;
  /** Waits first; alone, the request is then answered as ever. */
  delayMs?: number;
  /** The connection is closed without an answer. */
  drop?: true;
  /** Never an answer, until the other side gives up. */
  timeout?: true;
  /** With drop or timeout: the request is carried out all the same, and only its answer is lost. */
  after?: true;
  /** A web page where JSON was expected. */
  html?: true;
};

/** Something that goes wrong on the way from Vonage to the application's webhooks. */
export type NetworkFault = { path: 'network'; quirk: Quirk; times: number };

/**
 * unsigned: the next webhooks carry no signature; unsigned-events: the next event webhooks.
 * duplicate-events, lose-events: the next event webhooks arrive twice, or not at all.
 * events-out-of-order: in the next calls, events overtake each other.
 * undeliverable-texts, rejected-texts: so end the next texts that the application sends.
 * duplicate-texts: the next texts that come in come twice, at nearly the same moment.
 * busy-callees: the next phones of the page that are called are busy.
 */
export type Quirk = (typeof QUIRKS)[number];

const QUIRKS = [
  'unsigned',
  'unsigned-events',
  'duplicate-events',
  'lose-events',
  'events-out-of-order',
  'undeliverable-texts',
  'rejected-texts',
  'duplicate-texts',
  'busy-callees',
] as const;

const isTrue = rule('be true', (v) => v === true);
const times = whole(1, 100_000);

const NETWORK_RULES: Rules = { path: text, quirk: required(oneOf(...QUIRKS)), times };
const REQUEST_RULES: Rules = {
  path: required(
    matching(/^\/(?!sandbox(\/|$))[^?#\s]*$/, 'be "network" or one of Vonage\'s paths, without query'),
  ),
  method: oneOf('GET', 'POST', 'PUT', 'DELETE'),
  times,
  status: whole(200, 599),
  body: rule('be anything', () => true),
  contentType: text,
  headers: rule('be an object of strings', (v) => isFields(v) && Object.values(v).every(text.ok)),
  delayMs: whole(0, 600_000),
  drop: isTrue,
  timeout: isTrue,
  after: isTrue,
  html: isTrue,
};
const WHAT_GOES_WRONG = ['status', 'body', 'delayMs', 'drop', 'timeout', 'html'];

/** Reads what somebody wants to go wrong, or says why it makes no sense. */
export function parseFault(body: Fields | undefined): RequestFault | NetworkFault | { error: string } {
  if (body === undefined) return { error: 'the body must be a JSON object with a "path"' };
  const network = body.path === 'network';
  const rules = network ? NETWORK_RULES : REQUEST_RULES;
  const error = unknownField(body, rules) ?? invalidField(body, rules);
  if (error !== undefined) return { error };
  if (!network && !WHAT_GOES_WRONG.some((name) => name in body)) {
    return { error: `say what goes wrong: at least one of ${WHAT_GOES_WRONG.join(', ')}` };
  }
  if (body.after && !body.drop && !body.timeout) return { error: '"after" needs "drop" or "timeout"' };
  return { times: 1, ...body } as RequestFault | NetworkFault;
}
