import http from 'node:http';
import https from 'node:https';

/** One HTTP request to an application's webhook, as it goes over the wire. */
export type WebhookRequest = {
  url: string;
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body: string | undefined;
  connectTimeout: number;
  socketTimeout: number;
};

export type WebhookAnswer = { status: number; contentType: string; body: string };

/** Why there was no answer, in Vonage's words where they are known. */
export type WebhookFailure = { failure: string };

/** Refused counts as closed: nobody was there to take the connection. */
const CLOSED = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'HPE_INVALID_EOF_STATE']);

/** Sends one request on a connection of its own. Redirects are an answer like any other; never rejects. */
export function sendWebhook(
  { url, method, headers, body, connectTimeout, socketTimeout }: WebhookRequest,
  signal: AbortSignal,
): Promise<WebhookAnswer | WebhookFailure> {
  return new Promise((resolve) => {
    const secure = url.startsWith('https:');
    const request = (secure ? https : http).request(url, { method, headers, agent: false, signal });
    let timer: NodeJS.Timeout;
    const finish = (result: WebhookAnswer | WebhookFailure) => {
      clearTimeout(timer);
      resolve(result);
      request.destroy();
    };
    const give = (ms: number, failure: string) => {
      clearTimeout(timer);
      timer = setTimeout(finish, ms, { failure });
    };

    give(connectTimeout, 'Connection timeout.');
    request.on('socket', (socket) => {
      socket.once(secure ? 'secureConnect' : 'connect', () => give(socketTimeout, 'Socket timeout.'));
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      finish({
        failure: CLOSED.has(error.code ?? '') ? 'Connection closed.' : (error.code ?? error.message),
      });
    });
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => finish({ failure: 'Connection closed.' }));
      response.on('end', () =>
        finish({
          status: response.statusCode ?? 0,
          contentType: response.headers['content-type'] ?? '',
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.end(body);
  });
}
