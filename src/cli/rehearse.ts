import type { Context } from '../context.js';
import type { E164 } from '../domain/phone-number.js';
import { ROUTE_HEADER } from '../listener/paths.js';
import { type Rehearsed, rehearseCall } from '../use-cases/rehearse-call.js';
import { signedWebhook } from '../vonage/signing.js';
import { API_KEY_HINT, SECRET_HINT } from './serve-plan.js';

/**
 * Sends the signed webhook of a call that nobody makes to a listener.
 * @throws VoxproxyError `settings` or `credentials` when something to sign with is missing
 */
export async function rehearse(
  context: Context,
  answerUrl: string,
  leg: { caller: E164 | undefined; dialled: E164 },
): Promise<Rehearsed> {
  const settings = await context.settings();
  const signer = {
    signatureSecret: await settings.require('signatureSecret', SECRET_HINT),
    apiKey: await settings.require('apiKey', API_KEY_HINT),
    applicationId: await context.applicationId(),
  };
  const sign = (fields: Readonly<Record<string, unknown>>) => signedWebhook(signer, fields, context.now());
  return rehearseCall({ sign, routeHeader: ROUTE_HEADER, now: context.now }, answerUrl, leg);
}
