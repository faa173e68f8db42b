import type { Context } from '../context.js';
import { reportOf } from '../errors.js';
import type { Log } from '../log.js';
import type { CallLog } from '../store/call-log.js';

/** As long as Vonage goes on bringing a text. */
export const TEXT_RETRIES = 25 * 3_600_000;
const HOUR = 3_600_000;

/** Ended sessions lose their real numbers, and old days of the call log go, at the start and then every hour. */
export function forgetHourly(context: Context, calls: CallLog, log: Log): { stop: () => Promise<void> } {
  const forget = async () => {
    const retention = await (await context.settings()).get('retention');
    const now = context.now();
    await (await context.store()).forgetEnded(now);
    // What was dealt with must be known for as long as Vonage may bring it again.
    if (retention !== undefined) await calls.forget(now - Math.max(retention * 1000, TEXT_RETRIES));
  };
  const attempt = () =>
    forget().catch((error) =>
      log.error('old data could not be forgotten', { error: reportOf(error).message }),
    );
  let running = attempt();
  const timer = setInterval(() => {
    running = attempt();
  }, HOUR);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
