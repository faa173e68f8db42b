import { freePort, PostgresServer } from './postgres-server.js';

/**
 * One server for all tests. It starts while the first of them run: those that need it wait.
 * With DATABASE_URL, a server of somebody's own is used.
 */
export default async function setup(): Promise<() => Promise<void>> {
  if (process.env.DATABASE_URL !== undefined) return async () => {};
  const server = new PostgresServer(await freePort());
  process.env.DATABASE_URL = server.url();
  const ready = server.make().then(() => server.start());
  ready.catch((error) => process.stderr.write(`${error}\n`));
  return async () => {
    await ready.catch(() => {});
    await server.remove();
  };
}
