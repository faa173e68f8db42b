import { applicationOf } from './account.js';
import type { Application, VoiceCapability } from './application.js';
import type { Call, CallReport } from './call.js';
import { createCallEvents, legEvent } from './call-events.js';
import type { CallRequest } from './call-request.js';
import { ANSWERED, completion, type EventFields, type Leg, newConversation, newLeg } from './leg.js';
import { execute } from './ncco-execution.js';
import { requestAnswer } from './ncco-request.js';
import type { People } from './people.js';
import { simulatedPeople } from './simulated-people.js';
import { type Trace, UNWATCHED } from './trace.js';
import type { World } from './world.js';

/** The host for controlling a call, by the application's region. */
const REGION_HOSTS: Record<string, string> = {
  'na-east': 'api-us-3',
  'na-west': 'api-us-4',
  'eu-west': 'api-eu-3',
  'eu-east': 'api-eu-4',
  'apac-sng': 'api-ap-3',
  'apac-australia': 'api-ap-4',
};

/** Who takes part, and who watches: simulated people and nobody unless told otherwise. */
export type Company = {
  /** How many calls led to this one. */
  depth?: number;
  people?: (inbound: Leg) => People;
  trace?: Trace;
};

/** Makes a call from beginning to end. Takes as long as the webhooks and the people do. */
export async function placeCall(
  world: World,
  request: CallRequest,
  { depth = 0, people: peopleOn, trace = UNWATCHED }: Company = {},
): Promise<CallReport> {
  const report: CallReport = {
    id: newConversation(),
    ncco: null,
    caller: { hears: [] },
    callee: null,
    events: [],
    webhooks: [],
  };
  const inbound = newLeg('inbound', report.id, request.from, request.to);
  const people = peopleOn?.(inbound) ?? simulatedPeople(world, request, inbound, report);
  const caller = { leg: inbound, hears: report.caller.hears, keys: request.keys };
  const service = serviceOn(world, request.to);
  if ('error' in service) {
    await people.hear(caller, 'The number you dialled is not in service.', {});
    people.leave(inbound);
    return { ...report, error: service.error };
  }

  const { application, voice } = service;
  const events = createCallEvents(world, application, voice, trace);
  report.events = events.delivered;
  const call: Call = { world, request, depth, application, voice, inbound, people, trace, events, report };
  const tell = (status: string, fields: EventFields = {}) =>
    events.send(voice.webhooks.event_url, legEvent(inbound, people.now(), { status, ...fields }));

  world.orders.begin(inbound, application.id);
  const over = () => {
    world.orders.end(inbound);
    people.leave(inbound);
  };
  await tell('started');
  await tell('ringing');
  const ncco = await requestAnswer(call, answerFields(call));
  if (ncco === undefined) {
    over();
    await tell('failed', { detail: 'internal_error', sip_code: 500 });
  } else {
    report.ncco = ncco;
    inbound.answeredAt = people.now();
    await tell('answered', ANSWERED);
    const ending = await execute(call, caller, ncco);
    over();
    const by = ending === 'hung up' ? 'user' : 'platform';
    await tell('completed', completion(inbound, people.now(), by));
  }
  await events.flush();
  return report;
}

/** Who answers for a number, if it is in service at all. */
function serviceOn(
  { account }: World,
  to: string,
): { application: Application; voice: VoiceCapability } | { error: string } {
  const number = account.numbers.get(to);
  if (number === undefined) return { error: 'the account does not rent this number' };
  const { voiceCallbackType } = number;
  if (voiceCallbackType === 'sip' || voiceCallbackType === 'tel') {
    return { error: `the number forwards calls (${voiceCallbackType}), which overrides its application` };
  }
  if (!number.features.includes('VOICE')) return { error: 'the number takes no calls' };
  const application = applicationOf(account, number);
  if (application === undefined) return { error: 'the number is not linked to an application' };
  const { voice } = application.capabilities;
  if (voice?.webhooks.answer_url === undefined) return { error: 'the application has no answer URL' };
  return { application, voice };
}

/** A caller field that the network did not give is absent; an app's user comes in place of a number. */
function answerFields({ inbound, report, request, voice }: Call) {
  const { from, from_user, endpoint_type } = request;
  return {
    to: inbound.to,
    ...(from === undefined ? {} : { from }),
    ...(from_user === undefined ? {} : { from_user }),
    conversation_uuid: report.id,
    uuid: inbound.uuid,
    endpoint_type,
    region_url: `https://${REGION_HOSTS[voice.region ?? 'eu-west']}.vonage.com`,
  };
}
