import type { CallRequest } from './call-request.js';
import type { Leg } from './leg.js';
import { hangUp, livePeople } from './live-people.js';
import type { Operator } from './operator.js';
import { spelled } from './phone.js';
import type { Phone } from './phones.js';
import { placeCall } from './place-call.js';
import type { Trace } from './trace.js';
import type { World } from './world.js';

/** Dials from a phone of the page; the call goes on for as long as the people want. */
export async function dial(
  world: World,
  phone: Phone,
  to: string,
  operator: Operator | undefined,
): Promise<void> {
  const line = phone.open('out', to);
  const request: CallRequest = {
    to,
    ...(phone.withheld ? {} : { from: phone.number }),
    endpoint_type: 'phone',
    outcome: 'answered',
    talkSeconds: 0,
    endedBy: 'caller',
    keys: '',
    calleeKeys: '',
  };
  const trace = world.watch();
  const withheld = phone.withheld ? ', and withholds its number' : '';
  trace.add({ from: phone.id, to: 'vonage', kind: 'phone', what: `dials ${spelled(to)}${withheld}` });
  world.changed();
  const peopleOn = livePeople(world, line, trace);
  let inbound: Leg | undefined;
  const people = (leg: Leg) => {
    inbound = leg;
    return peopleOn(leg);
  };
  const watched = operator === undefined ? trace : withDecisions(trace, operator, () => inbound);
  try {
    await placeCall(world, request, { people, trace: watched });
  } finally {
    // Whatever broke: nobody is left with a phone that is never free again.
    hangUp(line, 'The call has ended');
    world.changed();
  }
}

/** Puts before the instructions how the application came to them. */
function withDecisions(trace: Trace, operator: Operator, inbound: () => Leg | undefined): Trace {
  return {
    add(seen) {
      const leg = inbound();
      if (seen.kind !== 'answer' || seen.good !== true || leg === undefined) return trace.add(seen);
      const amend = trace.add({ from: 'voxproxy', to: 'voxproxy', kind: 'route', what: 'decides' });
      void operator.decision(leg).then(
        (decision) => {
          if (decision === undefined) return;
          const { route, isConnected, reasons } = decision;
          amend({ what: `Route: ${route}`, facts: reasons, good: isConnected });
        },
        () => {},
      );
      return trace.add(seen);
    },
  };
}
