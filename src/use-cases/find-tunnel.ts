import { hostname, networkInterfaces } from 'node:os';
import { type Tunnel, tunnelsOf } from './ngrok-agent.js';

/** Which tunnel is looked for. */
export type Wanted = {
  /** Where the agent's API is; null for the usual places. */
  api: string | null;
  /** Our port. */
  port: number;
};

export type FoundTunnel =
  | { kind: 'found'; url: string }
  /** ngrok forwards to our port over plain http alone. */
  | { kind: 'insecure' }
  /** ngrok speaks TLS to our port, which does not. */
  | { kind: 'tls' }
  /** ngrok forwards to other ports alone, or to none. */
  | { kind: 'elsewhere'; ports: number[] }
  | { kind: 'not-running' };

/**
 * The public URL under which ngrok forwards to a port of this machine.
 * @param current stays the one as long as ngrok has it
 */
export async function findTunnel(
  { api, port }: Wanted,
  current: string | null,
  signal: AbortSignal,
): Promise<FoundTunnel> {
  const tunnels = await tunnelsOf(api, signal);
  if (tunnels === undefined) return { kind: 'not-running' };
  const isHere = api === null || isThisMachine(new URL(api).hostname) ? isThisMachine : () => true;
  const ours = tunnels.filter(({ upstream }) => upstream.port === port && isHere(upstream.host));
  const urls = ours.filter(({ upstream }) => !upstream.isTls).map(({ publicUrl }) => publicUrl);
  const secure = urls.filter((url) => url.startsWith('https:')).sort();
  const [first] = secure;
  if (ours.length === 0) return { kind: 'elsewhere', ports: portsOf(tunnels) };
  if (first === undefined) return { kind: urls.length > 0 ? 'insecure' : 'tls' };
  return { kind: 'found', url: secure.find((url) => url === current) ?? first };
}

/** ngrok on another machine, or in a container, names this one as it likes: there the port alone tells. */
function isThisMachine(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  if (/^(.+\.)?localhost$|^127(\.\d{1,3}){3}$|^0\.0\.0\.0$|^::1?$|^host\.docker\.internal$/.test(name))
    return true;
  const addresses = Object.values(networkInterfaces()).flatMap((one) => one ?? []);
  return name === hostname().toLowerCase() || addresses.some(({ address }) => address === name);
}

function portsOf(tunnels: readonly Tunnel[]): number[] {
  return [...new Set(tunnels.map(({ upstream }) => upstream.port))].sort((one, other) => one - other);
}
