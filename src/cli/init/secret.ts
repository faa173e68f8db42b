import type { Context } from '../../context.js';
import { VoxproxyError } from '../../errors.js';
import { SECRET_HINT } from '../serve-plan.js';

const SHORTEST = 16;

/** The secret that Vonage signs webhooks with; nothing but a signed call can prove it, so its shape is checked. */
export async function secretStep(context: Context): Promise<void> {
  const settings = await context.settings();
  const { out, prompts } = context;
  const apiSecret = await settings.get('apiSecret');
  const known = await settings.get('signatureSecret');
  if (known !== undefined) {
    const problem = problemOf(known, apiSecret);
    if (problem === null) return;
    throw new VoxproxyError('settings', `The signature secret that is set ${problem}.`, SECRET_HINT);
  }
  if (!prompts.canAsk) await settings.require('signatureSecret', SECRET_HINT);
  out.say('In the dashboard, under Settings → API settings, there is a "Signature secret".');
  const answer = await prompts.secret('Signature secret:', (text) => {
    const problem = problemOf(text, apiSecret);
    return problem === null ? null : `This ${problem}.`;
  });
  await settings.set('signatureSecret', answer.trim());
}

function problemOf(secret: string, apiSecret: string | undefined): string | null {
  if (secret === apiSecret) return 'is the API secret: the signature secret is another one';
  if (secret.includes('-----BEGIN')) return 'is a private key: the signature secret is one line of letters';
  if (!/^[\x21-\x7e]+$/.test(secret)) return 'contains spaces or letters that no secret of Vonage has';
  return secret.length < SHORTEST ? `is shorter than ${SHORTEST} characters` : null;
}
