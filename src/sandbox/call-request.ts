import {
  type Fields,
  invalidField,
  matching,
  object,
  oneOf,
  type Rules,
  required,
  text,
  unknownField,
  whole,
} from './field-rules.js';

/**
 * What the person who is called does; machine: a voicemail answers for them;
 * cancelled: the caller hangs up while the callee's phone rings.
 */
export type Outcome = (typeof OUTCOMES)[number];

const OUTCOMES = [
  'answered',
  'machine',
  'busy',
  'unanswered',
  'rejected',
  'failed',
  'cancelled',
  'timeout',
] as const;

/** A phone call that somebody makes to a virtual number. Absent caller fields are withheld, as carriers do. */
export type CallRequest = {
  to: string;
  from?: string;
  from_user?: string;
  endpoint_type: string;
  outcome: Outcome;
  /** How long the two would talk: simulated, never waited for. */
  talkSeconds: number;
  endedBy: 'caller' | 'callee';
  /** Keys that the caller presses when asked to. */
  keys: string;
  calleeKeys: string;
  /** Another call, made while the callee's phone rings. */
  meanwhile?: CallRequest;
};

const keys = matching(/^[\d*#]*$/, 'be digits, * and #');

const RULES: Rules = {
  to: required(matching(/^\+?\d{3,15}$/, 'be a number, with or without +')),
  from: text,
  from_user: text,
  endpoint_type: oneOf('phone', 'sip', 'websocket', 'app', 'vbc'),
  outcome: oneOf(...OUTCOMES),
  talkSeconds: whole(0, 86_400),
  endedBy: oneOf('caller', 'callee'),
  keys,
  calleeKeys: keys,
  meanwhile: object,
};

const DEFAULTS = {
  endpoint_type: 'phone',
  outcome: 'answered',
  talkSeconds: 42,
  endedBy: 'caller',
  keys: '',
  calleeKeys: '',
};

/** Reads a call that somebody wants to make, or says why it makes no sense. */
export function parseCall(body: Fields | undefined): CallRequest | { error: string } {
  if (body === undefined) return { error: 'the body must be a JSON object with "from" and "to"' };
  const error = unknownField(body, RULES) ?? invalidField(body, RULES);
  if (error !== undefined) return { error };
  const call = { ...DEFAULTS, ...body } as CallRequest;
  call.to = withoutPlus(call.to);
  if (call.from !== undefined) call.from = withoutPlus(call.from);
  if (body.meanwhile === undefined) return call;
  const meanwhile = parseCall(body.meanwhile as Fields);
  return 'error' in meanwhile ? { error: `meanwhile: ${meanwhile.error}` } : { ...call, meanwhile };
}

/** People type E.164; on Vonage's wire there is no plus. */
export function withoutPlus(number: string): string {
  return number.replace(/^\+/, '');
}
