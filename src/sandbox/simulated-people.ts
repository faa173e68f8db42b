import type { CallReport } from './call.js';
import type { CallRequest, Outcome } from './call-request.js';
import type { Leg } from './leg.js';
import type { People } from './people.js';
import { placeCall } from './place-call.js';
import type { World } from './world.js';

/** What is played for ever is listened to for that long (ms, real time), unless the Voice API ends it. */
const LISTENS_FOR_EVER = 500;

/** How long a phone rings before it is picked up, and before the network gives up (s). */
const RINGS = { answered: 4, unanswered: 20 };

/** People who do what a request says. Nobody really talks: their clock runs ahead of the real one. */
export function simulatedPeople(
  world: World,
  request: CallRequest,
  inbound: Leg,
  report: CallReport,
): People {
  let now = Date.now();
  let { meanwhile } = request;

  const ringing = (outcome: Outcome, timeout: number) =>
    outcome === 'timeout' ? timeout : outcome === 'unanswered' ? RINGS.unanswered : RINGS.answered;

  return {
    now: () => now,
    async pass(milliseconds) {
      now += milliseconds;
    },
    isGone: () => false,
    /** Takes about as long as it would to listen to. What is played for ever lasts until somebody hangs up. */
    async hear(party, heard, { loop, bargeIn }) {
      party.hears.push(heard);
      now += Math.ceil(heard.length / 15) * 1000 * (loop || 1);
      if (loop !== 0 || bargeIn) return true;
      return world.orders.wait([party.leg, inbound], LISTENS_FOR_EVER);
    },
    async press(party, { maxDigits, submitOnHash, timeOut }) {
      const [before = ''] = submitOnHash ? party.keys.split('#', 1) : [party.keys];
      const digits = before.slice(0, maxDigits);
      const hash = submitOnHash && party.keys[digits.length] === '#';
      party.keys = party.keys.slice(digits.length + (hash ? 1 : 0));
      const timedOut = !hash && digits.length < maxDigits;
      now += (digits.length + (timedOut ? timeOut : 0)) * 1000;
      return { digits, timedOut };
    },
    reach: () => (request.outcome === 'busy' || request.outcome === 'failed' ? request.outcome : undefined),
    async ring(_leg, seconds, instead = request.outcome) {
      if (meanwhile !== undefined) {
        const other = meanwhile;
        meanwhile = undefined;
        report.meanwhile = await placeCall(world, other);
      }
      now += Math.min(ringing(instead, seconds), seconds) * 1000;
      return instead;
    },
    async converse(_leg, limit) {
      const { talkSeconds, endedBy } = request;
      now += Math.min(talkSeconds, limit) * 1000;
      return talkSeconds > limit ? 'platform' : endedBy;
    },
    async stay() {
      now += request.talkSeconds * 1000;
    },
    leave: () => {},
  };
}
