import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './postgres-server.js';

/** The way from a listener to its database, which can be cut, fall silent, or lead elsewhere. */
export class Wire {
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  #isSilent = false;
  #unknown: string | null = null;

  private constructor(
    readonly port: number,
    private readonly to: number,
  ) {}

  static async to(port: number): Promise<Wire> {
    const wire = new Wire(await freePort(), port);
    await wire.mend();
    return wire;
  }

  /** Nothing listens there any more, and every connection ends. */
  async cut(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = new Promise((done) => server.close(done));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async mend(): Promise<void> {
    const server = createServer((socket) => {
      const beyond = connect(this.to, '127.0.0.1');
      for (const end of [socket, beyond]) {
        this.#sockets.add(end);
        end.on('error', () => {});
        end.on('close', () => {
          this.#sockets.delete(end);
          socket.destroy();
          beyond.destroy();
        });
      }
      socket.on('data', (data) => this.#isSilent || beyond.write(this.#understood(data)));
      beyond.on('data', (data) => this.#isSilent || socket.write(data));
    });
    this.#server = server.listen(this.port, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
  }

  /** Takes everything, and answers nothing, as a machine that hangs. */
  silence(on: boolean): void {
    this.#isSilent = on;
    if (!on) for (const socket of this.#sockets) socket.destroy();
  }

  /** Makes nonsense of these words, as for an engine that does not know them; null for none. */
  unlearn(words: string | null): void {
    this.#unknown = words;
  }

  #understood(data: Buffer): Buffer {
    if (this.#unknown === null) return data;
    const text = data.toString('latin1').replaceAll(this.#unknown, '?'.repeat(this.#unknown.length));
    return Buffer.from(text, 'latin1');
  }

  async close(): Promise<void> {
    await this.cut();
  }
}
