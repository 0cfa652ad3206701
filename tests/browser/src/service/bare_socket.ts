// A WebSocket client over a bare TCP connection (RFC 6455): text frames, no extensions, no fragments. The phones of a flood
// need no more, and Node has no client of its own before version 22.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const TEXT = 0x1;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;

export class BareSocket {
  readonly #socket: Socket;
  readonly #heard: (text: string) => void;
  #bytes: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket, heard: (text: string) => void) {
    this.#socket = socket;
    this.#heard = heard;
  }

  /** Opens `path` of the service at `url`; `heard` is told every text. */
  static async open(url: string, path: string, subprotocol: string, heard: (text: string) => void): Promise<BareSocket> {
    const { hostname, port, host } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.setNoDelay(true);
    const key = randomBytes(16).toString('base64');
    const ask = [`GET ${path} HTTP/1.1`, `Host: ${host}`, 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Key: ${key}`];
    socket.write([...ask, 'Sec-WebSocket-Version: 13', `Sec-WebSocket-Protocol: ${subprotocol}`, '', ''].join('\r\n'));
    const opened = new BareSocket(socket, heard);
    await opened.#answered(createHash('sha1').update(key + GUID).digest('base64'));
    return opened;
  }

  send(text: string): void {
    this.#write(TEXT, Buffer.from(text));
  }

  close(): void {
    this.#socket.destroy();
  }

  async #answered(accept: string): Promise<void> {
    const head = await new Promise<string>((done, failed) => {
      const read = (bytes: Buffer) => {
        this.#bytes = Buffer.concat([this.#bytes, bytes]);
        const end = this.#bytes.indexOf('\r\n\r\n');
        if (end < 0) return;
        this.#socket.off('data', read).off('error', failed);
        const text = this.#bytes.subarray(0, end).toString();
        this.#bytes = this.#bytes.subarray(end + 4);
        done(text);
      };
      this.#socket.on('data', read).once('error', failed);
    });
    if (!head.startsWith('HTTP/1.1 101') || !head.includes(accept)) throw new Error(`no WebSocket: ${head.split('\r\n')[0]}`);
    this.#socket.on('error', () => {});
    this.#socket.on('data', (bytes: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, bytes]);
      this.#read();
    });
    this.#read();
  }

  #read(): void {
    for (let frame = this.#frame(); frame; frame = this.#frame()) {
      if (frame.opcode === TEXT) this.#heard(frame.payload.toString());
      if (frame.opcode === PING) this.#write(PONG, frame.payload);
      if (frame.opcode === CLOSE) this.close();
    }
  }

  /** The next whole frame; the service sends no masked ones. */
  #frame(): { opcode: number; payload: Buffer } | null {
    const bytes = this.#bytes;
    if (bytes.length < 2) return null;
    const short = bytes.readUInt8(1) & 0x7f;
    const head = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (bytes.length < head) return null;
    const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    if (bytes.length < head + length) return null;
    this.#bytes = bytes.subarray(head + length);
    return { opcode: bytes.readUInt8(0) & 0xf, payload: bytes.subarray(head, head + length) };
  }

  #write(opcode: number, payload: Buffer): void {
    const length = payload.length < 126 ? Buffer.from([0x80 | payload.length]) : Buffer.from([0x80 | 126, payload.length >> 8, payload.length & 0xff]);
    const mask = randomBytes(4);
    const masked = Buffer.from(payload.map((byte, i) => byte ^ (mask[i % 4] as number)));
    this.#socket.write(Buffer.concat([Buffer.from([0x80 | opcode]), length, mask, masked]));
  }
}
