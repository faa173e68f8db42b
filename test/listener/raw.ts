import { connect, type Socket } from 'node:net';

/** A connection on which anything can be said, which fetch is too polite for. */
export class RawConnection {
  readonly #socket: Socket;
  #received = '';
  #ended = false;
  #waiting = new Set<() => void>();

  private constructor(socket: Socket) {
    this.#socket = socket;
    const notice = () => {
      for (const wake of this.#waiting) wake();
    };
    socket.on('data', (chunk) => {
      this.#received += chunk.toString('latin1');
      notice();
    });
    // Either the other side has nothing more to say, or it cut the connection.
    for (const event of ['end', 'close'] as const) {
      socket.on(event, () => {
        this.#ended = true;
        notice();
      });
    }
    socket.on('error', () => {});
  }

  static async to(url: string): Promise<RawConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port),
      allowHalfOpen: true,
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new RawConnection(socket);
  }

  get received(): string {
    return this.#received;
  }

  get ended(): boolean {
    return this.#ended;
  }

  send(text: string | Buffer): this {
    this.#socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
    return this;
  }

  /** Says that nothing more will be sent. */
  finish(): this {
    this.#socket.end();
    return this;
  }

  /** Waits until what was received looks like this, or fails. */
  async until(condition: (received: string, ended: boolean) => boolean, patience = 3_000): Promise<string> {
    if (!condition(this.#received, this.#ended)) {
      await new Promise<void>((resolve, reject) => {
        const check = () => {
          if (!condition(this.#received, this.#ended)) return;
          clearTimeout(timer);
          this.#waiting.delete(check);
          resolve();
        };
        const timer = setTimeout(() => {
          this.#waiting.delete(check);
          reject(new Error(`waited in vain; received: ${JSON.stringify(this.#received.slice(0, 500))}`));
        }, patience);
        this.#waiting.add(check);
      });
    }
    return this.#received;
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Sends a whole request and waits for the whole of its answer, as far as its length was told. */
export async function rawRequest(url: string, text: string | Buffer): Promise<RawAnswer> {
  const connection = await RawConnection.to(url);
  try {
    const received = await connection.send(text).until((so, ended) => ended || answersIn(so).length > 0);
    const [answer] = answersIn(received);
    if (answer === undefined) throw new Error(`no answer: ${JSON.stringify(received)}`);
    return answer;
  } finally {
    connection.close();
  }
}

export type RawAnswer = { status: number; headers: string[]; body: string };

/** The whole answers in what was received, interim ones left out. */
export function answersIn(received: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = received;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return answers;
    const [first = '', ...headers] = rest.slice(0, end).split('\r\n');
    const status = Number(first.split(' ')[1]);
    const told = headers.find((header) => /^content-length:/i.test(header))?.split(':')[1];
    const length = Number(told ?? 0);
    if (rest.length < end + 4 + length) return answers;
    if (status >= 200) {
      answers.push({
        status,
        headers: headers.filter((header) => !/^(date|keep-alive|connection):/i.test(header)),
        body: rest.slice(end + 4, end + 4 + length),
      });
    }
    rest = rest.slice(end + 4 + length);
  }
}
