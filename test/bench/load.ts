import { Connection } from './connection.js';
import { percentile } from './figures.js';
import { usageOf } from './process-usage.js';
import type { ServerProcess } from './processes.js';
import type { Question } from './questions.js';

export type Right = (answer: string, question: Question) => boolean;

/** What a server did under full load. */
export type Loaded = {
  requests: number;
  perSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  longest: number;
  /** Microseconds of the server's own processor time; null where the system does not tell. */
  cpu: number | null;
  /** Its share of one core; far below 1, the load and not the server was the limit. */
  busy: number | null;
  /** Megabytes. */
  memory: number | null;
};

const CONNECTIONS = 50;

/** A wrong answer is no figure: it ends the run. */
export class WrongAnswer extends Error {}

export function expectRight(server: string, answer: string, question: Question, isRight: Right): void {
  if (isRight(answer, question)) return;
  const asked = question.bytes.toString('latin1').split(' ')[1];
  throw new WrongAnswer(`${server} answered wrongly.\n  asked:    ${asked}\n  answered: ${answer}`);
}

/**
 * Asks as fast as the server answers, over 50 connections, until the time or the questions are over.
 * @param span in seconds; what comes in `runIn` is answered and not measured, because a process that slept takes
 * some tenths of a second to come to its pace
 * @throws WrongAnswer
 */
export async function load(
  server: ServerProcess,
  questions: readonly Question[],
  { runIn = 0, seconds }: { runIn?: number; seconds: number },
  isRight: Right,
): Promise<Loaded> {
  const connections = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => Connection.open(server.url)),
  );
  const waits = new Float64Array(questions.length);
  // Questions asked before are no longer needed: collecting them meanwhile would count as waiting.
  globalThis.gc?.();
  let asked = 0;
  let answered = 0;
  let before = usageOf(server.pid);
  let start = performance.now();
  let runsIn = true;
  const begin = start + runIn * 1000;
  const end = begin + seconds * 1000;
  const keepAsking = (connection: Connection) =>
    new Promise<void>((finish, fail) => {
      const ask = (now: number) => {
        const question = questions[asked];
        if (question === undefined || now >= end) return finish();
        asked++;
        const onAnswer = (answer: string) => {
          const then = performance.now();
          if (runsIn && then >= begin) {
            runsIn = false;
            answered = 0;
            start = then;
            before = usageOf(server.pid);
          }
          waits[answered++] = then - now;
          try {
            expectRight(server.name, answer, question, isRight);
            ask(then);
          } catch (error) {
            fail(error);
          }
        };
        connection.ask(question.bytes, onAnswer, fail);
      };
      ask(performance.now());
    });
  try {
    await Promise.all(connections.map(keepAsking));
  } finally {
    for (const connection of connections) connection.close();
  }
  const took = (performance.now() - start) / 1000;
  const after = usageOf(server.pid);
  const cpu = before.cpu === null || after.cpu === null ? null : after.cpu - before.cpu;
  const measured = waits.subarray(0, answered);
  return {
    requests: answered,
    perSecond: answered / took,
    p50: percentile(measured, 0.5),
    p99: percentile(measured, 0.99),
    longest: percentile(measured, 1),
    cpu: cpu === null ? null : (cpu / answered) * 1e6,
    busy: cpu === null ? null : cpu / took,
    memory: after.memory,
  };
}
