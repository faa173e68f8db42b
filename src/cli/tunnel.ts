import { VoxproxyError } from '../errors.js';
import { baseUrl } from '../setting-definitions.js';
import { findTunnel, type Wanted } from '../use-cases/find-tunnel.js';

/**
 * Where `--ngrok` says that the agent's API is; null for the usual places.
 * @throws VoxproxyError `usage`
 */
export function ngrokApi(flag: string | true | undefined): string | null {
  if (flag === undefined || flag === true) return null;
  const api = baseUrl(flag);
  if (api === undefined) {
    throw new VoxproxyError(
      'usage',
      '--ngrok takes the URL of ngrok’s local API, or nothing.',
      'For example: voxproxy serve --ngrok, or voxproxy serve --ngrok http://127.0.0.1:4050',
    );
  }
  return api.replace(/\/api(\/(tunnels|endpoints))?$/, '');
}

/**
 * The public URL under which ngrok forwards to our port.
 * @throws VoxproxyError `vonage` when no ngrok answers, `settings` when it forwards elsewhere or in the clear
 */
export async function tunnelUrl(wanted: Wanted, signal: AbortSignal): Promise<string> {
  const found = await findTunnel(wanted, null, signal);
  signal.throwIfAborted();
  const start = `ngrok http ${wanted.port}`;
  switch (found.kind) {
    case 'found':
      return found.url;
    case 'not-running':
      throw new VoxproxyError(
        'vonage',
        wanted.api === null
          ? 'No ngrok runs here: none answers at http://127.0.0.1:4040 to 4045.'
          : 'No ngrok answers at the address that --ngrok names.',
        `Start it in another terminal: ${start}\nWhere its web_addr is another one: voxproxy serve --ngrok http://127.0.0.1:<port>`,
      );
    case 'insecure':
      throw new VoxproxyError(
        'settings',
        `ngrok forwards to port ${wanted.port} over plain http alone: signatures and numbers would travel in the clear.`,
        `Start it with https: ${start}`,
      );
    case 'tls':
      throw new VoxproxyError(
        'settings',
        `ngrok speaks https to port ${wanted.port}, where the listener speaks plain http.`,
        `Start it for http: ${start}`,
      );
    case 'elsewhere':
      throw new VoxproxyError(
        'settings',
        `ngrok does not forward to port ${wanted.port}: ${elsewhere(found.ports)}.`,
        `Start it for this port: ${start}${found.ports.length === 1 ? `\nOr listen where it forwards: voxproxy serve --ngrok --port ${found.ports[0]}` : ''}`,
      );
  }
}

function elsewhere(ports: readonly number[]): string {
  if (ports.length === 0) return 'it forwards nothing over HTTP';
  return `it forwards to port${ports.length === 1 ? '' : 's'} ${ports.join(', ')}`;
}
