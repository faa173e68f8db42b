import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type Conf from 'conf';
import { VoxproxyError } from './errors.js';
import { definition, type SettingName, type SettingValue } from './setting-definitions.js';
import { isLockedByOthers, lockFile } from './store/lock.js';
import { makePrivateDirectory } from './store/private-file.js';

/** Where a value came from; the first that has one wins. */
export type Source = 'flag' | 'env' | 'file' | 'default';

/** Settings from the environment and the file of one profile; flags are the commands' own. */
export class Settings {
  readonly #env: Readonly<Record<string, string | undefined>>;
  #file: Readonly<Record<string, unknown>> | null = null;

  private constructor(
    /** The directory of settings and store. */
    readonly home: string,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    this.#env = env;
  }

  /**
   * @param env the environment of the process
   * @param cwd where a `.env` file may lie; the environment goes before it
   * @param profile from `--profile`, or null for the environment's
   */
  static async load(
    env: Readonly<Record<string, string | undefined>>,
    cwd: string,
    profile: string | null,
  ): Promise<Settings> {
    const merged = { ...dotEnv(cwd), ...withoutEmpty(env) };
    const name = profile ?? merged.VOXPROXY_PROFILE ?? null;
    if (name !== null && !/^[a-z0-9][\w-]{0,63}$/i.test(name)) {
      throw new VoxproxyError(
        'usage',
        'A profile is named with letters, digits, - and _.',
        'For example: --profile staging',
      );
    }
    const root = merged.VOXPROXY_HOME ?? (await defaultHome());
    return new Settings(name === null ? root : join(root, 'profiles', name), merged);
  }

  get path(): string {
    return join(this.home, 'config.json');
  }

  /** A variable that is no setting. */
  variable(name: 'VOXPROXY_STORE' | 'VOXPROXY_ENCRYPTION_KEY'): string | undefined {
    return this.#env[name];
  }

  /**
   * The value and where it came from; undefined when nothing sets it.
   * @throws VoxproxyError `settings` when the environment or the file holds something that it cannot be
   */
  async find<N extends SettingName>(
    name: N,
  ): Promise<{ value: SettingValue<N>; source: Source } | undefined> {
    const { env, read, expected, default: fallback } = definition(name);
    const candidates: [Source, unknown, string][] = [
      ['env', env && this.#env[env], `The environment variable ${env}`],
      ['file', (await this.#stored())[name], `The setting ${name} in ${this.path}`],
      ['default', fallback, ''],
    ];
    for (const [source, raw, where] of candidates) {
      if (raw === undefined) continue;
      const value = read(raw);
      if (value === undefined)
        throw new VoxproxyError('settings', `${where} must be ${expected}.`, 'Correct it, or take it away.');
      return { value, source };
    }
    return undefined;
  }

  async get<N extends SettingName>(name: N): Promise<SettingValue<N> | undefined> {
    return (await this.find(name))?.value;
  }

  /** A setting that has a default, or that the caller cannot go on without. */
  async require<N extends SettingName>(name: N, hint: string): Promise<SettingValue<N>> {
    const found = await this.get(name);
    if (found === undefined) {
      const { env } = definition(name);
      const code = name === 'apiKey' || name === 'apiSecret' ? 'credentials' : 'settings';
      throw new VoxproxyError(code, `No ${name} is set${env === undefined ? '' : ` (${env})`}.`, hint);
    }
    return found;
  }

  /**
   * Writes one setting to the file.
   * @throws VoxproxyError `usage` when the value cannot be that setting
   */
  async set(name: SettingName, raw: string): Promise<void> {
    const { read, expected } = definition(name);
    if (read(raw) === undefined) throw new VoxproxyError('usage', `${name} must be ${expected}.`);
    await this.#change((conf) => conf.set(name, raw));
  }

  async unset(name: SettingName): Promise<void> {
    await this.#change((conf) => conf.delete(name));
  }

  async #stored(): Promise<Readonly<Record<string, unknown>>> {
    if (this.#file === null) {
      // conf makes the directory, with a mode of its own, when it reads a file that is not there.
      this.#file = existsSync(this.path) ? (await openConf(this.home, this.path)).store : {};
    }
    return this.#file;
  }

  async #change(change: (conf: Conf<Record<string, unknown>>) => void): Promise<void> {
    let release = async () => {};
    try {
      makePrivateDirectory(this.home);
      release = await lockFile(this.path);
      change(await openConf(this.home, this.path));
    } catch (error) {
      if (error instanceof VoxproxyError) throw error;
      if (isLockedByOthers(error))
        throw new VoxproxyError('conflict', `The settings ${this.path} are busy.`, 'Try again.');
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      throw new VoxproxyError(
        'settings',
        `The settings ${this.path} cannot be written (${code}).`,
        'Nothing was changed.',
      );
    } finally {
      this.#file = null;
      await release().catch(() => {});
    }
  }
}

function withoutEmpty(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => !!entry[1]));
}

function dotEnv(cwd: string): Record<string, string> {
  const path = join(cwd, '.env');
  try {
    return withoutEmpty(parseEnv(readFileSync(path, 'utf8')) as Record<string, string>);
  } catch (error) {
    if (['ENOENT', 'EISDIR', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return {};
    throw new VoxproxyError(
      'settings',
      `The file ${path} cannot be read.`,
      'Correct its permissions, or run elsewhere.',
    );
  }
}

async function defaultHome(): Promise<string> {
  const { default: envPaths } = await import('env-paths');
  return envPaths('voxproxy', { suffix: '' }).config;
}

async function openConf(home: string, path: string): Promise<Conf<Record<string, unknown>>> {
  const { default: ConfClass } = await import('conf');
  try {
    return new ConfClass<Record<string, unknown>>({
      cwd: home,
      configName: 'config',
      configFileMode: 0o600,
      accessPropertiesByDotNotation: false,
      clearInvalidConfig: false,
    });
  } catch (error) {
    const why =
      error instanceof SyntaxError
        ? 'is not valid JSON'
        : `cannot be read (${(error as NodeJS.ErrnoException).code})`;
    throw new VoxproxyError(
      'settings',
      `The settings file ${path} ${why}.`,
      'Correct it, or move it away. Nothing was changed.',
    );
  }
}
