import type { CallReport } from '../../src/sandbox/call.js';
import type { Sandbox } from '../../src/sandbox/sandbox.js';

/** The sandbox's own routes, as a test reaches for them. */
export function controlOf({ url, env }: Sandbox) {
  const basic = `Basic ${Buffer.from(`${env.VONAGE_API_KEY}:${env.VONAGE_API_SECRET}`).toString('base64')}`;
  const json = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(url + path, init);
    // biome-ignore lint/suspicious/noExplicitAny: bodies are what the tests are about
    return { status: response.status, headers: response.headers, body: (await response.json()) as any };
  };
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    json(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });

  const form = (path: string, fields: Record<string, string>) =>
    json(path, { method: 'POST', body: new URLSearchParams(fields), headers: { authorization: basic } });
  let original: unknown;

  return {
    json,
    post,
    basic,
    get: (path: string) => json(path, { headers: { authorization: basic } }),
    form,
    call: async (fields: Record<string, unknown>) =>
      (await post('/sandbox/calls', fields)).body as CallReport,
    fault: (fields: Record<string, unknown>) => post('/sandbox/faults', fields),
    clearFaults: () => json('/sandbox/faults', { method: 'DELETE' }),
    /** Points the first application at a server; the rest of it stays. */
    pointAt: async (
      address: string,
      voice: Record<string, unknown> = {},
      fields: Record<string, unknown> = {},
    ) => {
      const path = `/v2/applications/${env.VONAGE_APPLICATION_ID}`;
      const { body } = await json(path, { headers: { authorization: basic } });
      const post = (target: string) => ({
        address: `${address}${target}`,
        http_method: 'POST',
        socket_timeout: 1000,
      });
      body.capabilities = {
        voice: { webhooks: { answer_url: post('/answer'), event_url: post('/event') }, ...voice },
        messages: {
          webhooks: {
            inbound_url: { address: `${address}/inbound` },
            status_url: { address: `${address}/status` },
          },
        },
        ...fields,
      };
      const init = { method: 'PUT', body: JSON.stringify(body), headers: { authorization: basic } };
      const { status } = await json(path, init);
      if (status !== 200) throw new Error(`the application could not be changed: ${status}`);
    },
    rent: async (
      country: string,
      msisdn: string,
      settings: Record<string, string> = { app_id: env.VONAGE_APPLICATION_ID },
    ) => {
      for (const [path, fields] of [
        ['/number/buy', {}],
        ['/number/update', settings],
      ] as const) {
        const { status } = await form(path, { country, msisdn, ...fields });
        if (status !== 200) throw new Error(`${path} failed: ${status}`);
      }
    },
    /** As new, but for the texts sent: no numbers, no faults, full balance, one application as it was. */
    reset: async () => {
      await json('/sandbox/faults', { method: 'DELETE' });
      await post('/sandbox/balance', { value: 100 });
      const { numbers, applications } = (await json('/sandbox/state')).body;
      for (const { country, msisdn } of numbers) await form('/number/cancel', { country, msisdn });
      original ??= applications[0];
      for (const { id } of applications) {
        const again = id === env.VONAGE_APPLICATION_ID;
        await fetch(`${url}/v2/applications/${id}`, {
          method: again ? 'PUT' : 'DELETE',
          headers: { authorization: basic },
          ...(again ? { body: JSON.stringify(original) } : {}),
        });
      }
    },
  };
}
