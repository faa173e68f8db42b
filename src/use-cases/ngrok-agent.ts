import { boundedText } from './bounded-text.js';

/** One thing that an ngrok agent forwards to a port over HTTP. */
export type Tunnel = {
  /** An origin: `https://example.ngrok.app`. */
  publicUrl: string;
  upstream: { host: string; port: number; isTls: boolean };
};

/** An agent takes the first port that is free, from its default on. */
const USUAL_APIS = [4040, 4041, 4042, 4043, 4044, 4045].map((port) => `http://127.0.0.1:${port}`);
const PATIENCE = 3_000;

/**
 * What the ngrok agents of this machine forward, as their local API tells: tunnels, which newer agents call
 * endpoints. https://ngrok.com/docs/agent/api
 *
 * @param api where one agent's API is; null for the usual places
 * @returns undefined when no agent answers
 */
export async function tunnelsOf(api: string | null, signal: AbortSignal): Promise<Tunnel[] | undefined> {
  // By hand: a timeout that is only a part of AbortSignal.any may be collected before it fires.
  const ending = new AbortController();
  const end = () => ending.abort();
  const timer = setTimeout(end, PATIENCE);
  signal.addEventListener('abort', end, { once: true });
  try {
    const asked = (api === null ? USUAL_APIS : [api]).flatMap((base) => [
      listed(`${base}/api/tunnels`, 'tunnels', ending.signal),
      // Agents before version 3.16 do not know it.
      listed(`${base}/api/endpoints`, 'endpoints', ending.signal),
    ]);
    const lists = (await Promise.all(asked)).filter((list) => list !== undefined);
    return lists.length === 0 ? undefined : lists.flat().flatMap((one) => readTunnel(one) ?? []);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    end();
  }
}

async function listed(url: string, name: string, signal: AbortSignal): Promise<unknown[] | undefined> {
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/json' },
      redirect: 'manual',
      signal,
    });
    // What is not read would keep the connection.
    const text = await boundedText(response);
    const list = response.ok ? fieldsOf(JSON.parse(text))[name] : undefined;
    return Array.isArray(list) ? list : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined for what carries no HTTP, such as a TCP tunnel, and for what only ngrok itself can reach. */
function readTunnel(raw: unknown): Tunnel | undefined {
  const { url, public_url: older, config, upstream, bindings } = fieldsOf(raw);
  const publicUrl = webUrl(url) ?? webUrl(older);
  const target = readUpstream(fieldsOf(config).addr ?? fieldsOf(upstream).url ?? upstream);
  if (publicUrl === undefined || target === undefined) return undefined;
  if (Array.isArray(bindings) && bindings.length > 0 && !bindings.includes('public')) return undefined;
  if (/\.internal$|\*/.test(publicUrl.hostname)) return undefined;
  return { publicUrl: publicUrl.origin, upstream: target };
}

/** ngrok takes `3000`, `:3000`, `localhost:3000` and whole URLs. */
function readUpstream(raw: unknown): Tunnel['upstream'] | undefined {
  const text = String(raw ?? '').replace(/^:?(?=\d+$)/, 'localhost:');
  const url = webUrl(text.includes('://') ? text : `http://${text}`);
  if (url === undefined) return undefined;
  const isTls = url.protocol === 'https:';
  return { host: url.hostname, port: Number(url.port) || (isTls ? 443 : 80), isTls };
}

function webUrl(raw: unknown): URL | undefined {
  if (typeof raw !== 'string' || !URL.canParse(raw)) return undefined;
  const url = new URL(raw);
  return /^https?:$/.test(url.protocol) ? url : undefined;
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
