import type { Call, Party } from './call.js';
import { legEvent, moveLeg } from './call-events.js';
import { connect } from './connect.js';
import type { Order } from './leg-orders.js';
import type { Action, InputAction, Ncco } from './ncco.js';
import { eventTarget, reportAndAsk } from './ncco-request.js';
import type { Playing } from './people.js';

/** What an action leads to: the next one, other instructions instead, or the end, because the party hung up. */
export type Step = 'next' | Ncco | 'hung up';

/** How it ended: all was carried out, the party hung up, or the Voice API took the party out of it. */
export type Ending = 'carried out' | 'hung up' | 'cut off';

/** A menu that nobody answers comes round and round; in the end people hang up. */
const PATIENCE = 100;

/** Carries out an NCCO for somebody on the line, and what the Voice API puts in its place. */
export async function execute(call: Call, party: Party, ncco: Ncco): Promise<Ending> {
  let rest = ncco;
  let ending: Ending = 'carried out';
  for (let actions = 0; actions < PATIENCE; actions++) {
    if (call.people.isGone(party.leg)) return 'hung up';
    const order = orderTo(call, party);
    if (order === 'hangup') return 'cut off';
    if (order !== undefined) {
      await call.events.send(call.voice.webhooks.event_url, moveLeg(party.leg, call.people.now()));
      rest = order;
      ending = 'cut off';
    }
    const [action, ...after] = rest;
    if (action === undefined) return ending;
    const step = await perform(call, party, action);
    if (step === 'hung up') return step;
    rest = step === 'next' ? after : step;
  }
  return 'hung up';
}

/** A callee's leg ends with any order to the caller's, and with the caller: there is nobody left to be joined to. */
function orderTo({ world: { orders }, inbound, people }: Call, { leg }: Party): Order | undefined {
  const alone = leg !== inbound && (orders.isPending(inbound) || people.isGone(inbound));
  return orders.take(leg) ?? (alone ? 'hangup' : undefined);
}

async function perform(call: Call, party: Party, action: Action): Promise<Step> {
  switch (action.action) {
    case 'talk':
      return play(call, party, spoken(action.text), action);
    case 'stream':
      return play(call, party, `♪ ${action.streamUrl[0]}`, action);
    case 'connect':
      // Whispers connect nobody: that leg is about to be joined.
      return party.leg.direction === 'inbound' ? connect(call, action) : 'next';
    case 'input':
      return input(call, party, action);
    case 'notify': {
      const fields = legEvent(party.leg, call.people.now(), { payload: action.payload });
      return (await reportAndAsk(call, eventTarget(call, action), fields)) ?? 'next';
    }
    case 'wait':
      await call.people.pass((action.timeout ?? 10) * 1000);
      return 'next';
    case 'conversation':
    case 'transfer':
      await call.people.stay(party);
      return 'hung up';
    case 'record':
      return 'next';
  }
}

async function play(call: Call, party: Party, heard: string, playing: Playing): Promise<Step> {
  return (await call.people.hear(party, heard, playing)) ? 'next' : 'hung up';
}

async function input(call: Call, party: Party, action: InputAction): Promise<Step> {
  const { maxDigits = 4, submitOnHash = false, timeOut = 3 } = action.dtmf ?? {};
  const { digits, timedOut } = await call.people.press(party, { maxDigits, submitOnHash, timeOut });
  const fields = legEvent(party.leg, call.people.now(), {
    ...(action.type.includes('dtmf') ? { dtmf: { digits, timed_out: timedOut } } : {}),
    ...(action.type.includes('speech') ? { speech: { timeout_reason: 'start_timeout', results: [] } } : {}),
  });
  return (await reportAndAsk(call, eventTarget(call, action), fields)) ?? 'next';
}

function spoken(text: string): string {
  return text.trimStart().startsWith('<speak') ? text.replace(/<[^>]*>/g, '').trim() : text;
}
