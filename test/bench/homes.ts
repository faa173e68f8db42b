import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { SandboxEnv } from '../../src/sandbox/sandbox.js';
import { controlOf } from '../sandbox/control.js';
import { cleanEnv, type Place, run, ServerProcess } from './processes.js';
import { randomFrom, randomPairs } from './random.js';
import type { Stage } from './stage.js';

/** npm runs scripts where the package is. */
const BIN = resolve('bin/voxproxy.js');
const POOL = 16;
const MOST_PARTNERS = 12;
export const UNTOLD = ['--no-sms', '--lookup', 'offline'] as const;

/** One side of a session, its numbers as Vonage writes them. */
export type Phone = { realNumber: string; virtualNumber: string };
/** Two people in a session: `a` dials `b.virtualNumber`. */
export type Pair = { id: string; a: Phone; b: Phone };

/** The E.164 number of the nth person, whom nobody seeded. */
export const newcomer = (n: number) => `+447500${String(n).padStart(6, '0')}`;
const seededPerson = (n: number) => `+447400${String(100_000 + n)}`;

/** voxproxy's homes, filled by its own commands against its own sandbox. */
export class Homes {
  readonly #seeded = new Map<number, Promise<{ home: string; pairs: Pair[] }>>();
  #made = 0;

  private constructor(
    readonly stage: Stage,
    readonly sandbox: { url: string; env: SandboxEnv },
  ) {}

  static async open(stage: Stage): Promise<Homes> {
    const place = { env: cleanEnv(stage.directory), cwd: stage.directory };
    const argv = [BIN, 'sandbox', '--port', '0', '--json'];
    const { said: sandbox } = await ServerProcess.start(stage, 'sandbox', argv, place);
    const control = controlOf({ ...sandbox, close: async () => {} });
    for (let n = 0; n < POOL; n++) await control.rent('GB', `4420794601${String(n).padStart(2, '0')}`);
    return new Homes(stage, sandbox);
  }

  place(home: string, more: Readonly<Record<string, string>> = {}): Place {
    const env = { ...this.sandbox.env, VOXPROXY_HOME: home, ...more };
    return { env: cleanEnv(this.stage.directory, env), cwd: home };
  }

  command(home: string, argv: readonly string[], hears = false) {
    return run(this.stage, [BIN, ...argv], this.place(home), hears);
  }

  serve(name: string, home: string, more: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
    const argv = [BIN, 'serve', '--json', '--port', '0'];
    return ServerProcess.start(this.stage, name, argv, this.place(home, more));
  }

  /** A home with a pool and no session. */
  async pooled(): Promise<string> {
    const home = this.empty();
    await this.command(home, ['numbers', 'sync']);
    return home;
  }

  /** A home of one's own with so many sessions; filling one takes time, so it is done once and copied. */
  async withSessions(count: number): Promise<{ home: string; pairs: Pair[] }> {
    const seeding = this.#seeded.get(count) ?? this.#seed(count);
    this.#seeded.set(count, seeding);
    const seeded = await seeding;
    const home = this.empty();
    cpSync(seeded.home, home, { recursive: true });
    return { home, pairs: seeded.pairs };
  }

  /** The lines of a file for `pair --file`. */
  static pairsFile(count: number): string {
    const people = Math.max(2, count);
    const { pairs } = randomPairs(count, people, MOST_PARTNERS, randomFrom(count));
    return pairs.map(([a, b]) => `${seededPerson(a)},${seededPerson(b)}\n`).join('');
  }

  async #seed(count: number) {
    const home = await this.pooled();
    const file = join(this.stage.directory, `pairs-${count}.csv`);
    writeFileSync(file, Homes.pairsFile(count));
    const argv = ['pair', '--file', file, ...UNTOLD, '--json', '--reveal'];
    const { stdout } = await this.command(home, argv, true);
    const pairs = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => pairOf(JSON.parse(line).session));
    return { home, pairs };
  }

  /** A home with nothing in it. */
  empty(): string {
    const home = join(this.stage.directory, `home-${++this.#made}`);
    mkdirSync(home, { mode: 0o700 });
    return home;
  }
}

/** @param session as `pair --json --reveal` tells it */
export function pairOf({ id, a, b }: Pair): Pair {
  const phone = ({ realNumber, virtualNumber }: Phone) => ({
    realNumber: realNumber.slice(1),
    virtualNumber: virtualNumber.slice(1),
  });
  return { id, a: phone(a), b: phone(b) };
}
