import {
  boolean,
  type Fields,
  invalidField,
  isAddress,
  isFields,
  isWithin,
  matching,
  number,
  object,
  oneOf,
  type Rules,
  required,
  rule,
  text,
  webAddress,
  webAddresses,
  whole,
} from './field-rules.js';
import type { Ncco } from './ncco.js';

const LANGUAGES = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });

const language = rule('be a BCP-47 language', (v) => {
  if (typeof v !== 'string' || !/^[a-z]{2,3}(-[A-Z]{2,3}){0,2}$/.test(v)) return false;
  // Vonage has tags of its own (en-GB-WLS); the language itself has to exist.
  return LANGUAGES.of(v.split('-')[0] ?? '') !== undefined;
});

const speech = rule('be 1 to 1500 characters, SSML inside <speak>', (v) => {
  if (typeof v !== 'string') return false;
  const ssml = v.trimStart().startsWith('<speak');
  const spoken = ssml ? v.replace(/<[^>]*>/g, '') : v;
  return spoken.trim() !== '' && spoken.length <= 1500 && (!ssml || v.trimEnd().endsWith('</speak>'));
});

const oneEndpoint = rule(
  'be an array of exactly one endpoint',
  (v) => Array.isArray(v) && v.length === 1 && isFields(v[0]),
);

const inputKinds = rule(
  'be an array of dtmf, speech or both',
  (v) => Array.isArray(v) && v.length > 0 && v.every((kind) => kind === 'dtmf' || kind === 'speech'),
);

const dtmf = rule('have timeOut 0..10, maxDigits 1..20, submitOnHash true or false', (v) => {
  if (!isFields(v)) return false;
  const { timeOut = 3, maxDigits = 4, submitOnHash = false } = v;
  return isWithin(timeOut, 0, 10) && isWithin(maxDigits, 1, 20) && typeof submitOnHash === 'boolean';
});

const name = matching(/./, 'be a string that is not empty');
const REPORTING: Rules = { eventUrl: webAddresses, eventMethod: oneOf('GET', 'POST') };
const PLAYING: Rules = { level: number(-1, 1), bargeIn: boolean, loop: whole(0, 10_000) };

const ACTIONS: Record<string, Rules> = {
  talk: { text: required(speech), language, style: whole(0, 1000), premium: boolean, ...PLAYING },
  stream: { streamUrl: required(webAddresses), ...PLAYING },
  connect: {
    endpoint: required(oneEndpoint),
    from: matching(/^\d+$/, 'be digits'),
    randomFromNumber: boolean,
    eventType: oneOf('synchronous'),
    timeout: whole(1, 7200),
    limit: whole(1, 7200),
    machineDetection: oneOf('continue', 'hangup'),
    advancedMachineDetection: object,
    ringbackTone: webAddress,
    ...REPORTING,
  },
  input: {
    type: required(inputKinds),
    dtmf,
    speech: object,
    mode: oneOf('synchronous', 'asynchronous'),
    ...REPORTING,
  },
  record: {
    format: oneOf('mp3', 'wav', 'ogg'),
    split: oneOf('conversation'),
    channels: whole(1, 32),
    endOnSilence: whole(3, 10),
    endOnKey: matching(/^[\d*#]$/, 'be a digit, * or #'),
    timeOut: whole(3, 7200),
    beepStart: boolean,
    transcription: object,
    ...REPORTING,
  },
  conversation: {
    name: required(name),
    musicOnHoldUrl: webAddresses,
    startOnEnter: boolean,
    endOnExit: boolean,
    record: boolean,
    mute: boolean,
    ...REPORTING,
  },
  notify: { payload: required(object), ...REPORTING, eventUrl: required(webAddresses) },
  wait: { timeout: number(0.1, 7200) },
};

const ENDPOINTS: Record<string, Rules> = {
  phone: {
    number: required(matching(/^\d{7,15}$/, 'be 7 to 15 digits')),
    dtmfAnswer: matching(/^[0-9*#p]*$/, 'be digits, *, # and p'),
    onAnswer: rule('have an http or https "url"', (v) => isFields(v) && isAddress(v.url, /^https?:$/)),
    shaken: text,
  },
  sip: { uri: required(rule('be a sip: or sips: URI', (v) => isAddress(v, /^sips?:$/))) },
  websocket: {
    uri: required(rule('be a ws: or wss: URI', (v) => isAddress(v, /^wss?:$/))),
    'content-type': required(oneOf(...[8000, 16_000, 24_000].map((rate) => `audio/l16;rate=${rate}`))),
    headers: object,
  },
  app: { user: required(name) },
  vbc: { extension: required(matching(/^\d+$/, 'be digits')) },
};

/** Refuses what Vonage would refuse, saying where. Fields that Vonage does not know it ignores, and so does this. */
export function validateNcco(value: unknown): { ncco: Ncco } | { invalid: string } {
  if (!Array.isArray(value) || value.length === 0)
    return { invalid: 'an NCCO is an array of at least one action' };
  for (const [index, action] of value.entries()) {
    const invalid = invalidAction(action);
    if (invalid !== undefined) return { invalid: `action ${index + 1}: ${invalid}` };
  }
  return { ncco: value as Ncco };
}

function invalidAction(action: unknown): string | undefined {
  if (!isFields(action)) return 'must be an object';
  const invalid = invalidVariant(action, 'action', ACTIONS);
  if (invalid !== undefined || action.action !== 'connect') return invalid;
  if (action.from !== undefined && action.randomFromNumber === true) {
    return '"from" and "randomFromNumber" exclude each other';
  }
  const [endpoint] = action.endpoint as [Fields];
  return invalidVariant(endpoint, 'type', ENDPOINTS, 'endpoint.');
}

/** One field says which rules hold for the others. */
function invalidVariant(
  fields: Fields,
  kind: string,
  variants: Record<string, Rules>,
  path = '',
): string | undefined {
  const names = Object.keys(variants);
  const named = names.find((candidate) => candidate === fields[kind]);
  const rules = named && variants[named];
  return rules ? invalidField(fields, rules, path) : `"${path}${kind}" must be one of: ${names.join(', ')}`;
}
