import { randomInt } from 'node:crypto';
import type { Call, Callee } from './call.js';
import { legEvent } from './call-events.js';
import type { Outcome } from './call-request.js';
import { ANSWERED, completion, ENDINGS, type EventFields, type Leg, newLeg } from './leg.js';
import type { ConnectAction } from './ncco.js';
import { eventTarget, execute, type Step } from './ncco-execution.js';
import { reportAndAsk, requestWhisper } from './ncco-request.js';
import { placeCall } from './place-call.js';

/** Numbers that call each other are cut off here. */
const MOST_CALLS_DEEP = 3;

/** How long a phone rings before it is picked up, and before the network gives up (s). */
const RINGS = { answered: 4, unanswered: 20 };

/** Calls somebody and puts them through to the caller, if they answer. */
export async function connect(call: Call, action: ConnectAction): Promise<Step> {
  const [endpoint] = action.endpoint;
  const from = callerId(call, action);
  const to = 'number' in endpoint ? endpoint.number : destination(endpoint);
  const leg = newLeg('outbound', from, to);
  const target = eventTarget(call, action);
  const event = (status: string, fields: EventFields = {}) =>
    legEvent(call.report.id, leg, call.clock.now, { status, ...fields });
  const tell = (status: string, fields?: EventFields) => call.events.send(target, event(status, fields));

  const phone = endpoint.type === 'phone';
  const callee: Callee = {
    number: phone ? `+${to}` : to,
    callerId: from === 'unknown' ? from : `+${from}`,
    hears: [],
  };
  call.report.callee = callee;
  await tell('started');
  const outcome = phone ? await reach(call, callee, from, to) : call.request.outcome;

  if (outcome !== 'busy' && outcome !== 'failed') {
    await tell('ringing');
    await ring(call, outcome, action.timeout ?? 60);
  }
  if (outcome === 'cancelled') {
    await tell('cancelled');
    return 'hung up';
  }
  if (outcome !== 'answered') {
    const ending = event(outcome, ENDINGS[outcome]);
    if (action.eventType === 'synchronous') return (await reportAndAsk(call, target, ending)) ?? 'next';
    await call.events.send(target, ending);
    return 'next';
  }

  leg.answeredAt = call.clock.now;
  await tell('answered', ANSWERED);
  const whispered = endpoint.type === 'phone' && endpoint.onAnswer ? endpoint.onAnswer.url : undefined;
  const endedBy =
    whispered !== undefined && (await whisper(call, leg, callee, whispered)) === 'user'
      ? 'callee'
      : converse(call, action.limit ?? 7200);
  await tell('completed', completion(leg, call.clock.now, endedBy === 'callee' ? 'user' : 'platform'));
  // A caller who is still on the line hears what comes after.
  return endedBy === 'caller' ? 'hung up' : 'next';
}

/** What the callee's display shows: one of the account's numbers, or nothing that means anybody. */
function callerId(
  { world: { account }, application }: Call,
  { from = '', randomFromNumber }: ConnectAction,
): string {
  if (!randomFromNumber) return account.numbers.has(from) ? from : 'unknown';
  const own = [...account.numbers.values()].filter(({ app_id }) => app_id === application.id);
  return own[randomInt(own.length)]?.msisdn ?? 'unknown';
}

/** A callee that is one of the account's own numbers is a call of its own, which an application answers. */
async function reach(call: Call, callee: Callee, from: string, to: string): Promise<Outcome> {
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

/** The two talk; says who ended it. */
function converse(call: Call, limit: number): 'caller' | 'callee' | 'platform' {
  const { talkSeconds, endedBy } = call.request;
  call.clock.now += Math.min(talkSeconds, limit) * 1000;
  return talkSeconds > limit ? 'platform' : endedBy;
}

/** What the callee hears before being joined: an NCCO of its own, on the callee's leg, which may lose them. */
async function whisper(call: Call, leg: Leg, callee: Callee, url: string): Promise<'user' | 'platform'> {
  const fields = { to: leg.to, from: leg.from, conversation_uuid: call.report.id, uuid: leg.uuid };
  const ncco = (await requestWhisper(call, url, fields)) ?? [];
  return execute(call, { leg, hears: callee.hears, keys: call.request.calleeKeys }, ncco);
}

function destination(endpoint: Exclude<ConnectAction['endpoint'][0], { type: 'phone' }>): string {
  if ('uri' in endpoint) return endpoint.uri;
  return 'user' in endpoint ? endpoint.user : endpoint.extension;
}
