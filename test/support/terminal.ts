import { PassThrough, Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';

/** Somebody at a keyboard: what is typed at each question, in order. */
export type Typing = readonly (readonly [question: RegExp, answer: string])[];

/** A screen that collects what is written to it; `columns` makes it a terminal. */
export function screen(columns: number | undefined, onText: (text: string) => void) {
  const written = new Writable({
    write(chunk, _encoding, done) {
      onText(String(chunk));
      done();
    },
  });
  if (columns === undefined) return written;
  // Nothing that is piped into a terminal ends it.
  return Object.assign(written, { isTTY: true, columns, rows: 24, end: () => written });
}

/** A keyboard at a terminal. Tell it what the screen shows, and it answers the questions. */
export function keyboard(typing: Typing) {
  const left = [...typing];
  const keys = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => keys });
  let shown = '';
  const sees = (text: string) => {
    shown += stripVTControlCharacters(text);
    const [next] = left;
    if (next === undefined || !next[0].test(shown)) return;
    left.shift();
    shown = '';
    setImmediate(() => keys.write(`${next[1]}\r`));
  };
  return { keys, sees };
}
