import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { isLoopback } from '../../domain/loopback.js';
import { VoxproxyError } from '../../errors.js';

export type Host = { host: string; port: number };

/** What `VOXPROXY_STORE` says. */
export type Address = {
  /** One, or several of which one takes writes: they are tried in turn, so that a failover needs no restart. */
  hosts: readonly Host[];
  database: string;
  user: string | undefined;
  password: string | undefined;
  /** Null for a connection in plain text. */
  tls: ConnectionOptions | null;
  /** Passed on to the server, such as `-c search_path=voxproxy`. */
  options: string | undefined;
  /** The most connections of one process. */
  pool: number;
  /** Without user and password. */
  shown: string;
};

const SHAPE = /^postgres(?:ql)?:\/\/(?:([^@/?]*)@)?([^@/?]*)(?:\/([^/?#]*))?(?:\?([^#]*))?$/;
const PARAMETERS = [
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'host',
  'port',
  'options',
  'pool',
] as const;
const POOL = 10;
/** One for calls, and one for everything else. */
const LEAST_POOL = 2;
const LARGEST_POOL = 200;
const PORT = 5432;

/**
 * Reads a URL as libpq writes it, several hosts included. Where nothing is said of TLS, the server must prove
 * who it is, unless it is on this machine.
 *
 * @throws VoxproxyError `settings`; it repeats nothing of the URL, which may hold a password
 */
export function readAddress(url: string): Address {
  const [, credentials, authority = '', path = '', query = ''] =
    SHAPE.exec(url) ?? refuse('is no PostgreSQL URL');
  const parameters = new Map(new URLSearchParams(query));
  const unknown = [...parameters.keys()].filter((name) => !PARAMETERS.some((known) => known === name));
  if (unknown.length > 0) refuse(`has a parameter that is none of ${PARAMETERS.join(', ')}`);
  const hosts = readHosts(parameters.get('host') ?? authority, readPort(parameters.get('port') ?? PORT));
  const [user, password] = (credentials ?? '').split(/:(.*)/s).map(decode);
  const database = decode(path) || user || 'postgres';
  const pool = Number(parameters.get('pool') ?? POOL);
  if (!Number.isInteger(pool) || pool < LEAST_POOL || pool > LARGEST_POOL)
    refuse(`has a pool that is not ${LEAST_POOL} to ${LARGEST_POOL}`);
  return {
    hosts,
    database,
    user: user || undefined,
    password: password || undefined,
    tls: readTls(parameters, hosts),
    options: parameters.get('options'),
    pool,
    shown: `${hosts.map(({ host, port }) => (host.startsWith('/') ? host : `${host}:${port}`)).join(',')}/${database}`,
  };
}

/** @param usual the port of those that name none */
function readHosts(text: string, usual: number): Host[] {
  return (text || 'localhost').split(',').map((one) => {
    const whole = decode(one);
    if (whole.startsWith('/')) return { host: whole, port: usual };
    const [, bracketed, bare, digits] =
      /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/.exec(whole) ?? refuse('names a host that is none');
    return { host: bracketed ?? bare ?? '', port: readPort(digits ?? usual) };
  });
}

function readPort(text: string | number): number {
  const port = Number(text);
  return Number.isInteger(port) && port >= 1 && port <= 65_535 ? port : refuse('has a port that is none');
}

function readTls(parameters: ReadonlyMap<string, string>, hosts: readonly Host[]): ConnectionOptions | null {
  const near = hosts.every(
    ({ host }) => host.startsWith('/') || isLoopback(`http://${host.includes(':') ? `[${host}]` : host}`),
  );
  const mode = parameters.get('sslmode') ?? (near ? 'disable' : 'verify-full');
  const file = (name: 'sslrootcert' | 'sslcert' | 'sslkey', field: 'ca' | 'cert' | 'key') => {
    const path = parameters.get(name);
    return path === undefined ? {} : { [field]: readPem(path, name) };
  };
  const files = { ...file('sslrootcert', 'ca'), ...file('sslcert', 'cert'), ...file('sslkey', 'key') };
  switch (mode) {
    case 'disable':
      return null;
    case 'require':
      return { ...files, rejectUnauthorized: false };
    case 'verify-ca':
      return { ...files, checkServerIdentity: () => undefined };
    case 'verify-full':
      return files;
    default:
      return refuse('has an sslmode that is none of disable, require, verify-ca, verify-full');
  }
}

function readPem(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return refuse(`names an ${name} that cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return refuse('has a % that encodes nothing');
  }
}

function refuse(what: string): never {
  throw new VoxproxyError(
    'settings',
    `The address of the PostgreSQL store ${what}.`,
    'It looks like postgres://user:password@db.example.com:5432/voxproxy?sslmode=verify-full',
  );
}
