import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A TCP proxy in front of the service: a cable that can be cut, that can be long, and that can lose what comes back. */
export class Proxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #cut = false;
  #deaf = false;

  private constructor(
    target: URL,
    private readonly oneWay_ms: number,
  ) {
    this.#server = createServer((near) => this.#join(near, target));
  }

  /** `oneWay_ms`: how long everything is on its way, in each direction. */
  static async before(url: string, oneWay_ms = 0): Promise<Proxy> {
    const proxy = new Proxy(new URL(url), oneWay_ms);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on nothing passes and nothing can connect. */
  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** From now on what the phone sends arrives, and no answer comes back. */
  loseAnswers(): void {
    this.#deaf = true;
  }

  mend(): void {
    this.#cut = false;
    this.#deaf = false;
  }

  async stop(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(near: Socket, target: URL): void {
    if (this.#cut) {
      near.destroy();
      return;
    }
    const far = connect(Number(target.port), target.hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        this.#later(() => other.destroy());
      });
      socket.on('data', (bytes) => {
        if (socket === far && this.#deaf) return;
        this.#later(() => {
          if (!other.destroyed) other.write(bytes);
        });
      });
      socket.on('end', () => this.#later(() => other.end()));
    }
  }

  #later(work: () => void): void {
    if (this.oneWay_ms === 0) work();
    else setTimeout(work, this.oneWay_ms);
  }
}
