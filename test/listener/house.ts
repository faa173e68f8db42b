import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js';
import { controlOf } from '../sandbox/control.js';
import { foreigner, person } from '../support/privacy.js';
import { type Signing, signedGet, signedPost } from '../support/signed.js';
import { Operator } from '../support/voxproxy.js';

export type Fields = Record<string, unknown>;

/** What a listener answered, to the byte. */
export type Answered = {
  status: number;
  headers: Record<string, string>;
  body: string;
  // biome-ignore lint/suspicious/noExplicitAny: instructions are what the tests are about
  ncco: any;
};

/** A session as `pair --reveal` tells it: a dials b.virtualNumber. */
export type Paired = {
  id: string;
  a: { realNumber: string; virtualNumber: string };
  b: { realNumber: string; virtualNumber: string };
};

export type LogLine = Fields & { level: string; msg: string };

/** A listener that serves a house. */
export type Listener = Awaited<ReturnType<Operator['serve']>> & {
  said(): string;
  /** The lines of its log, or those with one message. */
  log(msg?: string): LogLine[];
};

/** A text as the phone shows it. */
type ShownText = { from: string; text: string };

export const digits = (number: string) => number.replace('+', '');
export const newUuid = () => randomBytes(16).toString('hex');

export async function fetched(url: string, init: RequestInit = {}): Promise<Answered> {
  const response = await fetch(url, init);
  const body = await response.text();
  const headers = Object.fromEntries(response.headers);
  delete headers.date;
  const isJson = response.headers.get('content-type')?.startsWith('application/json') && body !== '';
  return { status: response.status, headers, body, ncco: isJson ? JSON.parse(body) : undefined };
}

export function signingOf(env: Sandbox['env']): Signing {
  return {
    secret: env.VONAGE_SIGNATURE_SECRET,
    apiKey: env.VONAGE_API_KEY,
    applicationId: env.VONAGE_APPLICATION_ID,
  };
}

/** A rehearsal with numbers in its pool; `serve` starts the listener. */
export async function openHouse({ numbers = 2 } = {}) {
  const sandbox = await startSandbox({ port: 0 });
  const operator = new Operator(sandbox.env);
  const signing = signingOf(sandbox.env);
  const storePath = join(operator.home, 'store.json');
  const told = async (argv: string[]) => {
    const { code, document, stderr } = await operator.json(argv);
    if (code !== 0) throw new Error(`${argv[0]} ended with ${code}: ${JSON.stringify(document)}${stderr}`);
    return document;
  };
  if (numbers > 0) await told(['numbers', 'provision', 'GB', '--count', String(numbers), '--yes']);
  const pool: string[] = (await told(['numbers', 'list'])).numbers.map(
    ({ number }: { number: string }) => number,
  );
  const control = controlOf(sandbox);
  let people = 0;

  return {
    sandbox,
    control,
    operator,
    signing,
    storePath,
    pool,
    told,
    /** A real number that nobody in this house has had. */
    person: () => person(++people),
    /** One of another country, by how its numbers begin: all but the last seven digits. */
    foreigner: (prefix: string) => foreigner(++people, prefix),
    setting: (name: string, value: unknown) =>
      told(['config', 'set', name, typeof value === 'string' ? value : JSON.stringify(value)]),
    unset: (name: string) => told(['config', 'unset', name]),
    /** Starts the listener, and keeps what it says on standard error. */
    async listen(...argv: string[]): Promise<Listener> {
      let written = '';
      const onError = (text: string) => {
        written += text;
      };
      const listener = await operator.serve(argv, { onError });
      const read = (line: string): LogLine => JSON.parse(line);
      return {
        ...listener,
        said: () => written,
        log: (msg) =>
          written
            .split('\n')
            .filter((line) => line.startsWith('{'))
            .map(read)
            .filter((line) => msg === undefined || line.msg === msg),
      };
    },
    /** Somebody sends a text; says how the listener answered. */
    async text(from: string, to: string, text: string, id?: string): Promise<number | string | null> {
      const message = { from, to, text, ...(id === undefined ? {} : { message_uuid: id }) };
      const { status, body } = await control.post('/sandbox/messages', message);
      if (status !== 200) throw new Error(`the text makes no sense: ${JSON.stringify(body)}`);
      return body.delivered;
    },
    /** Every text that this phone received, oldest first. */
    async inboxOf(number: string): Promise<ShownText[]> {
      const messages: (ShownText & { to: string })[] = (await control.json('/sandbox/messages')).body
        .messages;
      return messages.filter(({ to }) => to === number).map(({ from, text }) => ({ from, text }));
    },
    async pair(a: string, b: string, ...flags: string[]): Promise<Paired> {
      const argv = ['pair', a, b, '--no-sms', '--lookup', 'offline', '--reveal', ...flags];
      return (await told(argv)).session;
    },
    /** Changes a session in the store file, as another voxproxy would: a new file in place of the old one. */
    rewrite(sessionId: string, change: Fields) {
      const state = JSON.parse(readFileSync(storePath, 'utf8'));
      const session = state.sessions.find(({ id }: { id: string }) => id === sessionId);
      Object.assign(session, change);
      writeFileSync(`${storePath}.new`, JSON.stringify(state), { mode: 0o600 });
      renameSync(`${storePath}.new`, storePath);
    },
    async close() {
      await sandbox.close();
      operator.clean();
    },
  };
}

export type House = Awaited<ReturnType<typeof openHouse>>;

/** An answer webhook as Vonage sends it. */
export function answerFields(from: string, to: string, others: Fields = {}): Fields {
  return {
    from: digits(from),
    to: digits(to),
    uuid: newUuid(),
    conversation_uuid: `CON-${newUuid()}`,
    endpoint_type: 'phone',
    ...others,
  };
}

/** Sends signed fields; a value that is undefined is not sent. */
export async function webhook(
  url: string,
  signing: Signing,
  fields: Fields,
  method: 'GET' | 'POST' = 'POST',
): Promise<Answered> {
  if (method === 'POST') return fetched(url, signedPost(signing, JSON.stringify(fields)));
  const parameters = Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
  const { query, init } = signedGet(signing, parameters);
  return fetched(url + query, init);
}

export const SENTENCES = {
  connecting: 'Please wait while we connect your call.',
  busy: 'The person you called is not available right now. Please try again later.',
  ended: 'This call can no longer be connected: the session has ended.',
  unknown: 'This number is not available.',
  withheld: 'Please call again with your number shown.',
  notInPool: 'This number is not in service.',
  unavailable: 'This service is temporarily unavailable.',
  crossed: 'They are calling you right now. Please hang up and answer.',
  direction: 'You cannot call this person. They will call you.',
  whisper: 'A call from your contact. Press 1 to take it.',
  goodbye: 'Goodbye.',
};

export const TEXTS = {
  undelivered: 'Your message was not delivered.',
  stopped: 'You will get no more messages from here. Text START to get them again.',
  started: 'You will get messages again.',
  help: 'Messages to this number are passed on to your contact. Text STOP to get no more.',
};

export const spoken = (text: string, language = 'en-GB') => ({ action: 'talk', text, language });
