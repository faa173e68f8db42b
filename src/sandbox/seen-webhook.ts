import type { WebhookTarget } from './application.js';
import type { Ncco } from './ncco.js';
import type { Seen } from './trace.js';
import type { Attempt, WebhookFields } from './webhooks.js';

/** A webhook on its way, whose answer matters. */
export function asWebhook({ address, http_method }: WebhookTarget, fields: WebhookFields): Seen {
  return {
    from: 'vonage',
    to: 'voxproxy',
    kind: 'webhook',
    what: `${http_method} ${pathOf(address)}`,
    body: { fields },
    good: null,
  };
}

/** What is known of it once it was answered, or not. */
export function asSent({ status, claims }: Attempt): Partial<Seen> {
  return { facts: [signatureFact(claims, status), statusFact(status)], good: isTaken(status) };
}

/** An event of a leg, a key pressed, or whatever else an application is told. */
export function asEvent(fields: WebhookFields, attempt: Attempt | undefined): Seen {
  const { dtmf, headers, ...shown } = fields as { dtmf?: { digits: string }; [name: string]: unknown };
  const what =
    dtmf === undefined
      ? String(fields.status ?? fields.type ?? fields.reason ?? 'event')
      : `keys “${dtmf.digits}”`;
  const leg = { inbound: 'caller’s leg', outbound: 'callee’s leg' }[String(fields.direction)];
  return {
    from: 'vonage',
    to: 'voxproxy',
    kind: 'event',
    what: leg === undefined ? what : `${leg}: ${what}`,
    ...(attempt === undefined ? { facts: ['lost on the way'], good: false } : asSent(attempt)),
    body: { fields: dtmf === undefined ? shown : { ...shown, dtmf } },
  };
}

/** The instructions that came back. */
export function asInstructions(ncco: Ncco, first: boolean): Seen {
  const actions = ncco.map(({ action }) => action).join(', then ');
  return {
    from: 'voxproxy',
    to: 'vonage',
    kind: 'answer',
    what: `NCCO: ${actions === '' ? 'nothing' : actions}`,
    body: ncco,
    good: first ? true : null,
  };
}

/** Whom instructions call. */
export function numbersIn(ncco: Ncco): string[] {
  return ncco.flatMap((action) => {
    const [endpoint] = action.action === 'connect' ? action.endpoint : [];
    return endpoint?.type === 'phone' ? [endpoint.number] : [];
  });
}

/** voxproxy answers no webhook whose signature does not hold: its 2xx is the proof that it checked. */
function signatureFact(claims: Attempt['claims'], status: number | string): string {
  if (claims === null) return 'not signed';
  const hash = String(claims.payload_hash).slice(0, 8);
  const verdict = isTaken(status) ? 'verified' : status === 401 ? 'refused' : 'never checked';
  return `signature ${verdict} (HS256, payload hash ${hash}…)`;
}

function statusFact(status: number | string): string {
  return typeof status === 'number' ? `HTTP ${status}` : status;
}

function isTaken(status: number | string): boolean {
  return typeof status === 'number' && status >= 200 && status < 300;
}

/** Without the token of a link that voxproxy made: it is as good as a signature. */
function pathOf(address: string): string {
  return new URL(address).pathname.replace(/(\/[^/]+)\/.+/, '$1/…');
}
