// A Web Push service that opens what it is given as a browser would (RFC 8030, 8188, 8291).
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '../wait';

/** What `PushSubscription.toJSON()` says. */
export interface Subscription {
  endpoint: string;
  keys: { p256dh: string; auth: string };
}

const KEY_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export class PushService {
  readonly #server: Server;
  readonly #key = createECDH('prime256v1');
  readonly #auth = randomBytes(16);
  readonly #texts: string[] = [];
  /** What is answered from now on. */
  status = 201;

  private constructor() {
    this.#key.generateKeys();
    this.#server = createServer((request, response) => {
      void this.#take(request).then((text) => {
        if (this.status === 201) this.#texts.push(text);
        response.writeHead(this.status).end();
      });
    });
  }

  static async start(): Promise<PushService> {
    const service = new PushService();
    service.#server.listen(0, '127.0.0.1');
    await once(service.#server, 'listening');
    return service;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Another one of this browser, each with its own address. */
  subscription(name: string): Subscription {
    return {
      endpoint: `${this.origin}/wpush/${name}`,
      keys: { p256dh: this.#key.getPublicKey().toString('base64url'), auth: this.#auth.toString('base64url') },
    };
  }

  /** The next message that is `wanted`, in the clear. */
  first(what: string, wanted: (notice: Record<string, unknown>) => boolean): Promise<string> {
    return until(what, () => this.#texts.find((text) => wanted(JSON.parse(text) as Record<string, unknown>)));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage): Promise<string> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    return this.#open(Buffer.concat(parts));
  }

  #open(body: Buffer): string {
    const salt = body.subarray(0, 16);
    const idBytes = body.readUInt8(20);
    const theirs = body.subarray(21, 21 + idBytes);
    const sealed = body.subarray(21 + idBytes);
    const shared = this.#key.computeSecret(theirs);
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.#key.getPublicKey(), theirs]);
    const input = Buffer.from(hkdfSync('sha256', shared, this.#auth, info, 32));
    const derive = (name: string, bytes: number) => Buffer.from(hkdfSync('sha256', input, salt, Buffer.from(`Content-Encoding: ${name}\0`), bytes));
    const cipher = createDecipheriv('aes-128-gcm', derive('aes128gcm', KEY_BYTES), derive('nonce', NONCE_BYTES));
    cipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    const plain = Buffer.concat([cipher.update(sealed.subarray(0, sealed.length - TAG_BYTES)), cipher.final()]);
    // The last record ends with a 2 and then zeros.
    return plain.subarray(0, plain.lastIndexOf(2)).toString();
  }
}
