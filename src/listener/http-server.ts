import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Longer than proxies keep theirs, or they would reuse a connection just as it closes. */
export const KEEP_ALIVE_SECONDS = 72;
/** Milliseconds; slower clients are none of Vonage's, which gives up on an answer after five seconds. */
const TIMEOUTS = {
  headersTimeout: 3_000,
  requestTimeout: 5_000,
  keepAliveTimeout: KEEP_ALIVE_SECONDS * 1_000,
  /** How often Node looks for those that are over time. */
  connectionsCheckingInterval: 1_000,
};
/** More are closed at once; each takes some 7 kB, and Vonage needs a few. */
const MOST_CONNECTIONS = 16_384;
/** How long answers in flight may take once the listener closes, how often idle connections are swept, how long refused ones stay. */
const CLOSING = { grace: 2_000, sweep: 50, refused: 500 };

/** What each connection is answered last. */
const latest = new WeakMap<Socket, ServerResponse>();

/**
 * The server under the listener: nobody holds it up for long, whether it serves or closes.
 * @param usual for requests that expect nothing first
 */
export function createListenerServer(handler: RequestListener, usual: RequestListener = handler): Server {
  const noted =
    (to: RequestListener): RequestListener =>
    (request, response) => {
      latest.set(request.socket, response);
      to(request, response);
    };
  const server = createServer(TIMEOUTS, noted(usual));
  // Node by itself drops those after the 2,000th, one of which may say that the request was forwarded.
  server.maxHeadersCount = 0;
  server.maxConnections = MOST_CONNECTIONS;
  // Node by itself would ask for the body before the headers are checked.
  server.on('checkContinue', noted(handler));
  server.on('checkExpectation', noted(handler));
  return server;
}

/** Lets answers in flight finish, and ends whatever else holds a connection; Node's own timeouts end with `close`. */
export function endConnections(server: Server): void {
  const sweeping = setInterval(() => server.closeIdleConnections(), CLOSING.sweep);
  const ending = setTimeout(() => server.closeAllConnections(), CLOSING.grace);
  server.once('close', () => {
    clearInterval(sweeping);
    clearTimeout(ending);
  });
}

/** What Node's own parser refuses never reaches a route, and gets no body of ours. */
export function refuseUnparsed(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET') socket.destroy();
  // More of what was refused already.
  if (!socket.writable) return;
  const before = latest.get(socket);
  if (before?.req.complete && !before.writableEnded) {
    // A good request came before: its answer goes first.
    before.once('finish', () => refuseUnparsed(error, socket));
    return;
  }
  const status = CLIENT_ERRORS[error.code ?? ''] ?? '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  // Time to read the answer, which closing at once could lose.
  setTimeout(() => socket.destroy(), CLOSING.refused).unref();
}

const CLIENT_ERRORS: Record<string, string> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};
