import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One thing that the agent forwards; `older` agents know tunnels alone, newer ones endpoints. */
export type Forwarding = { url: string; to: string | number; proto?: string };

/** The local API of an ngrok agent, which forwards nothing. */
export class FakeNgrok {
  #server: Server | null = null;
  #port = 0;
  asked = 0;
  forwards: Forwarding[] = [];

  /** @param shape how the agent tells: as version 2 and 3 did, or as later versions do alone */
  constructor(readonly shape: 'tunnels' | 'endpoints' | 'both' = 'tunnels') {}

  /** @param port 0 for any; after a stop the same again */
  async start(port = this.#port): Promise<this> {
    const server = createServer((request, response) => {
      this.asked++;
      const name = /^\/api\/(tunnels|endpoints)$/.exec(request.url ?? '')?.[1];
      const known = name !== undefined && (this.shape === 'both' || this.shape === name);
      response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
      response.end(known ? JSON.stringify(this.#told(name)) : '{"error_code":100,"status_code":404}');
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    return this;
  }

  get api(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  #told(name: string) {
    if (name === 'endpoints') {
      return {
        endpoints: this.forwards.map(({ url, to }, i) => ({
          name: `endpoint-${i}`,
          url,
          upstream: { url: to },
        })),
        uri: '/api/endpoints',
      };
    }
    const tunnels = this.forwards.map(({ url, to, proto = new URL(url).protocol.slice(0, -1) }, i) => ({
      ID: String(i),
      name: i === 0 ? 'command_line' : `command_line_${i}`,
      uri: `/api/tunnels/command_line`,
      public_url: url,
      proto,
      config: { addr: to, inspect: true },
      metrics: { conns: { count: 0, gauge: 0 }, http: { count: 0 } },
    }));
    return { tunnels, uri: '/api/tunnels' };
  }
}
