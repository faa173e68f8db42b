import type { ServerResponse } from 'node:http';
import { KEEP_ALIVE_SECONDS } from './http-server.js';
import { JSON_TYPE, writeText } from './replies.js';

/**
 * What Node's responses know of their head: its text, and whether it is on its way. Not documented, and the same
 * since Node's first releases; where they are missing, Node writes the answer.
 */
type Head = { _header: string | null; _headerSent: boolean };

/**
 * Writes the same bytes as `writeText` with status 200, but as one text to a connection that goes on: Node puts the
 * head together header by header, and hands the system two pieces. That takes 7 % of an answer.
 */
export function writeWhole(response: ServerResponse & Partial<Head>, text: string): void {
  const { socket, shouldKeepAlive } = response;
  const isUnwritten = response._header === null && response._headerSent === false;
  // Without a socket, the answers to earlier requests of this connection go first.
  if (!(socket?.writable && shouldKeepAlive && isUnwritten)) {
    writeText(response, 200, text);
    return;
  }
  const head = headOf(text);
  response._header = head;
  response._headerSent = true;
  socket.write(head + text);
  response.end();
}

function headOf(text: string): string {
  return (
    `HTTP/1.1 200 OK\r\ncontent-type: ${JSON_TYPE}\r\ncache-control: no-store\r\n` +
    `content-length: ${Buffer.byteLength(text)}\r\nDate: ${date()}\r\n` +
    `Connection: keep-alive\r\nKeep-Alive: timeout=${KEEP_ALIVE_SECONDS}\r\n\r\n`
  );
}

let second = 0;
let written = '';

/** Now, as HTTP has it. */
function date(): string {
  const now = Math.floor(Date.now() / 1000);
  if (now !== second) written = new Date(now * 1000).toUTCString();
  second = now;
  return written;
}
