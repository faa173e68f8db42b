import type { WebhookTarget } from './application.js';
import type { Call } from './call.js';
import type { Ncco } from './ncco.js';
import { validateNcco } from './ncco-validation.js';
import { asInstructions, asSent, asWebhook, numbersIn } from './seen-webhook.js';
import { UNWATCHED } from './trace.js';
import type { Attempt, WebhookFields } from './webhooks.js';

/** What an application answered: instructions, nothing to add, or something that Vonage cannot use. */
type NccoReply = { ncco: Ncco } | 'nothing' | { reason: string; detail: string };

const SYNTAX_ERROR = 'Syntax error in NCCO. Invalid value type or action.';

/** Only these are worth a second attempt; any other status is the application's answer. */
const RETRIED_STATUSES = [429, 503, 504];

/** Asks the application what to do with a call that came in. */
export async function requestAnswer(call: Call, fields: WebhookFields): Promise<Ncco | undefined> {
  const target = call.voice.webhooks.answer_url;
  if (target === undefined) return undefined;
  const reply = readReply(await request(call, target, fields));
  return follow(call, reply === 'nothing' ? syntaxError('the answer is empty') : reply, fields, {
    url: target.address,
    type: 'answer',
  });
}

/** Fetches what a callee is to hear before being joined. Whatever is wrong with it, the call goes on. */
export async function requestWhisper(
  call: Call,
  url: string,
  fields: WebhookFields,
): Promise<Ncco | undefined> {
  const target: WebhookTarget = {
    address: url,
    http_method: 'GET',
    connect_timeout: 1000,
    socket_timeout: 5000,
  };
  const reply = readReply(await request(call, target, fields));
  if (reply === 'nothing') return undefined;
  if ('ncco' in reply) return taken(call, reply.ncco, false);
  await complain(call, reply);
  return undefined;
}

/** An action may name its own event URL; without one, its events go where all others go. */
export function eventTarget(
  call: Call,
  { eventUrl, eventMethod = 'POST' }: { eventUrl?: [string]; eventMethod?: WebhookTarget['http_method'] },
): WebhookTarget | undefined {
  if (eventUrl === undefined) return call.voice.webhooks.event_url;
  return { address: eventUrl[0], http_method: eventMethod, connect_timeout: 1000, socket_timeout: 10_000 };
}

/** Sends an event whose answer may be an NCCO that replaces what is left of the present one. */
export async function reportAndAsk(
  call: Call,
  target: WebhookTarget | undefined,
  fields: WebhookFields,
): Promise<Ncco | undefined> {
  const attempt = await call.events.send(target, fields, { overtaken: false });
  if (attempt === undefined || target === undefined) return undefined;
  return follow(call, readReply(attempt), fields, { url: target.address, type: 'event' });
}

/** When an answer is of no use, the fallback URL gets the same question, and is told why. */
async function follow(
  call: Call,
  reply: NccoReply,
  fields: WebhookFields,
  original_request: { url: string; type: 'answer' | 'event' },
): Promise<Ncco | undefined> {
  if (reply === 'nothing') return undefined;
  if ('ncco' in reply) return taken(call, reply.ncco, original_request.type === 'answer');
  await complain(call, reply);
  const fallback = call.voice.webhooks.fallback_answer_url;
  if (fallback === undefined) return undefined;
  const second = readReply(
    await request(call, fallback, { ...fields, reason: reply.reason, original_request }),
  );
  if (second === 'nothing') return undefined;
  if ('ncco' in second) return taken(call, second.ncco, original_request.type === 'answer');
  await complain(call, second);
  return undefined;
}

function taken(call: Call, ncco: Ncco, first: boolean): Ncco {
  if (call.trace !== UNWATCHED) {
    for (const number of numbersIn(ncco)) call.world.phones.keepSecret(number);
    call.trace.add(asInstructions(ncco, first));
  }
  return ncco;
}

async function request(call: Call, target: WebhookTarget, fields: WebhookFields): Promise<Attempt> {
  const amend = call.trace.add(asWebhook(target, fields));
  const attempts = await call.world.webhooks.send({
    target,
    fields,
    applicationId: call.application.id,
    signed: call.voice.signed_callbacks,
    retriedStatuses: RETRIED_STATUSES,
  });
  call.report.webhooks.push(...attempts.map(({ answer, claims, ...attempt }) => attempt));
  const last = attempts.at(-1) as Attempt;
  amend(asSent(last));
  return last;
}

function readReply({ answer, status }: Attempt): NccoReply {
  if (answer === undefined) return { reason: String(status), detail: `the webhook failed: ${status}` };
  if (status === 204 || (status === 200 && answer.body === '')) return 'nothing';
  if (status !== 200) return { reason: `HTTP status ${status}.`, detail: `the webhook answered ${status}` };
  if (!/^application\/json\b/i.test(answer.contentType)) {
    return syntaxError(`the content type is ${answer.contentType || 'missing'}, not application/json`);
  }
  try {
    const read = validateNcco(JSON.parse(answer.body));
    return 'ncco' in read ? read : syntaxError(read.invalid);
  } catch {
    return syntaxError('the answer is not JSON');
  }
}

function syntaxError(detail: string) {
  return { reason: SYNTAX_ERROR, detail };
}

/** Vonage tells the event URL about a bad NCCO; the report says what is bad about it. */
async function complain(call: Call, { reason, detail }: { reason: string; detail: string }): Promise<void> {
  call.report.error ??= detail;
  call.trace.add({ from: 'voxproxy', to: 'vonage', kind: 'answer', what: detail, good: false });
  if (reason !== SYNTAX_ERROR) return;
  const timestamp = new Date(call.people.now()).toISOString();
  const fields = { reason, conversation_uuid: call.inbound.conversation, timestamp };
  await call.events.send(call.voice.webhooks.event_url, fields);
}
