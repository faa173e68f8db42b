import type { Call, Callee } from './call.js';
import type { Outcome } from './call-request.js';
import { ANSWERED, completion, ENDINGS, type Leg } from './leg.js';
import { meet } from './meeting.js';
import type { ConnectAction } from './ncco.js';
import type { Step } from './ncco-execution.js';
import { newOutgoingLeg } from './outgoing-leg.js';
import { placeCall } from './place-call.js';

/** Numbers that call each other are cut off here. */
const MOST_CALLS_DEEP = 3;

/** How long a phone rings before it is picked up, and before the network gives up (s). */
const RINGS = { answered: 4, unanswered: 20 };

/** Whoever stops one leg often stops the other too: it stays in progress for that long (ms, real time). */
const BREATH = 250;

/** Calls somebody and puts them through to the caller, if they answer. */
export async function connect(call: Call, action: ConnectAction): Promise<Step> {
  const { orders } = call.world;
  const outgoing = newOutgoingLeg(call, action);
  const { leg, callee, event, send } = outgoing;
  orders.begin(leg, call.application.id);
  call.report.callee = callee;
  await send(event('started'));
  const outcome = action.endpoint[0].type === 'phone' ? await reach(call, callee, leg) : call.request.outcome;

  if (outcome !== 'busy' && outcome !== 'failed') {
    await send(event('ringing'));
    await ring(call, outcome, action.timeout ?? 60);
  }
  const stopped = orders.isPending(leg) || orders.isPending(call.inbound);
  if (stopped) await hearOther(call, leg);
  if (stopped || outcome === 'cancelled') {
    orders.end(leg);
    await send(event('cancelled'));
    return stopped ? 'next' : 'hung up';
  }
  if (outcome !== 'answered' && outcome !== 'machine') {
    orders.end(leg);
    return (await outgoing.ask(event(outcome, ENDINGS[outcome]))) ?? 'next';
  }

  leg.answeredAt = call.clock.now;
  await send(event('answered', ANSWERED));
  const { endedBy, step } = await meet(call, action, outgoing, outcome);
  if (endedBy === 'order') await hearOther(call, leg);
  orders.end(leg);
  const by = endedBy === 'callee' ? 'user' : 'platform';
  await send(event('completed', completion(leg, call.clock.now, by)));
  return step;
}

/** After an order to one leg, gives the other one's the time to come. */
async function hearOther({ world: { orders }, inbound }: Call, leg: Leg): Promise<void> {
  await orders.wait([orders.isPending(inbound) ? leg : inbound], BREATH);
}

/** A callee that is one of the account's own numbers is a call of its own, which an application answers. */
async function reach(call: Call, callee: Callee, { from = 'unknown', to }: Leg): Promise<Outcome> {
  const { world, request, depth } = call;
  if (!world.account.numbers.has(to)) return request.outcome;
  if (depth === MOST_CALLS_DEEP) return 'failed';
  const { meanwhile, from_user, ...rest } = request;
  callee.call = await placeCall(world, { ...rest, to, from, endpoint_type: 'phone' }, depth + 1);
  return callee.call.ncco === null ? 'failed' : 'answered';
}

async function ring(call: Call, outcome: Outcome, timeout: number): Promise<void> {
  const { meanwhile } = call.request;
  if (meanwhile !== undefined) {
    delete call.request.meanwhile;
    call.report.meanwhile = await placeCall(call.world, meanwhile);
  }
  const seconds =
    outcome === 'timeout' ? timeout : outcome === 'unanswered' ? RINGS.unanswered : RINGS.answered;
  call.clock.now += Math.min(seconds, timeout) * 1000;
}
