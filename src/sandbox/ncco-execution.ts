import type { WebhookTarget } from './application.js';
import type { Call, Party } from './call.js';
import { legEvent } from './call-events.js';
import { connect } from './connect.js';
import type { Action, InputAction, Ncco } from './ncco.js';
import { reportAndAsk } from './ncco-request.js';

/** What an action leads to: the next one, other instructions instead, or the end, because the party hung up. */
export type Step = 'next' | Ncco | 'hung up';

/** A menu that nobody answers comes round and round; in the end people hang up. */
const PATIENCE = 100;

/** Carries out an NCCO for somebody on the line; says who ended it. */
export async function execute(call: Call, party: Party, ncco: Ncco): Promise<'user' | 'platform'> {
  let rest = ncco;
  for (let actions = 0; actions < PATIENCE; actions++) {
    const [action, ...after] = rest;
    if (action === undefined) return 'platform';
    const step = await perform(call, party, action);
    if (step === 'hung up') return 'user';
    rest = step === 'next' ? after : step;
  }
  return 'user';
}

async function perform(call: Call, party: Party, action: Action): Promise<Step> {
  switch (action.action) {
    case 'talk':
      return play(call, party, action, spoken(action.text));
    case 'stream':
      return play(call, party, action, `♪ ${action.streamUrl[0]}`);
    case 'connect':
      // Whispers connect nobody: that leg is about to be joined.
      return party.leg.direction === 'inbound' ? connect(call, action) : 'next';
    case 'input':
      return input(call, party, action);
    case 'notify': {
      const fields = legEvent(call.report.id, party.leg, call.clock.now, { payload: action.payload });
      return (await reportAndAsk(call, eventTarget(call, action), fields)) ?? 'next';
    }
    case 'wait':
      call.clock.now += (action.timeout ?? 10) * 1000;
      return 'next';
    case 'conversation':
      // A room without anybody else in it: the caller stays for a while.
      call.clock.now += call.request.talkSeconds * 1000;
      return 'hung up';
    case 'record':
      return 'next';
  }
}

/** Takes about as long as it would to listen to. What is played for ever lasts until somebody hangs up. */
function play(
  call: Call,
  party: Party,
  { loop, bargeIn }: { loop?: number; bargeIn?: boolean },
  heard: string,
): Step {
  party.hears.push(heard);
  call.clock.now += Math.ceil(heard.length / 15) * 1000 * (loop || 1);
  return loop === 0 && !bargeIn ? 'hung up' : 'next';
}

async function input(call: Call, party: Party, action: InputAction): Promise<Step> {
  const { maxDigits = 4, submitOnHash = false, timeOut = 3 } = action.dtmf ?? {};
  const [pressed = ''] = (submitOnHash ? party.keys.split('#', 1) : [party.keys]).map((keys) =>
    keys.slice(0, maxDigits),
  );
  const hash = submitOnHash && party.keys[pressed.length] === '#';
  party.keys = party.keys.slice(pressed.length + (hash ? 1 : 0));
  const complete = hash || pressed.length === maxDigits;
  call.clock.now += (pressed.length + (complete ? 0 : timeOut)) * 1000;
  const fields = legEvent(call.report.id, party.leg, call.clock.now, {
    ...(action.type.includes('dtmf') ? { dtmf: { digits: pressed, timed_out: !complete } } : {}),
    ...(action.type.includes('speech') ? { speech: { timeout_reason: 'start_timeout', results: [] } } : {}),
  });
  return (await reportAndAsk(call, eventTarget(call, action), fields)) ?? 'next';
}

/** An action may name its own event URL; without one, its events go where all others go. */
export function eventTarget(
  call: Call,
  { eventUrl, eventMethod = 'POST' }: { eventUrl?: [string]; eventMethod?: WebhookTarget['http_method'] },
): WebhookTarget | undefined {
  if (eventUrl === undefined) return call.voice.webhooks.event_url;
  return { address: eventUrl[0], http_method: eventMethod, connect_timeout: 1000, socket_timeout: 10_000 };
}

function spoken(text: string): string {
  return text.trimStart().startsWith('<speak') ? text.replace(/<[^>]*>/g, '').trim() : text;
}
