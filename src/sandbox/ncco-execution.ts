import type { Call, Party } from './call.js';
import { legEvent, moveLeg } from './call-events.js';
import { connect } from './connect.js';
import type { Order } from './leg-orders.js';
import type { Action, InputAction, Ncco } from './ncco.js';
import { eventTarget, reportAndAsk } from './ncco-request.js';

/** What an action leads to: the next one, other instructions instead, or the end, because the party hung up. */
export type Step = 'next' | Ncco | 'hung up';

/** How it ended: all was carried out, the party hung up, or the Voice API took the party out of it. */
export type Ending = 'carried out' | 'hung up' | 'cut off';

/** A menu that nobody answers comes round and round; in the end people hang up. */
const PATIENCE = 100;

/** What is played for ever is listened to for that long (ms, real time), unless the Voice API ends it. */
const LISTENS_FOR_EVER = 500;

/** Carries out an NCCO for somebody on the line, and what the Voice API puts in its place. */
export async function execute(call: Call, party: Party, ncco: Ncco): Promise<Ending> {
  let rest = ncco;
  let ending: Ending = 'carried out';
  for (let actions = 0; actions < PATIENCE; actions++) {
    const order = orderTo(call, party);
    if (order === 'hangup') return 'cut off';
    if (order !== undefined) {
      await call.events.send(call.voice.webhooks.event_url, moveLeg(party.leg, call.clock.now));
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

/** A callee's leg ends with any order to the caller's: there is nobody left to be joined to. */
function orderTo({ world: { orders }, inbound }: Call, { leg }: Party): Order | undefined {
  return orders.take(leg) ?? (leg !== inbound && orders.isPending(inbound) ? 'hangup' : undefined);
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
      const fields = legEvent(party.leg, call.clock.now, { payload: action.payload });
      return (await reportAndAsk(call, eventTarget(call, action), fields)) ?? 'next';
    }
    case 'wait':
      call.clock.now += (action.timeout ?? 10) * 1000;
      return 'next';
    case 'conversation':
    case 'transfer':
      // A room without anybody else in it: the caller stays for a while.
      call.clock.now += call.request.talkSeconds * 1000;
      return 'hung up';
    case 'record':
      return 'next';
  }
}

/** Takes about as long as it would to listen to. What is played for ever lasts until somebody hangs up. */
async function play(
  call: Call,
  party: Party,
  { loop, bargeIn }: { loop?: number; bargeIn?: boolean },
  heard: string,
): Promise<Step> {
  party.hears.push(heard);
  call.clock.now += Math.ceil(heard.length / 15) * 1000 * (loop || 1);
  if (loop !== 0 || bargeIn) return 'next';
  return (await call.world.orders.wait([party.leg, call.inbound], LISTENS_FOR_EVER)) ? 'next' : 'hung up';
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
  const fields = legEvent(party.leg, call.clock.now, {
    ...(action.type.includes('dtmf') ? { dtmf: { digits: pressed, timed_out: !complete } } : {}),
    ...(action.type.includes('speech') ? { speech: { timeout_reason: 'start_timeout', results: [] } } : {}),
  });
  return (await reportAndAsk(call, eventTarget(call, action), fields)) ?? 'next';
}

function spoken(text: string): string {
  return text.trimStart().startsWith('<speak') ? text.replace(/<[^>]*>/g, '').trim() : text;
}
