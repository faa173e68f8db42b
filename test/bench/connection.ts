import { connect, type Socket } from 'node:net';

/** More than any answer. */
const LARGEST = 64 * 1024;

type Waiting = { answered: (answer: string) => void; failed: (error: Error) => void };

/** A connection that is kept, with one request in flight; Node's own client would cost more than the servers do. */
export class Connection {
  #waiting: Waiting | null = null;
  #text = '';

  private constructor(readonly socket: Socket) {}

  static async open(url: string): Promise<Connection> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
      const onread = {
        buffer: Buffer.allocUnsafe(LARGEST),
        callback: (size: number) => {
          opened.#read(onread.buffer.toString('latin1', 0, size));
          return true;
        },
      };
      const socket = connect({ host: hostname, port: Number(port), noDelay: true, onread });
      const opened = new Connection(socket);
      socket.once('connect', () => resolve(opened));
      socket.on('error', (error) => (opened.#waiting?.failed ?? reject)(error));
      socket.on('close', () => opened.#waiting?.failed(new Error(`${url} closed the connection`)));
    });
  }

  /** @param answered is given the whole answer, head and body */
  ask(bytes: Buffer, answered: Waiting['answered'], failed: Waiting['failed']): void {
    this.#waiting = { answered, failed };
    this.socket.write(bytes);
  }

  asked(bytes: Buffer): Promise<string> {
    return new Promise((resolve, reject) => this.ask(bytes, resolve, reject));
  }

  close(): void {
    this.#waiting = null;
    this.socket.destroy();
  }

  #read(text: string): void {
    const answer = this.#text + text;
    const head = answer.indexOf('\r\n\r\n');
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(answer)?.[1] ?? 0);
    this.#text = answer;
    if (head < 0 || answer.length < head + 4 + length) return;
    const waiting = this.#waiting;
    this.#text = '';
    this.#waiting = null;
    waiting?.answered(answer);
  }
}

/** One answer over a connection of its own. */
export async function askOnce(url: string, bytes: Buffer): Promise<string> {
  const connection = await Connection.open(url);
  const answer = await connection.asked(bytes);
  connection.close();
  return answer;
}
