import { formatDuration } from '../../domain/duration.js';
import { type Check, checksOf, failed, type Known, ok, skipped, warning } from './check.js';

/** EUR; renting one more number and some calls cost about as much. */
const LOW_BALANCE = 5;

/** Seconds. Webhooks are refused that seem older than five minutes, or more than one ahead. */
const CLOCK = { noticed: 30, behind: 60, ahead: 300 };

/** Whether Vonage takes the credentials, and whether there is money. */
export function accountChecks(balance: Known<number>): Check[] {
  return checksOf('credentials', balance, (euros) => [
    ok('credentials', 'Vonage takes them.'),
    Number.isFinite(euros) ? balanceCheck(euros) : skipped('balance', 'Vonage did not tell it.'),
  ]);
}

function balanceCheck(euros: number): Check {
  const fact = `${euros.toFixed(2)} EUR`;
  return euros >= LOW_BALANCE
    ? ok('balance', fact)
    : warning(
        'balance',
        `${fact}: calls end, and numbers are lost, when it is used up.`,
        'Top it up in the Vonage dashboard, under Billing.',
      );
}

/** @param ahead seconds by which this machine's clock goes before Vonage's; negative behind it; null when unknown */
export function clockChecks(skew: Known<number | null>): Check[] {
  return checksOf('clock', skew, (ahead) => [clockCheck(ahead)]);
}

function clockCheck(ahead: number | null): Check {
  if (ahead === null) return skipped('clock', "Vonage's answer had no date.");
  const seconds = Math.abs(ahead);
  if (seconds <= CLOCK.noticed) return ok('clock', "It agrees with Vonage's.");
  const fact = `This machine's clock is ${formatDuration(seconds)} ${ahead > 0 ? 'ahead of' : 'behind'} Vonage's`;
  const mend = 'Let it be set by the network: timedatectl set-ntp true';
  const refuses = ahead > 0 ? seconds > CLOCK.ahead : seconds > CLOCK.behind;
  return refuses
    ? failed(
        'clock',
        `${fact}: every webhook is refused as "outside the time window", and no call is connected.`,
        mend,
        'setting',
      )
    : warning('clock', `${fact}; webhooks are refused when it is more.`, mend);
}
