import type { Writable } from 'node:stream';
import type { ErrorReport } from '../errors.js';
import { type Style, styleOf } from './style.js';

/** A stream of the process; `isTTY` and `columns` as on a terminal. */
export type Screen = Writable & { isTTY?: boolean; columns?: number };

export type OutputOptions = { json: boolean; color: boolean };

const NARROWEST = 40;

/** Whether the environment lets terminals be coloured. */
export function allowsColor({ NO_COLOR, CI, TERM }: Readonly<Record<string, string | undefined>>): boolean {
  return !NO_COLOR && !CI && TERM !== 'dumb';
}

/** Where a command says things: standard output is the answer, standard error the conversation. */
export class Output {
  readonly style: Style;
  readonly json: boolean;
  readonly #stdout: Screen;
  readonly #stderr: Screen;
  readonly errorStyle: Style;

  private constructor(stdout: Screen, stderr: Screen, json: boolean, style: Style, errorStyle: Style) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.json = json;
    this.style = style;
    this.errorStyle = errorStyle;
  }

  static async open(stdout: Screen, stderr: Screen, { json, color }: OutputOptions): Promise<Output> {
    const styles = [stdout, stderr].map(({ isTTY }) => styleOf(color && isTTY === true));
    const [style, errorStyle] = (await Promise.all(styles)) as [Style, Style];
    return new Output(stdout, stderr, json, style, errorStyle);
  }

  /** Columns that a table may use; no bound where nobody looks at a screen. */
  get width(): number {
    return this.#stdout.isTTY ? Math.max(NARROWEST, this.#stdout.columns ?? 80) : Number.POSITIVE_INFINITY;
  }

  get isTerminal(): boolean {
    return this.#stdout.isTTY === true;
  }

  /** The answer: one JSON document on one line, or a text. */
  answer(document: unknown, text: () => string): void {
    this.#stdout.write(`${this.json ? JSON.stringify(document) : text()}\n`);
  }

  /** A part of a long answer, as soon as it is known; for people alone. */
  tell(line: string): void {
    if (!this.json) this.#stdout.write(`${line}\n`);
  }

  say(line: string): void {
    this.#stderr.write(`${line}\n`);
  }

  warn(line: string): void {
    this.say(`${this.errorStyle.yellow('⚠')} ${line}`);
  }

  /** The next useful command; for people alone. */
  suggest(command: string): void {
    if (this.isTerminal && !this.json) this.say(`\n${this.errorStyle.dim('Next:')} ${command}`);
  }

  fail(error: ErrorReport): void {
    if (this.json) {
      this.#stdout.write(`${JSON.stringify({ error })}\n`);
      return;
    }
    this.say(`${this.errorStyle.red('✖')} ${error.message}`);
    for (const line of error.hint?.split('\n') ?? []) this.say(`  ${line}`);
  }
}
