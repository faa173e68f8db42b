import { isLoopback } from '../../domain/loopback.js';
import type { Application, Webhooks } from '../../vonage/vonage.js';
import { type Check, failed, ok, skipped, warning } from './check.js';

export type WebhookFacts = {
  application: Application;
  /** Where this voxproxy is reached, as its listener or its settings say; null when neither does. */
  base: string | null;
  /** The webhooks of a listener at this base. */
  at: (base: string) => Webhooks;
  /** Whether Vonage is played by this machine's sandbox. */
  isSandbox: boolean;
};

const NAMES: Record<keyof Webhooks, string> = {
  answerUrl: 'answer',
  fallbackUrl: 'fallback',
  eventUrl: 'event',
  inboundUrl: 'inbound messages',
  statusUrl: 'message status',
};
const BESIDES = ['fallbackUrl', 'eventUrl', 'inboundUrl', 'statusUrl'] as const;

/** An address without what may be a secret in it. */
export function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

/** Whether the application's webhooks lead here, and whether Vonage signs them. */
export function webhookChecks(facts: WebhookFacts): Check[] {
  const { application, base } = facts;
  const { answerUrl } = application.webhooks;
  const mend = mendFor(facts);
  const signed = application.signedCallbacks
    ? ok('signed callbacks', 'Vonage signs its webhooks.')
    : failed(
        'signed callbacks',
        'They are off: Vonage signs nothing, and every call is refused.',
        mend,
        'setting',
      );
  if (answerUrl === null || !URL.canParse(answerUrl)) {
    const fact = 'The application has no answer URL: every call to its numbers fails.';
    return [
      failed('answer URL', fact, mend, 'setting'),
      skipped('other webhooks', 'There is no answer URL.'),
      signed,
    ];
  }
  const problem = problemOf(answerUrl, facts);
  return [
    problem === null ? ok('answer URL', shown(answerUrl)) : failed('answer URL', problem, mend, 'setting'),
    besideCheck(facts, base ?? baseOf(answerUrl, facts.at), mend),
    methodsCheck(facts, mend),
    signed,
  ];
}

function mendFor({ base, isSandbox }: WebhookFacts): string {
  if (isSandbox) return 'Point them here, as every start with the sandbox does: voxproxy serve';
  const url = base === null || isLoopback(base) ? 'https://…' : base;
  return `voxproxy app update --public-url ${url}`;
}

function problemOf(answerUrl: string, { base, at, isSandbox }: WebhookFacts): string | null {
  const url = shown(answerUrl);
  if (isLoopback(answerUrl)) {
    if (!isSandbox) return `${url} is an address of this machine alone: Vonage cannot reach it.`;
  } else if (new URL(answerUrl).protocol !== 'https:')
    return `${url} is plain http: the numbers of callers and callees can be read on the way.`;
  if (base === null) return baseOf(answerUrl, at) === null ? `${url} is no answer URL of voxproxy's.` : null;
  const ours = at(base).answerUrl;
  return answerUrl === ours ? null : `Vonage calls ${url}, and this voxproxy is at ${shown(ours)}`;
}

/** The base that this answer URL belongs to; null when it is none of ours. */
export function baseOf(answerUrl: string, at: WebhookFacts['at']): string | null {
  const path = at('').answerUrl;
  return answerUrl.endsWith(path) ? answerUrl.slice(0, -path.length) : null;
}

function besideCheck({ application, at }: WebhookFacts, base: string | null, mend: string): Check {
  const name = 'other webhooks';
  if (base === null) return skipped(name, "The answer URL is none of voxproxy's.");
  const expected = at(base);
  const missing = BESIDES.filter((one) => application.webhooks[one] === null);
  const elsewhere = BESIDES.filter(
    (one) => !missing.includes(one) && application.webhooks[one] !== expected[one],
  );
  const told = (which: readonly (keyof Webhooks)[], what: string) =>
    which.length === 0 ? [] : [`${which.map((one) => NAMES[one]).join(', ')}: ${what}`];
  const wrong = [...told(missing, 'not set'), ...told(elsewhere, `not at ${shown(base)}`)];
  return wrong.length === 0
    ? ok(name, `${BESIDES.map((one) => NAMES[one]).join(', ')}: all beside it.`)
    : warning(name, `${wrong.join('; ')}. Calls are not logged, or texts not passed on.`, mend);
}

function methodsCheck({ application: { webhooks, methods } }: WebhookFacts, mend: string): Check {
  const set = (Object.keys(NAMES) as (keyof Webhooks)[]).filter((one) => webhooks[one] !== null);
  const open = set.filter((one) => methods[one] !== 'POST');
  return open.length === 0
    ? ok('webhook methods', 'All POST.')
    : warning(
        'webhook methods',
        `${open.map((one) => NAMES[one]).join(', ')}: GET, so that numbers stand in the logs of proxies.`,
        mend,
      );
}
