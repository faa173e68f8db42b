import type { Leg } from './leg.js';
import type { People } from './people.js';
import { spelled } from './phone.js';
import type { Line } from './phones.js';
import type { Trace } from './trace.js';
import type { World } from './world.js';

/** How fast something is said (characters a second), and how long it takes at least (ms). */
const SPEED = 15;
const SHORTEST = 1200;
/** What has no end lasts that long at most (ms). */
const FOR_EVER = 7_200_000;

/** People who hold the phones of the page: they decide, and take their time. */
export function livePeople(world: World, caller: Line, trace: Trace) {
  const { phones, orders, waiting, changed } = world;

  return (inbound: Leg): People => {
    const held = new Map([[inbound.uuid, caller]]);
    const isGone = ({ uuid }: Leg) => held.get(uuid)?.hungUp ?? false;
    /** Whether something ends what goes on between these legs. */
    const isDisturbed = (...legs: Leg[]) => legs.some((leg) => isGone(leg) || orders.isPending(leg));
    const told = new Set<Line>();
    const seen = (line: Line, what: string, good: boolean | null = null) =>
      trace.add({ from: line.phone.id, to: 'vonage', kind: 'phone', what, good });

    /** Waits (ms), and takes down who hung up meanwhile. */
    const wait = async (holds: () => boolean, atMost: number) => {
      await waiting.until(holds, atMost);
      for (const line of held.values()) {
        if (line.hungUp && !told.has(line)) seen(line, 'hangs up');
        if (line.hungUp) told.add(line);
      }
    };

    return {
      now: () => Date.now(),
      isGone,
      async pass(milliseconds) {
        await wait(() => isDisturbed(inbound), milliseconds);
      },
      async hear({ leg, hears }, heard, { loop = 1, bargeIn = false, language = null }) {
        const line = held.get(leg.uuid);
        if (line === undefined) return true;
        hears.push(heard);
        line.phone.hear(line, { text: heard, language });
        line.keys = '';
        trace.add({ from: 'vonage', to: line.phone.id, kind: 'voice', what: `“${heard}”` });
        changed();
        const once = Math.max(SHORTEST, (heard.length / SPEED) * 1000);
        await wait(
          () => isDisturbed(leg, inbound) || (bargeIn && line.keys !== ''),
          loop === 0 ? FOR_EVER : once * loop,
        );
        return !isGone(leg);
      },
      async press({ leg }, { maxDigits, submitOnHash, timeOut }) {
        const line = held.get(leg.uuid);
        if (line === undefined) return { digits: '', timedOut: true };
        const isComplete = () => line.keys.length >= maxDigits || (submitOnHash && line.keys.includes('#'));
        line.screen.asks = true;
        changed();
        let more = true;
        while (more && !isComplete()) {
          const before = line.keys.length;
          const isMore = () => line.keys.length > before;
          await wait(() => isDisturbed(leg, inbound) || isMore(), timeOut * 1000);
          more = isMore();
        }
        const timedOut = !isComplete();
        const [typed = ''] = submitOnHash ? line.keys.split('#') : [line.keys];
        line.keys = '';
        line.screen.asks = false;
        changed();
        return { digits: typed.slice(0, maxDigits), timedOut };
      },
      reach({ to }) {
        const phone = phones.byNumber(to);
        if (phone === undefined) return 'failed';
        const isBusy = phone.isBusy || world.faults.takeQuirk('busy-callees');
        if (!isBusy) return undefined;
        trace.add({ from: 'vonage', to: phone.id, kind: 'phone', what: 'is busy', good: false });
        return 'busy';
      },
      async ring(leg, seconds, instead) {
        const phone = phones.byNumber(leg.to);
        if (instead !== undefined || phone === undefined) return instead ?? 'failed';
        const shown = leg.from === undefined || leg.from === 'unknown' ? null : leg.from;
        const callee = phone.open('in', shown);
        held.set(leg.uuid, callee);
        caller.screen.stage = 'ringing';
        const what = `rings, and shows ${shown === null ? 'no number' : spelled(shown)}`;
        trace.add({ from: 'vonage', to: phone.id, kind: 'phone', what });
        changed();
        await wait(() => callee.answer !== null || isDisturbed(leg, inbound), seconds * 1000);
        if (callee.answer === 'answered') {
          callee.screen.stage = 'answered';
          seen(callee, 'answers', true);
          changed();
        } else if (callee.answer === 'rejected') seen(callee, 'declines', false);
        else if (!isDisturbed(leg, inbound)) seen(callee, 'is not answered', false);
        return callee.answer ?? (isGone(inbound) ? 'cancelled' : 'timeout');
      },
      async converse(leg, limit) {
        const joinedAt = Date.now();
        for (const line of held.values()) {
          if (!line.hungUp) Object.assign(line.screen, { stage: 'joined', joinedAt });
        }
        trace.add({ from: 'vonage', to: 'vonage', kind: 'note', what: 'The two are joined.', good: true });
        changed();
        await wait(() => isDisturbed(leg, inbound), limit * 1000);
        if (isGone(inbound)) return 'caller';
        if (isGone(leg)) return 'callee';
        return isDisturbed(leg, inbound) ? 'order' : 'platform';
      },
      async stay({ leg }) {
        await wait(() => isDisturbed(leg), FOR_EVER);
      },
      leave(leg) {
        const line = held.get(leg.uuid);
        held.delete(leg.uuid);
        if (line === undefined) return;
        if (line.hungUp && !told.has(line)) seen(line, 'hangs up');
        hangUp(line, line.screen.way === 'in' && line.answer === null ? 'Missed call' : 'The call has ended');
        changed();
      },
    };
  };
}

/** Ends what a phone shows of a call; what it said first stands. */
export function hangUp({ screen }: Line, ending: string): void {
  if (screen.stage === 'over') return;
  screen.stage = 'over';
  screen.asks = false;
  screen.ending = ending;
}
