import { applicationOf } from './account.js';
import type { Application, VoiceCapability } from './application.js';
import type { Call, CallReport } from './call.js';
import { createCallEvents, legEvent } from './call-events.js';
import type { CallRequest } from './call-request.js';
import { ANSWERED, completion, type EventFields, newConversation, newLeg } from './leg.js';
import { execute } from './ncco-execution.js';
import { requestAnswer } from './ncco-request.js';
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

/** Makes a call from beginning to end. Takes as long as the webhooks do. */
export async function placeCall(world: World, request: CallRequest, depth = 0): Promise<CallReport> {
  const report: CallReport = {
    id: newConversation(),
    ncco: null,
    caller: { hears: [] },
    callee: null,
    events: [],
    webhooks: [],
  };
  const service = serviceOn(world, request.to);
  if ('error' in service) {
    report.caller.hears.push('The number you dialled is not in service.');
    return { ...report, error: service.error };
  }

  const { application, voice } = service;
  const inbound = newLeg('inbound', report.id, request.from, request.to);
  const events = createCallEvents(world, application, voice);
  const clock = { now: Date.now() };
  report.events = events.delivered;
  const call: Call = { world, request, depth, application, voice, inbound, clock, events, report };
  const tell = (status: string, fields: EventFields = {}) =>
    events.send(voice.webhooks.event_url, legEvent(inbound, clock.now, { status, ...fields }));

  world.orders.begin(inbound, application.id);
  await tell('started');
  await tell('ringing');
  const ncco = await requestAnswer(call, answerFields(call));
  if (ncco === undefined) {
    world.orders.end(inbound);
    await tell('failed', { detail: 'internal_error', sip_code: 500 });
  } else {
    report.ncco = ncco;
    inbound.answeredAt = clock.now;
    await tell('answered', ANSWERED);
    const caller = { leg: inbound, hears: report.caller.hears, keys: request.keys };
    const ending = await execute(call, caller, ncco);
    world.orders.end(inbound);
    const by = ending === 'hung up' ? 'user' : 'platform';
    await tell('completed', completion(inbound, clock.now, by));
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
