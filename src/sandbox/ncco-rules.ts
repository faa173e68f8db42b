import {
  boolean,
  invalidField,
  isAddress,
  isFields,
  matching,
  number,
  object,
  oneOf,
  type Rule,
  type Rules,
  required,
  rule,
  text,
  webAddress,
  webAddresses,
  whole,
} from './field-rules.js';

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

const dtmf = withFields('have timeOut 0..10, maxDigits 1..20, submitOnHash true or false', {
  timeOut: whole(0, 10),
  maxDigits: whole(1, 20),
  submitOnHash: boolean,
});

const advancedMachineDetection = withFields(
  'have behavior continue or hangup, mode default, detect or detect_beep, beep_timeout 30..120',
  {
    behavior: oneOf('continue', 'hangup'),
    mode: oneOf('default', 'detect', 'detect_beep'),
    beep_timeout: whole(30, 120),
    beepTimeout: whole(30, 120),
  },
);

const onAnswer = withFields('have an http or https "url", and "ringbackTone" likewise if at all', {
  url: required(webAddress),
  ringbackTone: webAddress,
  ringback: webAddress,
});

const name = matching(/./, 'be a string that is not empty');
const names = rule('be an array of strings', (v) => Array.isArray(v) && v.every(text.ok));
const REPORTING: Rules = { eventUrl: webAddresses, eventMethod: oneOf('GET', 'POST') };
const PLAYING: Rules = { level: number(-1, 1), bargeIn: boolean, loop: whole(0, 10_000) };

/** The actions, and what each of their fields has to be. */
export const ACTIONS: Record<string, Rules> = {
  talk: { text: required(speech), language, style: whole(0, 1000), premium: boolean, ...PLAYING },
  stream: { streamUrl: required(webAddresses), ...PLAYING },
  connect: {
    endpoint: required(oneEndpoint),
    from: matching(/^\d+$/, 'be digits'),
    randomFromNumber: boolean,
    eventType: oneOf('synchronous'),
    timeout: whole(3, 7200),
    limit: whole(1, 7200),
    machineDetection: oneOf('continue', 'hangup'),
    advancedMachineDetection,
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
  transfer: { conversationId: required(name), mute: boolean, canSpeak: names, canHear: names },
};

/** Whom a connect can call. */
export const ENDPOINTS: Record<string, Rules> = {
  phone: {
    number: required(matching(/^\d{7,15}$/, 'be 7 to 15 digits')),
    dtmfAnswer: matching(/^[0-9*#p]*$/, 'be digits, *, # and p'),
    onAnswer,
    shaken: text,
  },
  sip: {
    uri: required(rule('be a sip: or sips: URI', (v) => isAddress(v, /^sips?:$/))),
    headers: object,
    standardHeaders: object,
  },
  websocket: {
    uri: required(rule('be a ws: or wss: URI', (v) => isAddress(v, /^wss?:$/))),
    'content-type': required(oneOf(...[8000, 16_000, 24_000].map((rate) => `audio/l16;rate=${rate}`))),
    headers: object,
    authorization: object,
  },
  app: { user: required(name) },
  vbc: { extension: required(matching(/^\d+$/, 'be digits')) },
};

function withFields(must: string, rules: Rules): Rule {
  return rule(must, (v) => isFields(v) && invalidField(v, rules) === undefined);
}
