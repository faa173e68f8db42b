import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where a run plays: a directory and processes of its own, all gone when the run ends, however it ends. */
export class Stage {
  readonly directory = mkdtempSync(join(tmpdir(), 'voxproxy-bench-'));
  readonly #children = new Set<ChildProcess>();

  constructor() {
    process.once('exit', () => this.#clear());
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => process.exit(130));
  }

  /** Starts Node with these arguments. */
  node(argv: readonly string[], options: SpawnOptions & { env: NodeJS.ProcessEnv }): ChildProcess {
    const child = spawn(process.execPath, argv, { cwd: this.directory, ...options });
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    return child;
  }

  #clear(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    // One that was just killed may write a last time.
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}
