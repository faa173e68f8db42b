import type { Readable } from 'node:stream';
import { interrupted, VoxproxyError } from '../errors.js';
import type { Screen } from './output.js';

type Problem = (answer: string) => string | null;

function question(type: string, message: string, problem: Problem) {
  return { type, name: 'answer', message, validate: (answer: string) => problem(answer.trim()) ?? true };
}

export type Keyboard = Readable & { isTTY?: boolean };

type Terminal = { readonly stdin: Keyboard; readonly stderr: Screen; readonly signal: AbortSignal };

/** Asks on a terminal; elsewhere what cannot be asked is wrong use, which names the flag. */
export class Prompts {
  readonly #terminal: Terminal;
  readonly #allowed: boolean;

  /**
   * @param terminal its keyboard is not touched before somebody is asked, because opening it takes time
   * @param allowed false with `--no-input`
   */
  constructor(terminal: Terminal, allowed: boolean) {
    this.#terminal = terminal;
    this.#allowed = allowed;
  }

  get canAsk(): boolean {
    return this.#allowed && this.#terminal.stdin.isTTY === true;
  }

  /** @throws VoxproxyError `usage` naming the flag, when nobody can be asked */
  needsAnswer(flag: string, why: string): void {
    if (!this.canAsk)
      throw new VoxproxyError(
        'usage',
        `${why} needs an answer, and nobody can be asked here.`,
        `Give ${flag}.`,
      );
  }

  async confirm(message: string, fallback = false): Promise<boolean> {
    return this.#ask<boolean>({ type: 'confirm', name: 'answer', message, default: fallback });
  }

  /** @param problem what is wrong with an answer, so that it is asked for again; null for a good one */
  async input(message: string, fallback?: string, problem: Problem = () => null): Promise<string> {
    return this.#ask<string>({ ...question('input', message, problem), default: fallback });
  }

  async secret(message: string, problem: Problem = () => null): Promise<string> {
    return this.#ask<string>({ ...question('password', message, problem), mask: '•' });
  }

  async choose<T extends string>(
    message: string,
    choices: readonly { name: string; value: T }[],
  ): Promise<T> {
    return this.#ask<T>({ type: 'select', name: 'answer', message, choices });
  }

  /** Everything on standard input, for what must not stand on a command line. */
  async readAll(): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of this.#terminal.stdin) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks).toString('utf8');
  }

  async #ask<T>(question: Record<string, unknown>): Promise<T> {
    const { default: inquirer } = await import('inquirer');
    const ask = inquirer.createPromptModule({
      input: this.#terminal.stdin,
      output: this.#terminal.stderr,
      signal: this.#terminal.signal,
    });
    try {
      return ((await ask([question as never])) as { answer: T }).answer;
    } catch (error) {
      const { name } = error as Error;
      if (name === 'ExitPromptError' || name === 'AbortPromptError') throw interrupted();
      throw error;
    }
  }
}
