/** Says on standard error how far the run is: in one line on a terminal, else in a line for each step. */
export class Progress {
  readonly #terminal = process.stderr.isTTY === true;
  #last = '';

  /** @param detail what changes often; shown on a terminal alone */
  step(what: string, detail = ''): void {
    if (this.#terminal) {
      const width = (process.stderr.columns ?? 80) - 1;
      process.stderr.write(`\r\x1b[K${`${what} ${detail}`.slice(0, width)}`);
    } else if (what !== this.#last) {
      process.stderr.write(`${what}\n`);
    }
    this.#last = what;
  }

  done(): void {
    if (this.#terminal) process.stderr.write('\r\x1b[K');
  }
}
