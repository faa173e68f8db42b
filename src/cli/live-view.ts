import type { Context } from '../context.js';
import { type CallEntry, type CallRecord, isOfCall } from '../domain/call-record.js';
import { otherSide, type Side } from '../domain/session.js';
import type { TextEntry } from '../domain/text-record.js';
import type { Log, LogFields } from '../log.js';
import type { Store } from '../store/store.js';
import { REHEARSAL } from '../use-cases/answer-call.js';
import { CallsGoingOn } from './calls-going-on.js';
import { beginningOf, count, endingOf, FATES } from './live-words.js';
import { lineOf, openLog } from './log-lines.js';
import { printable } from './plain-text.js';
import { canRedraw, StatusLine } from './status-line.js';
import type { Style } from './style.js';

/** Where a listener tells what happens. */
export type View = {
  log: Log;
  /** Takes what is noted for the call log. */
  record: (entry: CallEntry | TextEntry) => void;
  /** The listener is ready, and Vonage reaches it at `base`; also when that changes. */
  ready: (base: string) => void;
  /** A warning that is no part of the log elsewhere. */
  warn: (message: string) => void;
  close: () => Promise<void>;
};

/** Lines for a person at a terminal, with a count of everything below; a log anywhere else. */
export function openView(context: Context, store: Pick<Store, 'session'>): View {
  const { stderr, globals, env, out } = context;
  if (stderr.isTTY && !globals.json && canRedraw(env)) return new LiveView(context, store);
  return {
    log: openLog(context),
    record: () => {},
    ready: () => {},
    warn: (message) => out.warn(message),
    // The lines of this turn are written when it is over.
    close: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

const SAME_WARNING = 10_000;

class LiveView implements View {
  readonly log: Log;
  readonly #context: Context;
  readonly #store: Pick<Store, 'session'>;
  readonly #lines: StatusLine;
  readonly #style: Style;
  readonly #calls = new CallsGoingOn({
    answered: (counts) => {
      this.#counts.answered += counts ? 1 : -1;
      this.#lines.refresh();
    },
    over: (call) => this.#callOver(call),
  });
  readonly #counts = { calls: 0, answered: 0, refused: 0, texts: 0, webhooks: 0 };
  /** What was warned of lately: until when it is only counted, and how often it was. */
  readonly #warned = new Map<string, { until: number; more: number }>();
  #base = '';
  #opened = false;
  /** Lines whose session is looked up keep their order. */
  #last: Promise<void> = Promise.resolve();

  constructor(context: Context, store: Pick<Store, 'session'>) {
    const { stderr, out } = context;
    // Calls are answered even when nobody reads along any more.
    stderr.on('error', () => {});
    this.#context = context;
    this.#store = store;
    this.#style = out.errorStyle;
    this.#lines = new StatusLine(stderr, (columns) => this.#status(columns), this.#style.dim);
    this.log = {
      info: (message, fields) => this.#info(message, fields ?? {}),
      warn: (message, fields) => this.#warn(message, fields ?? {}),
      error: (message, fields) => this.#error(message, fields ?? {}),
    };
  }

  record = (entry: CallEntry | TextEntry): void => {
    if (isOfCall(entry)) this.#calls.note(entry);
    else if (entry.kind === 'text') this.#text(entry);
    this.#lines.refresh();
  };

  ready = (base: string): void => {
    this.#base = base;
    if (this.#opened) this.#lines.refresh();
    else this.#lines.open();
    this.#opened = true;
  };

  warn = (message: string): void => this.#warn(message, {});

  close = async (): Promise<void> => {
    this.#calls.close();
    await this.#last;
    this.#lines.close();
  };

  #info(message: string, fields: LogFields): void {
    if (message === 'call') this.#call(fields);
    else if (message === 'text not passed on' && !fields.session)
      this.#tell('text', null, `${fields.cause}: not passed on`);
    else if (!TOLD_OTHERWISE.has(message)) this.#say(' ', message, fields);
  }

  #warn(message: string, fields: LogFields): void {
    if (REFUSED.has(message)) this.#counts.webhooks++;
    if (message === MORE_WARNINGS) {
      this.#counts.webhooks += Number(fields.more);
      this.#lines.refresh();
      return;
    }
    const kind = `${message} ${fields.cause ?? ''}`;
    const now = this.#context.now();
    const before = this.#warned.get(kind);
    if (before !== undefined && now < before.until) {
      before.more++;
      this.#lines.refresh();
      return;
    }
    this.#warned.set(kind, { until: now + SAME_WARNING, more: 0 });
    const more = before === undefined || before.more === 0 ? {} : { 'before that': `${before.more} more` };
    this.#say(this.#style.yellow('⚠'), message, { ...fields, ...more });
  }

  #error(message: string, fields: LogFields): void {
    if (message === 'call could not be routed') this.#counts.refused++;
    this.#say(this.#style.red('✖'), message, fields);
  }

  #call({ call, session, route, from, reason }: LogFields): void {
    const isRehearsal = String(call).startsWith(REHEARSAL);
    const refused = route === 'refuse';
    if (!isRehearsal) this.#counts[refused ? 'refused' : 'calls']++;
    const who = session && from ? { session: String(session), from: from as Side } : null;
    const became = beginningOf(String(route), String(reason));
    this.#tell(isRehearsal ? 'rehearsal' : 'call', who, became);
  }

  #callOver(call: CallRecord): void {
    this.#tell('call', { session: call.sessionId, from: call.from }, endingOf(call));
  }

  #text({ sessionId, from, fate }: Extract<TextEntry, { kind: 'text' }>): void {
    this.#counts.texts++;
    this.#tell('text', { session: sessionId, from }, FATES[fate]);
  }

  /** What happened between two people; the name of their session is looked up when nobody waits for it. */
  #tell(what: string, who: { session: string; from: Side } | null, became: string): void {
    const time = this.#time();
    this.#last = this.#last.then(async () => {
      const people =
        who === null ? '' : `${await this.#nameOf(who.session)}  ${who.from} → ${otherSide(who.from)}  `;
      this.#lines.print(`${time}   ${printable(`${what}  ${people}${became}`)}`);
    });
  }

  #say(mark: string, message: string, fields: LogFields): void {
    const line = `${this.#time()} ${mark} ${lineOf(message, fields)}`;
    this.#last = this.#last.then(() => this.#lines.print(line));
  }

  async #nameOf(id: string): Promise<string> {
    try {
      return (await this.#store.session(id))?.name ?? id;
    } catch {
      return id;
    }
  }

  #time(): string {
    return this.#style.dim(new Date(this.#context.now()).toISOString().slice(11, 19));
  }

  #status(columns: number): string {
    const { calls, answered, refused, texts, webhooks } = this.#counts;
    const parts = [
      `${count(calls, 'call')} put through${calls > 0 ? `, ${answered} answered` : ''}`,
      ...(this.#calls.count > 0 ? [`${this.#calls.count} going on`] : []),
      `${refused} refused`,
      count(texts, 'text'),
      ...(webhooks > 0 ? [`${count(webhooks, 'webhook')} refused`] : []),
      this.#base,
    ];
    let shown = '';
    for (const part of parts) {
      const longer = shown === '' ? part : `${shown} · ${part}`;
      if (longer.length > columns) break;
      shown = longer;
    }
    return shown;
  }
}

const MORE_WARNINGS = 'more warnings came than are shown';
const REFUSED = new Set(['webhook refused', 'request refused']);
/** These come from `record` as well, which knows more; what happens in a call is told when it is over. */
const TOLD_OTHERWISE = new Set([
  'event',
  'text passed on',
  'text not passed on',
  'text asks for something',
  'text message',
]);
