import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A webhook as it arrived, its signature checked the way Vonage documents it. */
export type Received = {
  path: string;
  method: string;
  headers: IncomingMessage['headers'];
  fields: Record<string, unknown>;
  signed: boolean;
  claims: Record<string, unknown>;
};

export type Reply = { status?: number; type?: string; body?: unknown } | 'drop' | 'hang';

/** An application's own server: answers each path as told, and remembers what it was asked. */
export async function startAnswerer(signatureSecret: string) {
  const received: Received[] = [];
  const replies = new Map<string, Reply | ((request: Received) => Reply | Promise<Reply>)>();

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const webhook = read(request, Buffer.concat(chunks), signatureSecret);
    received.push(webhook);
    const reply = replies.get(webhook.path) ?? { status: 204 };
    send(response, typeof reply === 'function' ? await reply(webhook) : reply);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    received,
    on(path: string, reply: Reply | ((request: Received) => Reply | Promise<Reply>)) {
      replies.set(path, reply);
    },
    at: (path: string) => received.filter((webhook) => webhook.path === path),
    reset() {
      received.length = 0;
      replies.clear();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, reply: Reply) {
  if (reply === 'hang') return;
  if (reply === 'drop') {
    response.destroy();
    return;
  }
  const { status = 200, type = 'application/json', body } = reply;
  response.writeHead(status, body === undefined ? {} : { 'content-type': type });
  response.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
}

function read(request: IncomingMessage, body: Buffer, secret: string): Received {
  const url = new URL(request.url ?? '', 'http://localhost');
  const query = Object.fromEntries(url.searchParams);
  const token = (request.headers.authorization ?? '').replace('Bearer ', '');
  const [header = '', payload = '', signature] = token.split('.');
  const hmac = createHmac('sha256', secret).update(`${header}.${payload}`).digest('base64url');
  const claims = payload === '' ? {} : JSON.parse(Buffer.from(payload, 'base64url').toString());
  const content = request.method === 'POST' ? body : JSON.stringify(query);
  const hash = createHash('sha256').update(content).digest('hex');
  return {
    path: url.pathname,
    method: request.method ?? '',
    headers: request.headers,
    fields: request.method === 'POST' ? JSON.parse(body.toString()) : query,
    signed: signature === hmac && claims.payload_hash === hash,
    claims,
  };
}
