import type { Context } from '../../context.js';
import { VoxproxyError } from '../../errors.js';
import { API_KEY_HINT } from '../serve-plan.js';

const TRIES = 3;

/** Key and secret that Vonage accepts, asked for as long as it refuses them; returns the balance in EUR. */
export async function credentialsStep(context: Context, apiKey: string | undefined): Promise<number> {
  const settings = await context.settings();
  const { out, prompts } = context;
  if (apiKey !== undefined) await settings.set('apiKey', apiKey);
  for (let tries = 1; ; tries++) {
    for (const name of ['apiKey', 'apiSecret'] as const) {
      if ((await settings.get(name)) !== undefined) continue;
      if (name === 'apiKey') prompts.needsAnswer('--api-key', 'The key of the Vonage account');
      if (!prompts.canAsk) await settings.require(name, `Set VONAGE_API_SECRET. ${API_KEY_HINT}`);
      out.say('Both stand at the top of the Vonage dashboard: https://dashboard.nexmo.com');
      const answer =
        name === 'apiKey'
          ? await prompts.input('API key:', undefined, missing)
          : await prompts.secret('API secret:', missing);
      await settings.set(name, answer.trim());
    }
    try {
      return await (await context.vonage()).balance();
    } catch (error) {
      const refused = error instanceof VoxproxyError && error.code === 'credentials';
      if (!refused || !prompts.canAsk || tries === TRIES || (await isInEnvironment(context))) throw error;
      out.warn('Vonage refused this key and secret.');
      await settings.unset('apiKey');
      await settings.unset('apiSecret');
    }
  }
}

/** What the environment sets cannot be asked for again. */
async function isInEnvironment(context: Context): Promise<boolean> {
  const settings = await context.settings();
  const sources = await Promise.all([settings.find('apiKey'), settings.find('apiSecret')]);
  return sources.some((found) => found?.source === 'env');
}

function missing(answer: string): string | null {
  return answer === '' ? 'It is at the top of the dashboard.' : null;
}
