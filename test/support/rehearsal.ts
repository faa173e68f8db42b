import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js';
import { controlOf } from '../sandbox/control.js';
import { Operator } from './voxproxy.js';

export type SentText = { from: string; to: string; text: string };

/** A sandbox and whoever works on it; one for a file, because each costs a key pair. */
export class Rehearsal {
  readonly control: ReturnType<typeof controlOf>;
  readonly #operators: Operator[] = [];

  private constructor(
    readonly sandbox: Sandbox,
    /** What the sandbox answered, a line each: `POST /number/buy 200`. */
    readonly requests: { line: string; at: number }[],
  ) {
    this.control = controlOf(sandbox);
  }

  static async start(): Promise<Rehearsal> {
    const requests: { line: string; at: number }[] = [];
    const onLog = (line: string) => requests.push({ line, at: Date.now() });
    return new Rehearsal(await startSandbox({ port: 0, onLog }), requests);
  }

  /** Somebody new, with a home of their own. */
  operator(env: Record<string, string> = {}): Operator {
    const operator = new Operator({ ...this.sandbox.env, ...env });
    this.#operators.push(operator);
    return operator;
  }

  /** Rents numbers at the sandbox, for `pooled` to take over. */
  async rent(country: string, ...numbers: string[]): Promise<void> {
    for (const number of numbers) await this.control.rent(country, number.slice(1));
  }

  /** Somebody new whose pool is these rented numbers. */
  async pooled(...numbers: string[]): Promise<Operator> {
    const operator = this.operator();
    const { code, stderr } = await operator.run(['numbers', 'link', ...numbers, '--yes']);
    if (code !== 0) throw new Error(stderr);
    return operator;
  }

  /** What the account rents, as E.164. */
  async rented(): Promise<{ number: string; app_id?: string; [setting: string]: unknown }[]> {
    const { numbers } = (await this.control.json('/sandbox/state')).body;
    return numbers.map((one: { msisdn: string }) => ({ ...one, number: `+${one.msisdn}` }));
  }

  async textsTo(number: string): Promise<SentText[]> {
    const { messages } = (await this.control.json('/sandbox/messages')).body;
    return messages.filter(({ to }: SentText) => to === number);
  }

  async close(): Promise<void> {
    for (const operator of this.#operators) operator.clean();
    await this.sandbox.close();
  }
}

/** The E.164 numbers of London that the sandbox sells, from the nth on. */
export function london(from: number, count = 1): string[] {
  return Array.from({ length: count }, (_, i) => `+44207946${String(from + i).padStart(4, '0')}`);
}
