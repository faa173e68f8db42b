import type { Context } from '../context.js';
import { isLoopback } from '../domain/loopback.js';
import { asE164, type E164 } from '../domain/phone-number.js';
import { isUsable } from '../domain/pool.js';
import { isLive, legOf, mayCall, type Session, SIDES } from '../domain/session.js';
import { webhooksAt } from '../listener/paths.js';
import { type Check, failed, type Known, skipped } from '../use-cases/checks/check.js';
import {
  isInOrder,
  listenerChecks,
  sessionCallCheck,
  type Tried,
} from '../use-cases/checks/listener-checks.js';
import type { StoreFacts } from '../use-cases/checks/store-checks.js';
import { shown } from '../use-cases/checks/webhook-checks.js';
import type { Application } from '../vonage/vonage.js';
import { rehearse } from './rehearse.js';

export type RehearsalFacts = {
  store: Promise<Known<StoreFacts>>;
  application: Promise<Known<Application | undefined>>;
  /** Where this voxproxy is reached, as its listener or its settings say. */
  base: string | null;
  /** Where the listener of this machine is, or would be; null when the settings do not say. */
  here: string | null;
  /** Whether it says of itself that it runs. */
  noted: boolean;
  isSandbox: boolean;
  /** Whether there is everything to sign with. */
  canSign: boolean;
};

/** Numbers that the British regulator keeps for fiction: they are nobody's. */
const NOBODY = asE164('+447700900999') as E164;
const NO_NUMBER = asE164('+447700900998') as E164;

/**
 * Rehearses calls at the listener of this machine and where Vonage calls it. A signature over a real number
 * goes only where a listener of ours has answered before: whoever holds it could ask for the other's number.
 */
export async function rehearsalChecks(context: Context, facts: RehearsalFacts): Promise<Check[]> {
  if (!facts.canSign) {
    const why = 'signatureSecret, apiKey and applicationId are needed.';
    return [skipped('listener', why), skipped('public URL', why)];
  }
  if (facts.here === null) return [skipped('listener', 'A setting cannot be read.')];
  const store = await facts.store;
  const pool = store.kind === 'known' ? store.value.pool.filter(isUsable) : [];
  const dialled = pool[0]?.number ?? NO_NUMBER;
  const attempts = new Map<string, Promise<Tried>>();
  const attempt = (url: string) => {
    const running = attempts.get(url) ?? tryAt(context, url, dialled, pool.length > 0);
    attempts.set(url, running);
    return running;
  };
  const here = webhooksAt(facts.here).answerUrl;
  const tryingHere = attempt(here);
  const known = facts.base === null ? null : webhooksAt(facts.base).answerUrl;
  // Most often it is where Vonage calls, too; who asks only then would wait for the one after the other.
  if (known !== null && refusalToSend(known, facts) === null) void attempt(known);
  const there = await whereVonageCalls(facts, known);
  const [local, outside] = await Promise.all([
    tryingHere,
    typeof there === 'string' ? (refusalToSend(there, facts) ?? attempt(there)) : there,
  ]);
  const target =
    facts.noted && isInOrder(local)
      ? here
      : typeof there === 'string' &&
          'rehearsed' in outside &&
          isInOrder(outside) &&
          (await facts.application).kind === 'known'
        ? there
        : null;
  return [
    ...listenerChecks(local, outside, facts.noted),
    ...(store.kind === 'known' ? [await sessionCheck(context, store.value, target)] : []),
  ];
}

async function tryAt(context: Context, url: string, dialled: E164, dialsPool: boolean): Promise<Tried> {
  const rehearsed = await rehearse(context, url, { caller: NOBODY, dialled });
  return { url: shown(url), dialsPool, rehearsed };
}

/** The answer URL that Vonage has; that of the known base when Vonage cannot be asked. */
async function whereVonageCalls(
  { application }: RehearsalFacts,
  known: string | null,
): Promise<string | Check> {
  const asked = await application;
  const answerUrl = asked.kind === 'known' ? asked.value?.webhooks.answerUrl : known;
  return answerUrl && URL.canParse(answerUrl) ? answerUrl : skipped('public URL', 'None is known.');
}

/** Why nothing signed is sent there; null when it may be. */
function refusalToSend(url: string, { isSandbox }: RehearsalFacts): Check | null {
  if (isLoopback(url))
    return isSandbox ? null : skipped('public URL', `${shown(url)} is an address of this machine alone.`);
  if (new URL(url).protocol === 'https:') return null;
  return failed(
    'public URL',
    `${shown(url)} is plain http: nothing signed was sent there, because it could be read on the way.`,
    'Use an https URL: voxproxy app update --public-url https://…',
    'setting',
  );
}

async function sessionCheck(
  context: Context,
  { sessions, now }: StoreFacts,
  target: string | null,
): Promise<Check> {
  const chosen = rehearsable(sessions, now);
  if (chosen === undefined) return skipped('live session', 'None is live.');
  if (target === null) return skipped('live session', 'No listener is there to be asked.');
  const { session, side, caller } = chosen;
  const { dialled } = legOf(session, side);
  return sessionCallCheck(session, side, await rehearse(context, target, { caller, dialled }));
}

/** The newest live session, and somebody in it who may call. */
function rehearsable(sessions: readonly Session[], now: number) {
  const session = sessions.findLast((one) => isLive(one, now));
  const side = session && SIDES.find((one) => mayCall(session, one));
  const caller = session && side && session[side].realNumber;
  return session && side && caller ? { session, side, caller } : undefined;
}
