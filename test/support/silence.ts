import { type AddressInfo, createServer } from 'node:net';

/** A server that takes connections and never answers. */
export async function startSilence(): Promise<{ url: string; close: () => void }> {
  const server = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  server.unref();
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}
