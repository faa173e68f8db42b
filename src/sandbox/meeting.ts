import type { Call } from './call.js';
import { detectMachine } from './machine-detection.js';
import type { ConnectAction, Ncco } from './ncco.js';
import { execute, type Step } from './ncco-execution.js';
import { requestWhisper } from './ncco-request.js';
import type { OutgoingLeg } from './outgoing-leg.js';
import type { EndedBy } from './people.js';

const GREETING = '♪ You have reached the voicemail of the person you called.';

/** What happens once the callee's end is picked up; says who ended it, and what the caller comes to next. */
export async function meet(
  call: Call,
  action: ConnectAction,
  outgoing: OutgoingLeg,
  answeredBy: 'answered' | 'machine',
): Promise<{ endedBy: EndedBy; step: Step }> {
  const { leg, callee } = outgoing;
  const machine = answeredBy === 'machine';
  const instead = await detectMachine(call, action, outgoing, machine);
  if (instead !== undefined) return { endedBy: 'platform', step: instead };

  const party = { leg, hears: callee.hears, keys: machine ? '' : call.request.calleeKeys };
  const whispered = await execute(call, party, await whisper(call, action, outgoing));
  if (whispered === 'hung up') return { endedBy: 'callee', step: 'next' };
  if (whispered === 'cut off') return { endedBy: 'order', step: 'next' };

  callee.joined = true;
  if (machine) call.report.caller.hears.push(GREETING);
  const endedBy = await call.people.converse(leg, action.limit ?? 7200);
  // A caller who is still on the line hears what comes after.
  return { endedBy, step: endedBy === 'caller' ? 'hung up' : 'next' };
}

/** What the callee hears before being joined: an NCCO of its own, on the callee's leg, which may lose them. */
async function whisper(
  call: Call,
  { endpoint: [endpoint] }: ConnectAction,
  { leg }: OutgoingLeg,
): Promise<Ncco> {
  if (endpoint.type !== 'phone' || endpoint.onAnswer === undefined) return [];
  const fields = { to: leg.to, from: leg.from, conversation_uuid: leg.conversation, uuid: leg.uuid };
  return (await requestWhisper(call, endpoint.onAnswer.url, fields)) ?? [];
}
