import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allowsColor, Output, type Screen } from './cli/output.js';
import { type Keyboard, Prompts } from './cli/prompts.js';
import { interrupted, VoxproxyError } from './errors.js';
import { Settings } from './settings.js';
import type { CallLog } from './store/call-log.js';
import { FieldCipher, readEncryptionKey } from './store/field-cipher.js';
import type { JsonStore } from './store/json-store.js';
import type { PostgresCallLog } from './store/postgres-call-log.js';
import type { PostgresStore } from './store/postgres-store.js';
import type { Store } from './store/store.js';
import type { House } from './use-cases/copy-store.js';
import type { Vonage } from './vonage/vonage.js';

/** What surrounds a run of voxproxy: the process it is in, or a part of one that plays it. */
export type World = {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  stdin: Keyboard;
  stdout: Screen;
  stderr: Screen;
  /** Aborted when the run is to end early. */
  signal: AbortSignal;
};

/** Flags that every command takes. */
export type Globals = {
  profile: string | null;
  json: boolean;
  input: boolean;
  reveal: boolean;
  verbose: boolean;
  color: boolean;
};

export type Ran = { code: number; stdout: string; stderr: string };

/** What a command may reach; the only place that names an adapter, each loaded when first asked for. */
export class Context {
  readonly out: Output;
  readonly prompts: Prompts;
  readonly signal: AbortSignal;
  /** Runs another command as if it had been typed, in an environment of its own. */
  readonly run: (
    argv: readonly string[],
    env: World['env'],
    signal?: AbortSignal,
    onLine?: (line: string) => void,
    onLogLine?: (line: string) => void,
  ) => Promise<Ran>;
  readonly #world: World;
  #settings: Promise<Settings> | null = null;
  #store: Promise<Store> | null = null;
  #postgres: PostgresStore[] = [];

  private constructor(
    world: World,
    readonly globals: Globals,
    run: Context['run'],
    out: Output,
  ) {
    this.#world = world;
    this.signal = world.signal;
    this.run = run;
    this.out = out;
    this.prompts = new Prompts(world, globals.input);
  }

  static async open(world: World, globals: Globals, run: Context['run']): Promise<Context> {
    const color = globals.color && allowsColor(world.env);
    const out = await Output.open(world.stdout, world.stderr, { json: globals.json, color });
    return new Context(world, globals, run, out);
  }

  /** The same run with another environment: other settings, another store, another Vonage. */
  inside(env: World['env']): Promise<Context> {
    const cwd = env.VOXPROXY_HOME ?? this.#world.cwd;
    return Context.open({ ...this.#world, env, cwd }, this.globals, this.run);
  }

  get env(): World['env'] {
    return this.#world.env;
  }

  get stderr(): Screen {
    return this.#world.stderr;
  }

  now = (): number => Date.now();

  /** Waits, or fails with `interrupted` as soon as the run is to end. */
  sleep = (milliseconds: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const interrupt = () => {
        clearTimeout(timer);
        reject(interrupted());
      };
      const timer = setTimeout(() => {
        this.signal.removeEventListener('abort', interrupt);
        resolve();
      }, milliseconds);
      if (this.signal.aborted) interrupt();
      else this.signal.addEventListener('abort', interrupt, { once: true });
    });

  settings(): Promise<Settings> {
    this.#settings ??= Settings.load(this.#world.env, this.#world.cwd, this.globals.profile);
    return this.#settings;
  }

  store(): Promise<Store> {
    this.#store ??= this.#openStore();
    return this.#store;
  }

  /** An empty store of its own, for a rehearsal that must leave nothing behind. */
  async scratchStore(home: string): Promise<Store> {
    const { JsonStore: Adapter } = await import('./store/json-store.js');
    return new Adapter(join(home, 'store.json'), (message) => this.out.warn(message));
  }

  /** What listeners of this profile noted of the calls. */
  async callLog(): Promise<CallLog> {
    if ((await this.postgresUrl()) !== null) return this.callLogOf((await this.store()) as PostgresStore);
    const { FileCallLog } = await import('./store/file-call-log.js');
    return new FileCallLog((await this.settings()).home);
  }

  /** What lies beside the sessions of a PostgreSQL store. */
  async callLogOf(store: PostgresStore): Promise<PostgresCallLog> {
    const { PostgresCallLog: Log } = await import('./store/postgres-call-log.js');
    return new Log(store.database, () => store.ready());
  }

  /**
   * Where the store is, when it is not the file in the home.
   * @throws VoxproxyError `settings` when VOXPROXY_STORE names none
   */
  async postgresUrl(): Promise<string | null> {
    const url = (await this.settings()).variable('VOXPROXY_STORE');
    if (url === undefined || isPostgresUrl(url)) return url ?? null;
    throw new VoxproxyError(
      'settings',
      'VOXPROXY_STORE is not the address of a PostgreSQL store.',
      'Set it to postgres://user@host/database, or unset it: sessions are in the file store.json then.',
    );
  }

  /** Where a PostgreSQL store is, without user and password; null for the file in the home. */
  async storeAddress(): Promise<string | null> {
    return (await this.postgresUrl()) === null
      ? null
      : `PostgreSQL ${((await this.store()) as PostgresStore).shown}`;
  }

  /** The store at this address; its connections are given back at the end of the run. */
  async postgresStore(url: string, key: Buffer | null): Promise<PostgresStore> {
    const [{ PostgresStore: Adapter }, { readAddress }] = await Promise.all([
      import('./store/postgres-store.js'),
      import('./store/postgres/address.js'),
    ]);
    // It keeps no field in memory: there may be millions.
    const store = new Adapter(readAddress(url), key && new FieldCipher(key, false));
    this.#postgres.push(store);
    return store;
  }

  /**
   * A store with its log, to be copied.
   * @param url null for the file in the home
   */
  async house(url: string | null): Promise<House> {
    const key = await this.encryptionKey();
    if (url !== null) {
      const store = await this.postgresStore(url, key);
      const log = await this.callLogOf(store);
      return { store, log, append: (entries) => log.write(entries) };
    }
    const [{ portableFile }, { FileCallLog }] = await Promise.all([
      import('./store/json-portable.js'),
      import('./store/file-call-log.js'),
    ]);
    const { home } = await this.settings();
    const log = new FileCallLog(home);
    return {
      store: portableFile(await this.jsonStore(key), join(home, 'store.json')),
      log,
      append: (entries) => log.write(entries),
    };
  }

  /** Gives back what would keep the process from ending. */
  async close(): Promise<void> {
    await Promise.all(this.#postgres.splice(0).map((store) => store.end()));
  }

  /**
   * The Vonage services.
   * @throws VoxproxyError `credentials` or `settings` when something to reach them is missing
   */
  async vonage(): Promise<Vonage> {
    const settings = await this.settings();
    const hint =
      'Set everything up with: voxproxy init (key and secret stand at the top of the Vonage dashboard). To try without an account: voxproxy sandbox > .env';
    const apiKey = await settings.require('apiKey', hint);
    const apiSecret = await settings.require('apiSecret', hint);
    const id = await settings.get('applicationId');
    const privateKey = await this.#privateKey();
    const { SdkVonage } = await import('./vonage/sdk.js');
    return new SdkVonage(
      {
        apiKey,
        apiSecret,
        application: id === undefined || privateKey === undefined ? null : { id, privateKey },
      },
      { rest: (await settings.get('restHost')) ?? null, api: (await settings.get('apiHost')) ?? null },
      {
        sleep: this.sleep,
        onWait: (seconds) => this.out.say(`Vonage asks to wait ${seconds} s.`),
      },
    );
  }

  /** @throws VoxproxyError `settings` when there is no application */
  async applicationId(): Promise<string> {
    const settings = await this.settings();
    return settings.require(
      'applicationId',
      'Make one with: voxproxy app create --name voxproxy --public-url https://…',
    );
  }

  /** The key itself, whether the setting holds it or the path of its file. */
  async #privateKey(): Promise<string | undefined> {
    const setting = await (await this.settings()).get('privateKey');
    if (setting === undefined) return undefined;
    // Many tools keep a key on one line in the environment, its line breaks written out.
    const key = setting.includes('-----BEGIN')
      ? setting.replaceAll('\\n', '\n')
      : readText(setting, unusableKey);
    try {
      createPrivateKey(key);
    } catch {
      throw unusableKey('is not a private key in PEM form');
    }
    return key;
  }

  /**
   * Writes the store anew with another key.
   * @param from the key it has now, null for plain text
   * @param to null for plain text
   */
  async recryptStore(from: Buffer | null, to: Buffer | null): Promise<void> {
    const url = await this.postgresUrl();
    const store = url === null ? await this.jsonStore(from) : await this.postgresStore(url, from);
    await store.recrypt(to && new FieldCipher(to, url === null));
  }

  /** @throws VoxproxyError `settings` when there is a key that cannot be read or is not 32 bytes */
  async encryptionKey(): Promise<Buffer | null> {
    const settings = await this.settings();
    const path = await settings.get('encryptionKeyFile');
    const text =
      settings.variable('VOXPROXY_ENCRYPTION_KEY') ?? (path === undefined ? null : readKeyFile(path));
    return text === null ? null : encryptionKeyOf(text);
  }

  async #openStore(): Promise<Store> {
    const url = await this.postgresUrl();
    const key = await this.encryptionKey();
    return url === null ? this.jsonStore(key) : this.postgresStore(url, key);
  }

  /** The store in the home, whatever VOXPROXY_STORE says. */
  async jsonStore(key: Buffer | null): Promise<JsonStore> {
    const { JsonStore: Adapter } = await import('./store/json-store.js');
    const warn = (message: string) => this.out.warn(message);
    return new Adapter(join((await this.settings()).home, 'store.json'), warn, key && new FieldCipher(key));
  }
}

/** Whether it looks like the address of a PostgreSQL store. */
export function isPostgresUrl(text: string): boolean {
  return /^postgres(ql)?:\/\//.test(text);
}

/** @throws VoxproxyError `settings` when it is not 32 bytes in hex or base64 */
export function encryptionKeyOf(text: string): Buffer {
  const key = readEncryptionKey(text);
  if (key === undefined) {
    throw new VoxproxyError(
      'settings',
      'The encryption key is not 32 bytes in hex or base64.',
      'Make one with: openssl rand -hex 32',
    );
  }
  return key;
}

/** @throws VoxproxyError `settings` */
export function readKeyFile(path: string): string {
  return readText(
    path,
    (why) =>
      new VoxproxyError(
        'settings',
        `The encryption key file ${path} ${why}.`,
        'Correct the setting encryptionKeyFile.',
      ),
  );
}

function readText(path: string, unusable: (why: string) => VoxproxyError): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unusable(`cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function unusableKey(what: string): VoxproxyError {
  return new VoxproxyError(
    'settings',
    `The private key of the application ${what}.`,
    'VONAGE_PRIVATE_KEY, or the setting privateKey, is the path of the file that app create saved.',
  );
}
