import type { Call } from './call.js';
import type { ConnectAction } from './ncco.js';
import type { Step } from './ncco-execution.js';
import type { OutgoingLeg } from './outgoing-leg.js';

/** How long it takes to tell a voicemail from a person (s). */
const LISTENS = 3;

/** Says who picked up, if somebody asked; undefined: the call goes on as if nobody had. */
export async function detectMachine(
  call: Call,
  { machineDetection, advancedMachineDetection: advanced }: ConnectAction,
  { event, send, ask }: OutgoingLeg,
  machine: boolean,
): Promise<Step | undefined> {
  const behavior = machineDetection ?? (advanced && (advanced.behavior ?? 'continue'));
  if (behavior === undefined) return undefined;
  await call.people.pass(LISTENS * 1000);
  const { uuid, ...fields } = event(machine ? 'machine' : 'human');
  const heard = { ...fields, call_uuid: uuid };
  if (machine) return (await ask(heard)) ?? (behavior === 'hangup' ? 'next' : undefined);
  await send(heard);
  return undefined;
}
