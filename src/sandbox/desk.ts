import { type DeskLine, type DeskOrder, linesOf, typed } from './desk-order.js';
import { parseFault } from './fault.js';
import type { Operator, Typed } from './operator.js';
import type { World } from './world.js';

/** A line that was carried out, and what it printed. */
export type DeskEntry = { id: number; line: string; said: string; code: number | null };

/** What the desk shows: no real number but redacted ones. */
export type DeskView = {
  /** Whether somebody lent the page an operator; without one it can place calls alone. */
  isManned: boolean;
  directory: string;
  serving: boolean;
  working: boolean;
  /** Where the application's webhooks lead; null while nobody answers calls. */
  answerUrl: string | null;
  sessions: { id: string; status: string; a: string; b: string }[];
  numbers: string[];
  faults: number;
  entries: DeskEntry[];
};

const ENTRIES_KEPT = 30;
/** A session that was made to end in 5 seconds has ended by then (ms). */
const AFTER_THE_END = 5500;

/** Carries out orders with the real commands, one after the other. */
export class Desk {
  readonly #world: World;
  readonly #operator: Operator | undefined;
  readonly #onChange: () => void;
  #entries: DeskEntry[] = [];
  #lastEntry = 0;
  #sessions: DeskView['sessions'] = [];
  #numbers: string[] = [];
  #working = 0;
  #last: Promise<unknown> = Promise.resolve();
  #later: NodeJS.Timeout | undefined;

  constructor(world: World, operator: Operator | undefined, onChange: () => void) {
    this.#world = world;
    this.#operator = operator;
    this.#onChange = onChange;
  }

  view(): DeskView {
    const { account, faults } = this.#world;
    const answering = [...account.applications.values()]
      .map(({ capabilities }) => capabilities.voice?.webhooks.answer_url?.address)
      .find((address) => address !== undefined);
    return {
      isManned: this.#operator !== undefined,
      directory: this.#operator?.directory() ?? '',
      serving: this.#operator?.isServing() ?? false,
      working: this.#working > 0,
      answerUrl: answering ?? null,
      sessions: this.#sessions,
      numbers: this.#numbers,
      faults: faults.active().reduce((sum, { times }) => sum + times, 0),
      entries: this.#entries,
    };
  }

  /** Resolves when everything is done; says whether it went well. */
  async carryOut(order: DeskOrder, sandboxUrl: string): Promise<boolean> {
    const operator = this.#operator;
    if (operator === undefined) return false;
    this.#working += 1;
    this.#onChange();
    const done = this.#last.then(async () => {
      let good = true;
      for (const line of linesOf(order, sandboxUrl)) {
        good = good && (await this.#carryOut(operator, order, line));
      }
      await this.#look(operator);
      return good;
    });
    this.#last = done.catch(() => {});
    try {
      return await done;
    } finally {
      this.#working -= 1;
      if (order.do === 'pair-briefly') this.#lookLater(operator);
      this.#onChange();
    }
  }

  close(): void {
    clearTimeout(this.#later);
  }

  async #carryOut(operator: Operator, order: DeskOrder, line: DeskLine): Promise<boolean> {
    this.#lastEntry += 1;
    const entry: DeskEntry = { id: this.#lastEntry, line: typed(line), said: '', code: null };
    this.#entries = [entry, ...this.#entries].slice(0, ENTRIES_KEPT);
    this.#onChange();
    const { code, stdout, stderr } =
      line.program === 'curl'
        ? this.#atVonage(order, line)
        : order.do === 'serve'
          ? await operator.serve()
          : await operator.type(line.words);
    entry.code = code;
    entry.said = [stderr.trim(), stdout.trim()].filter((text) => text !== '').join('\n');
    this.#onChange();
    return code === 0;
  }

  /** What the line asks of the sandbox itself; done here without a detour. */
  #atVonage(order: DeskOrder, { words }: DeskLine): Typed {
    const { account, faults } = this.#world;
    const done = (said: string) => ({ code: 0, stdout: said, stderr: '' });
    if (order.do === 'lose') {
      return account.numbers.delete(order.number.slice(1))
        ? done('Vonage has taken the number away.')
        : { code: 1, stdout: '', stderr: 'The account does not rent this number.' };
    }
    if (order.do === 'clear-faults') {
      faults.clear();
      return done('Nothing goes wrong any more.');
    }
    const fault = parseFault(JSON.parse(words.at(-1) ?? ''));
    if ('error' in fault) return { code: 1, stdout: '', stderr: fault.error };
    faults.add(fault);
    return done('It waits for what comes next.');
  }

  async #look(operator: Operator): Promise<void> {
    const [sessions, numbers] = await Promise.all([
      operator.type(['sessions', 'list', '--json']),
      operator.type(['numbers', 'list', '--json']),
    ]);
    if (sessions.code === 0) {
      type Listed = { id: string; status: string; a: { realNumber: string }; b: { realNumber: string } };
      this.#sessions = JSON.parse(sessions.stdout).sessions.map(({ id, status, a, b }: Listed) => ({
        ...{ id, status, a: a.realNumber, b: b.realNumber },
      }));
    }
    if (numbers.code === 0) {
      this.#numbers = JSON.parse(numbers.stdout).numbers.map(({ number }: { number: string }) => number);
    }
  }

  #lookLater(operator: Operator): void {
    clearTimeout(this.#later);
    this.#later = setTimeout(() => {
      void this.#look(operator).then(this.#onChange, () => {});
    }, AFTER_THE_END);
  }
}
