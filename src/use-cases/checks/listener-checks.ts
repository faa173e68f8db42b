import { redact, toMsisdn } from '../../domain/phone-number.js';
import { legOf, otherSide, type Session, type Side } from '../../domain/session.js';
import type { Rehearsed } from '../rehearse-call.js';
import { type Check, type Fault, failed, ok, skipped, warning } from './check.js';

/** A rehearsal of a call that was sent to an answer URL. */
export type Tried = {
  /** As it may be shown. */
  url: string;
  /** Whether the dialled number is in our pool: a listener that does not know it has another store. */
  dialsPool: boolean;
  rehearsed: Rehearsed;
};

type Problem = { fact: string; nextStep: string; fault: Fault };

/** What to do where nobody answers. */
const START = 'Start it: voxproxy serve';
const START_OUTSIDE =
  'Start the listener and the tunnel to it: voxproxy serve --ngrok, or voxproxy serve --public-url https://…';

/** Milliseconds; Vonage gives up at five seconds, and the caller hears silence all the while. */
const SLOW = 1_000;

/**
 * Whether a listener answers on this machine, and whether it does so where Vonage calls it.
 * @param outside what came of asking where Vonage does; a check of its own where nobody was asked
 * @param noted whether a listener says of itself that it runs here
 */
export function listenerChecks(local: Tried, outside: Tried | Check, noted: boolean): Check[] {
  const inner = problemOf(local);
  if ('status' in outside) return [tell('listener', local, inner), outside];
  const outer = problemOf(outside, START_OUTSIDE);
  if (inner === null)
    return [tell('listener', local, null), tell('public URL', outside, outer && beyond(outer))];
  if (outer === null && !noted) {
    return [
      skipped('listener', 'None runs on this machine; another one answers the public URL.'),
      tell('public URL', outside, null),
    ];
  }
  return [tell('listener', local, inner), tell('public URL', outside, outer)];
}

/** The listener is in order: what is wrong lies between it and the world. */
function beyond({ fact, ...rest }: Problem): Problem {
  return { ...rest, fact: `${fact} The listener on this machine is in order.` };
}

function tell(name: string, { url, rehearsed }: Tried, problem: Problem | null): Check {
  if (problem !== null) return failed(name, problem.fact, problem.nextStep, problem.fault);
  const milliseconds = rehearsed.kind === 'answered' ? rehearsed.milliseconds : 0;
  const fact = `${url} answers in ${milliseconds} ms`;
  return milliseconds > SLOW
    ? warning(
        name,
        `${fact}, in which the caller hears nothing; after 5 seconds Vonage gives up.`,
        'Look at the load of the machine and at what stands in front of the listener.',
      )
    : ok(name, `${fact}; signature, store and routing are in order.`);
}

/** Whether our listener answered, with our store. */
export function isInOrder(tried: Tried): boolean {
  return problemOf(tried) === null;
}

function problemOf({ url, rehearsed, dialsPool }: Tried, nextStep = START): Problem | null {
  switch (rehearsed.kind) {
    case 'unreachable':
      return {
        fact: `Nobody answers at ${url}: ${rehearsed.why}.`,
        nextStep,
        fault: 'service',
      };
    case 'refused':
      return refusalOf(url, rehearsed);
    case 'answered':
      return misroutingOf(url, rehearsed.route.reason, dialsPool);
  }
}

function misroutingOf(url: string, reason: string | undefined, dialsPool: boolean): Problem | null {
  if (reason === 'unavailable') {
    return {
      fact: `The listener at ${url} cannot read its store: callers hear that the service is unavailable.`,
      nextStep: 'Mend the store; the log of the listener says what is wrong with it.',
      fault: 'service',
    };
  }
  if (reason === 'not-in-pool' && dialsPool) {
    return {
      fact: `The listener at ${url} does not know a number of this pool: it has another store.`,
      nextStep: 'Start it with the same VOXPROXY_HOME and --profile as this command.',
      fault: 'setting',
    };
  }
  return null;
}

function refusalOf(
  url: string,
  { status, isOurs, ngrokError }: Extract<Rehearsed, { kind: 'refused' }>,
): Problem {
  if (isOurs) {
    return {
      fact: `The listener at ${url} refuses the signature: it has another signatureSecret, apiKey or applicationId than this command, or a clock that is minutes off.`,
      nextStep: 'Restart it with the settings of this command: voxproxy serve. Its log names the cause.',
      fault: 'setting',
    };
  }
  if (ngrokError !== null) {
    return {
      fact: `ngrok answers at ${url} with an error page of its own (${ngrokError}): ${ngrokCause(ngrokError)}.`,
      nextStep:
        'Start the tunnel to the port of the listener, and give its URL: voxproxy serve --public-url https://…',
      fault: 'service',
    };
  }
  if (status >= 300 && status < 400) {
    return {
      fact: `${url} sends on to somewhere else (${status}): a signed webhook is not sent on.`,
      nextStep: 'Give the URL that it ends at: voxproxy app update --public-url https://…',
      fault: 'setting',
    };
  }
  if (status >= 500) {
    return {
      fact: `A proxy or tunnel answers at ${url} (${status}), and finds no listener behind it.`,
      nextStep: 'Start the listener where it looks for one: voxproxy serve --port …',
      fault: 'service',
    };
  }
  return {
    fact:
      status === 404
        ? `There is no voxproxy at ${url} (404): the URL is wrong, or leads to another program.`
        : `At ${url} answers something that is no listener of voxproxy (${status}).`,
    nextStep: 'Correct the URL: voxproxy app update --public-url https://…',
    fault: 'setting',
  };
}

/** https://ngrok.com/docs/errors */
function ngrokCause(code: string): string {
  switch (code) {
    case 'ERR_NGROK_3200':
    case 'ERR_NGROK_3208':
      return 'the tunnel is closed';
    case 'ERR_NGROK_8012':
      return 'the tunnel is open, and no listener runs at its end';
    case 'ERR_NGROK_6024':
      return 'it shows its warning page for browsers';
    default:
      return 'the tunnel does not work';
  }
}

/** Whether a call of this side of a session would reach the other, under the number that leads back. */
export function sessionCallCheck(session: Session, side: Side, rehearsed: Rehearsed): Check {
  const name = 'live session';
  const nextStep = `Look at it: voxproxy sessions show ${session.id}`;
  if (rehearsed.kind !== 'answered')
    return failed(name, `Nobody answered a call of ${side} in ${session.id}.`, nextStep, 'service');
  const { route, ncco } = rehearsed;
  const what = `A call of ${side} in ${session.id}`;
  if (route.kind === 'refuse')
    return warning(name, `${what} would be refused now (${route.reason}).`, nextStep);
  const connect = ncco.find((action) => action.action === 'connect');
  const { realNumber } = session[otherSide(side)];
  const isRight =
    route.sessionId === session.id &&
    realNumber !== null &&
    connect?.from === toMsisdn(session[side].virtualNumber) &&
    connect.endpoint[0].number === redact(realNumber);
  return isRight
    ? ok(name, `${what} would reach ${otherSide(side)}, under the number that leads back.`)
    : failed(
        name,
        `${what} to ${legOf(session, side).dialled} would not reach ${otherSide(side)} under the number that leads back: the listener has other data.`,
        'Restart the listener: voxproxy serve',
        'service',
      );
}
