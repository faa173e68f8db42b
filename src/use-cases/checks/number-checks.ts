import type { E164 } from '../../domain/phone-number.js';
import type { PoolNumber } from '../../domain/pool.js';
import { sessionsUsing } from '../../domain/pool-usage.js';
import { type Instant, isLive, type Session } from '../../domain/session.js';
import type { OwnedNumber } from '../../vonage/vonage.js';
import { type Check, counted, failed, listed, ok, warning } from './check.js';

export type NumberFacts = {
  pool: readonly PoolNumber[];
  sessions: readonly Session[];
  /** Everything that the account rents. */
  owned: readonly OwnedNumber[];
  applicationId: string;
  now: Instant;
  /** How people read a virtual number. */
  spaced: (number: E164) => string;
};

/** Whether calls and texts to each number of the pool reach us. */
export function numberChecks(facts: NumberFacts): Check[] {
  const { pool, spaced } = facts;
  const wrong = pool.map((number) => wrongWith(number, facts));
  const fine = pool.filter((_number, i) => wrong[i] === null);
  const names = fine.map(({ country, number }) => `${country} ${spaced(number)}`);
  const summary = `${counted(fine.length, 'number')} linked, with voice and SMS: ${listed(names)}`;
  return [
    ...(fine.length === 0 ? [] : [ok('numbers', summary)]),
    ...wrong.filter((check) => check !== null),
    ...strayChecks(facts),
  ];
}

function wrongWith(number: PoolNumber, facts: NumberFacts): Check | null {
  const check = unfinished(number) ?? wrongAtVonage(number, facts);
  return check && { ...check, name: `number ${number.number}` };
}

/** Purchases and releases that were begun. */
function unfinished({ number, country, state }: PoolNumber): Check | null {
  switch (state) {
    case 'chosen':
      return warning(
        '',
        'Its purchase was begun and not finished.',
        `voxproxy numbers provision ${country} --count <as before>`,
      );
    case 'bought':
      return warning('', 'It was bought and is not linked.', `voxproxy numbers link ${number}`);
    case 'releasing':
      return warning('', 'Its release was begun and not finished.', `voxproxy numbers release ${number}`);
    default:
      return null;
  }
}

function wrongAtVonage(kept: PoolNumber, facts: NumberFacts): Check | null {
  const { number, country } = kept;
  const found = facts.owned.find((one) => one.number === number);
  const wrong = (what: string, nextStep: string) =>
    failed('', `${facts.spaced(number)} ${what}${affected(number, facts)}`, nextStep, 'setting');
  if (found === undefined) {
    const way =
      kept.state === 'lost'
        ? `Close those sessions and pair the people again; then voxproxy numbers release ${number}`
        : 'voxproxy numbers sync';
    return wrong('is no longer rented by this account', way);
  }
  const link = `voxproxy numbers link ${number}`;
  if (found.forwarding !== null) {
    const { type } = found.forwarding;
    return wrong(`forwards its calls (${type}), and none of them reaches voxproxy`, link);
  }
  if (found.applicationId !== facts.applicationId) {
    const where = found.applicationId === null ? 'no application' : 'another application';
    return wrong(`is linked to ${where}, and no call to it reaches voxproxy`, link);
  }
  if (kept.state === 'lost') {
    return warning('', 'It is in order again, and still marked as lost.', 'voxproxy numbers sync');
  }
  if (!found.features.includes('VOICE'))
    return wrong('takes no calls', `voxproxy numbers provision ${country} --count 1`);
  if (found.features.includes('SMS')) return null;
  return warning(
    '',
    `${facts.spaced(number)} sends no SMS: whom it leads to somebody is not told so.`,
    `Tell them yourself, or rent one that can: voxproxy numbers search ${country} --features VOICE,SMS`,
  );
}

function affected(number: E164, { sessions, now }: NumberFacts): string {
  const live = sessionsUsing(number, sessions, now).filter((session) => isLive(session, now));
  if (live.length === 0) return '.';
  return `: ${counted(live.length, 'live session leads', 'live sessions lead')} through it (${listed(live.map(({ id }) => id))}).`;
}

/** Callers of numbers that we do not know hear that these are not in service. */
function strayChecks({ pool, owned, applicationId, spaced }: NumberFacts): Check[] {
  const known = new Set(pool.map(({ number }) => number));
  const stray = owned.filter(
    ({ number, applicationId: linked }) => linked === applicationId && !known.has(number),
  );
  if (stray.length === 0) return [];
  return [
    warning(
      'numbers not in the pool',
      `${listed(stray.map(({ number }) => spaced(number)))}: linked to the application, and callers hear that they are not in service.`,
      'Take them over: voxproxy numbers sync',
    ),
  ];
}
