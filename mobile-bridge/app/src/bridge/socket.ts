// The WebSocket: frames as text, one line at a time.
import { SUBPROTOCOL, type GatewayFrame, type PhoneFrame } from '@protocol';
import type { Input } from './machine/types';

/** Close code of a socket that another connection of the same device took over. */
const REPLACED = 4001;

/** What of a browser's WebSocket is used. */
export type SocketLike = Pick<WebSocket, 'send' | 'close' | 'readyState' | 'onopen' | 'onmessage' | 'onclose'>;
export type OpenSocket = () => SocketLike;

const OPEN = 1;

/** The connection of this moment. Nothing is heard any more of one that was given up. */
export class Line {
  #socket: SocketLike | null = null;
  readonly #open: OpenSocket;
  readonly #tell: (input: Input) => void;

  constructor(open: OpenSocket, tell: (input: Input) => void) {
    this.#open = open;
    this.#tell = tell;
  }

  connect(): void {
    this.close();
    let socket: SocketLike;
    try {
      socket = this.#open();
    } catch {
      this.#tell({ kind: 'disconnected' });
      return;
    }
    this.#socket = socket;
    const mine = (input: Input) => {
      if (this.#socket === socket) this.#tell(input);
    };
    socket.onopen = () => mine({ kind: 'connected' });
    socket.onmessage = (message) => mine(readFrame(message.data));
    socket.onclose = (event) => {
      if (event.code === REPLACED) mine({ kind: 'frame', frame: { type: 'error', code: 'session_replaced', detail: event.reason } });
      mine({ kind: 'disconnected' });
      if (this.#socket === socket) this.#socket = null;
    };
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = null;
    try {
      socket?.close();
    } catch {
      // It never opened.
    }
  }

  /** Sends frames in one flight; false if the socket takes nothing. */
  send(frames: PhoneFrame[]): boolean {
    const socket = this.#socket;
    if (!socket || frames.length === 0) return true;
    if (socket.readyState !== OPEN) return false;
    for (const frame of frames) socket.send(JSON.stringify(frame));
    return true;
  }
}

const TYPES = new Set<string>(['challenge', 'welcome', 'receipt', 'message', 'locate', 'accepted', 'fixes_accepted', 'cleaned', 'error', 'pong']);

/** A frame that is not of this version is a sign of life and nothing else. */
function readFrame(data: unknown): Input {
  try {
    const frame = JSON.parse(String(data)) as GatewayFrame;
    if (TYPES.has(frame.type)) return { kind: 'frame', frame };
  } catch {
    // No JSON: still somebody there.
  }
  return { kind: 'heard' };
}

/** The phone's socket of the service that this page came from. */
export function browserSocket(): SocketLike {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  return new WebSocket(`${scheme}//${location.host}/phone`, SUBPROTOCOL);
}
