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

/** Whoever stops one leg often stops the other too: it stays in progress for that long (ms, real time). */
const BREATH = 250;

/** Calls somebody and puts them through to the caller, if they answer. */
export async function connect(call: Call, action: ConnectAction): Promise<Step> {
  const { people } = call;
  const { orders } = call.world;
  const outgoing = newOutgoingLeg(call, action);
  const { leg, callee, event, send } = outgoing;
  const over = () => {
    orders.end(leg);
    people.leave(leg);
  };
  orders.begin(leg, call.application.id);
  call.report.callee = callee;
  await send(event('started'));
  let outcome = await reach(call, callee, leg);
  if (outcome !== 'busy' && outcome !== 'failed') {
    await send(event('ringing'));
    outcome = await people.ring(leg, action.timeout ?? 60, outcome);
  }
  const stopped = orders.isPending(leg) || orders.isPending(call.inbound);
  if (stopped) await hearOther(call, leg);
  if (stopped || outcome === 'cancelled') {
    over();
    await send(event('cancelled'));
    return stopped ? 'next' : 'hung up';
  }
  if (outcome !== 'answered' && outcome !== 'machine') {
    over();
    return (await outgoing.ask(event(outcome, ENDINGS[outcome]))) ?? 'next';
  }

  leg.answeredAt = people.now();
  await send(event('answered', ANSWERED));
  const { endedBy, step } = await meet(call, action, outgoing, outcome);
  if (endedBy === 'order') await hearOther(call, leg);
  over();
  const by = endedBy === 'callee' ? 'user' : 'platform';
  await send(event('completed', completion(leg, people.now(), by)));
  return step;
}

/** After an order to one leg, gives the other one's the time to come. */
async function hearOther({ world: { orders }, inbound }: Call, leg: Leg): Promise<void> {
  await orders.wait([orders.isPending(inbound) ? leg : inbound], BREATH);
}

/**
 * How the attempt ends without anybody's doing. A callee that is one of the account's own numbers is a call
 * of its own, which an application answers.
 */
async function reach(call: Call, callee: Callee, leg: Leg): Promise<Outcome | undefined> {
  const { world, request, depth } = call;
  const { from = 'unknown', to } = leg;
  if (!world.account.numbers.has(to)) return call.people.reach(leg);
  if (depth === MOST_CALLS_DEEP) return 'failed';
  const { meanwhile, from_user, ...rest } = request;
  callee.call = await placeCall(world, { ...rest, to, from, endpoint_type: 'phone' }, { depth: depth + 1 });
  return callee.call.ncco === null ? 'failed' : 'answered';
}
