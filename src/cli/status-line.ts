import type { Screen } from './output.js';

/** Milliseconds; what comes in between is written at once. */
const REDRAW = 100;
/** Lines that wait for a terminal that stands still. */
const MOST_WAITING = 500;

/** Whether a terminal can draw over what it shows. */
export function canRedraw({ TERM, CI, WT_SESSION }: Readonly<Record<string, string | undefined>>): boolean {
  return Boolean(TERM ?? WT_SESSION) && TERM !== 'dumb' && !CI;
}

/**
 * Node waits until a terminal has taken what is written. One that stands still, as after Ctrl-S, would stop
 * everything: calls as well.
 */
export function neverWaitFor(screen: Screen): void {
  const { _handle: handle } = screen as { _handle?: { setBlocking?: (blocking: boolean) => void } };
  handle?.setBlocking?.(false);
}

/**
 * Lines that stay on a terminal, and below them one line that is drawn anew. Everything is written by a timer,
 * so that nobody waits for the terminal.
 */
export class StatusLine {
  readonly #screen: Screen;
  readonly #status: (columns: number) => string;
  readonly #paint: (text: string) => string;
  readonly #redraw = () => this.#schedule();
  #waiting: string[] = [];
  #left = 0;
  #shown = '';
  #timer: NodeJS.Timeout | null = null;
  #open = false;

  /**
   * @param status at most so many columns wide, without escapes
   * @param paint gives it a colour
   */
  constructor(screen: Screen, status: (columns: number) => string, paint: (text: string) => string) {
    this.#screen = screen;
    this.#status = status;
    this.#paint = paint;
    neverWaitFor(screen);
  }

  /** Shows the status from now on. */
  open(): void {
    this.#open = true;
    this.#screen.on('resize', this.#redraw);
    this.#schedule();
  }

  print(line: string): void {
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push(line);
    else this.#left++;
    this.#schedule();
  }

  refresh(): void {
    if (this.#open) this.#schedule();
  }

  /** Takes the status away and leaves the lines. */
  close(): void {
    this.#open = false;
    this.#screen.off('resize', this.#redraw);
    this.#draw();
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      // It stands still, or is slow: what waits is written when it goes on.
      if (this.#screen.writableNeedDrain) this.#schedule();
      else this.#draw();
    }, REDRAW).unref();
  }

  #draw(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const lines = this.#waiting.map((line) => `${line}\n`);
    if (this.#left > 0) lines.push(`… ${this.#left} more lines were not shown\n`);
    // The last column is left free: some terminals wrap when it is written.
    const status = this.#open ? this.#status(this.#columns - 1) : '';
    const text = `${this.#erased()}${lines.join('')}${status === '' ? '' : this.#paint(status)}`;
    this.#waiting = [];
    this.#left = 0;
    if (text !== '') this.#screen.write(text);
    this.#shown = status;
  }

  /** A terminal that became narrower has wrapped what it shows. */
  #erased(): string {
    if (this.#shown === '') return '';
    const above = Math.ceil(this.#shown.length / this.#columns) - 1;
    return `\r${above > 0 ? `\x1b[${above}A` : ''}\x1b[J`;
  }

  get #columns(): number {
    return Math.max(1, this.#screen.columns ?? 80);
  }
}
